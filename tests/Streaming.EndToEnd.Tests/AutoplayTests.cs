using Microsoft.Playwright;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;

namespace Streaming.EndToEnd.Tests;

public sealed class AutoplayTests(Browsers browsers) : IClassFixture<Browsers>
{
    private const string Asked = "picture without sound, and a tap is asked for";

    /// <summary>The page tells by its console: every look of the test's own counts as a user's gesture to the browser.</summary>
    private const string Reporter = $$"""
        new MutationObserver((_, observer) => {
          const tap = document.querySelector('#tap-to-hear');
          if (!tap || tap.hidden || !document.querySelector('video.camera[data-frames=some]')) return;
          if (!document.querySelector('#stage audio').paused) return;
          observer.disconnect();
          console.log('{{Asked}}');
        }).observe(document, { subtree: true, childList: true, attributes: true });
        """;

    [Fact(Timeout = 180_000)]
    public async Task WhereTheBrowserWantsATapTheStudentSeesAtOnceAndHearsAfterIt()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var teacher = await server.TeachAsync(await browsers.LenientAsync());
        var ticket = await server.TicketAsync(Role.Student, "s-mei", "Mei");
        await using var student = await Person.SitDownAsync(await browsers.StrictAsync());
        await student.Page.AddInitScriptAsync(Reporter);
        await student.GoAsync(ticket.Url);
        await Eventually.TrueAsync(Asked, TimeSpan.FromSeconds(45), () => student.Console.Any(line => line.Contains(Asked, StringComparison.Ordinal)));

        var tap = student.Page.Locator("#tap-to-hear");
        var silent = (await student.WatchingAsync())!.AudioEnergy;
        await tap.ClickAsync();

        await tap.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
        await Eventually.TrueAsync("sound plays", TimeSpan.FromSeconds(30), async () =>
            (await student.WatchingAsync())!.AudioEnergy > silent && !await student.Page.EvaluateAsync<bool>("document.querySelector('#stage audio').paused"));
    }
}
