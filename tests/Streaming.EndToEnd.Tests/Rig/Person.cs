using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.Playwright;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>Somebody at a browser: an own context with one page. An uncaught error in the page fails the test on disposal.</summary>
internal sealed class Person : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _console = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private Person(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) => _console.Enqueue($"{message.Type}: {message.Text}");
        page.RequestFailed += (_, request) => _console.Enqueue($"failed: {request.Url} {request.Failure}");
        page.PageError += (_, error) => _errors.Enqueue(error);
    }

    public IPage Page { get; }

    /// <summary>What the page wrote to its console.</summary>
    public IReadOnlyCollection<string> Console => _console;

    /// <summary>Opens an empty page.</summary>
    /// <param name="browser">In which browser.</param>
    /// <param name="language">What the person reads: <c>en</c> or <c>zh-CN</c>.</param>
    /// <param name="width">Of the page in CSS pixels; small by default, because a browser without a GPU paints every pixel of every frame by hand.</param>
    /// <param name="height">Likewise.</param>
    public static async Task<Person> SitDownAsync(IBrowser browser, string language = "en", int width = 640, int height = 400)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            Locale = language,
            ViewportSize = new ViewportSize { Width = width, Height = height },
        });
        context.SetDefaultTimeout(45_000);
        return new Person(context, await context.NewPageAsync());
    }

    /// <summary>
    /// Lets the page's media go somewhere else than to the address that the server's answers name, and by UDP only: a link is not to be walked around.
    /// Before the page is opened.
    /// </summary>
    /// <param name="through">Where to: the near side of a link.</param>
    public Task PutLinkAsync(IPEndPoint through) => Page.AddInitScriptAsync(
        $$"""
        {
          const apply = RTCPeerConnection.prototype.setRemoteDescription;
          RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
            const bent = sdp.replace(/^a=candidate:\S+ \d+ tcp .*\r\n/gim, '').replace(/^(a=candidate:\S+ \d+ udp \d+) \S+ \d+ /gim, '$1 {{through.Address}} {{through.Port}} ');
            return apply.call(this, { type, sdp: bent });
          };
        }
        """);

    /// <summary>Lets the page offer no feedback of what arrives (TWCC): it gets everything, as from a server that only forwards. Before the page is opened.</summary>
    public Task TellNoArrivalsAsync() => Page.AddInitScriptAsync(
        """
        {
          const apply = RTCPeerConnection.prototype.setLocalDescription;
          RTCPeerConnection.prototype.setLocalDescription = async function (description) {
            const { type, sdp } = description ?? await this.createOffer();
            return apply.call(this, { type, sdp: sdp.replace(/^a=(rtcp-fb:\S+ transport-cc|extmap:.*transport-wide-cc.*)\r\n/gm, '') });
          };
        }
        """);

    /// <summary>Opens an address; a page with a playing lesson never finishes loading, so this waits for its document only.</summary>
    public Task GoAsync(string address) => Page.GotoAsync(address, new PageGotoOptions { WaitUntil = WaitUntilState.DOMContentLoaded });

    public Task ReloadAsync() => Page.ReloadAsync(new PageReloadOptions { WaitUntil = WaitUntilState.DOMContentLoaded });

    /// <summary>What the page's watching connection counts; null without one.</summary>
    public Task<MediaStats?> WatchingAsync() => StatsAsync("window.streamingDebug?.peerConnections().watch");

    /// <summary>What the page's publishing connection counts; null without one.</summary>
    public Task<MediaStats?> PublishingAsync() => StatsAsync("window.streamingDebug?.peerConnections().publish");

    /// <summary>What the connection that an expression of JavaScript names counts; null without one.</summary>
    public async Task<MediaStats?> StatsAsync(string peerConnection) =>
        MediaStats.Read(await Page.EvaluateAsync<JsonElement?>($"async () => await ({MediaStats.Script})({peerConnection} ?? null)"));

    /// <summary>Waits until frames are decoded: the picture moves.</summary>
    /// <returns>The counts of then.</returns>
    public async Task<MediaStats> SeesPictureAsync(TimeSpan limit, string peerConnection = "window.streamingDebug?.peerConnections().watch")
    {
        MediaStats? first = null;
        try
        {
            return await Eventually.ValueAsync("a moving picture", limit, async () =>
            {
                var now = await StatsAsync(peerConnection);
                // A page that opens a new connection starts to count anew.
                first = first is null || now is null || now.FramesDecoded < first.FramesDecoded ? now : first;
                return now is not null && first is not null && now.FramesDecoded >= first.FramesDecoded + 5 ? now : null;
            });
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} {await DescribeAsync(await StatsAsync(peerConnection))}", e);
        }
    }

    /// <summary>How the page stands, for the message of a failed test; leaves a picture of it among the artifacts.</summary>
    public async Task<string> DescribeAsync(MediaStats? last)
    {
        await PhotographAsync($"failed-{DateTime.UtcNow:HHmmss}");
        var body = await Page.EvaluateAsync<string>("JSON.stringify({ ...document.body.dataset })");
        return $"Last: {last}. Page: {body}. Errors: {string.Join(" | ", _errors)}. Console: {string.Join(" | ", Console.TakeLast(20))}";
    }

    /// <summary>Saves a picture of the page under <see cref="Paths.Artifacts"/>.</summary>
    public Task PhotographAsync(string name) => Page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(Paths.Artifacts, "screenshots", name + ".png"),
        Animations = ScreenshotAnimations.Disabled,
    });

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        Assert.Empty(_errors);
    }
}
