using System.Net;
using System.Text.Json;
using Microsoft.Playwright;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;
using Streaming.Tests.Shared.Links;
using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests;

/// <summary>Students without a moving picture, by their link or by their own wish.</summary>
public sealed class LadderTests(Browsers browsers, ITestOutputHelper output) : IClassFixture<Browsers>
{
    private const string Heard = """
        async () => {
          const heard = { samples: 0, concealed: 0, paused: document.querySelector('audio.voice').paused };
          (await window.streamingDebug.peerConnections().watch.getStats()).forEach(s => {
            if (s.type !== 'inbound-rtp' || s.kind !== 'audio') return;
            heard.samples = s.totalSamplesReceived ?? 0;
            heard.concealed = s.concealedSamples ?? 0;
          });
          return heard;
        }
        """;

    private const string Still = """
        () => {
          const still = document.querySelector('#stage .still');
          return { width: still?.naturalWidth ?? 0, shown: still ? getComputedStyle(still).visibility === 'visible' : false, hash: still?.dataset.hash ?? '' };
        }
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan NextStill = TimeSpan.FromSeconds(120);   // where only sound fits, a still comes each half minute, and slowly

    [Fact(Timeout = 300_000)]
    public async Task StudentsOnThinLinksSeeSlidesHearTheLessonAndReadWhy()
    {
        await using var server = await ServerProcess.StartAsync();
        var browser = await browsers.LenientAsync();
        await using var teacher = await server.TeachAsync(browser);
        await using var phone = await ThinStudent.EnterAsync(server, browser, "mei", "en", 360, 740, "Your link is weak: slides and sound", "Your link is weak: sound, and slides now and then");
        await using var desktop = await ThinStudent.EnterAsync(server, browser, "bo", "zh-CN", 1280, 800, "网络较弱：课件图片和声音", "网络较弱：以声音为主，课件偶尔更新");
        await teacher.ShareScreenAsync();

        await Task.WhenAll(phone.SeesFirstSlideAsync(), desktop.SeesFirstSlideAsync());
        await teacher.TurnToAsync(2);
        await Task.WhenAll(phone.SeesNextSlideAsync(), desktop.SeesNextSlideAsync());
        await phone.Person.PhotographAsync("student-en-phone-slides");
        await desktop.Person.PhotographAsync("student-zh-CN-desktop-slides");

        var shares = await Task.WhenAll(phone.HearsInTheDarkAsync(), desktop.HearsInTheDarkAsync());
        Assert.Equal("2", await teacher.Page.Locator("#present-count").InnerTextAsync());
        output.Note($"slides and sound at 64 kbit/s, 5 % lost: {shares[0]:P1} and {shares[1]:P1} of 5 s of sound concealed");
        output.WriteLine($"{phone.Link.Down}; {desktop.Link.Down}");
        Assert.Null(phone.Link.Fault ?? desktop.Link.Fault);
    }

    [Theory(Timeout = 240_000)]
    [InlineData("en", 360, 740, "phone")]
    [InlineData("zh-CN", 360, 740, "phone")]
    [InlineData("en", 1280, 800, "desktop")]
    public async Task OneTapSavesDataAndTheChoiceHoldsOverAReload(string language, int width, int height, string device)
    {
        await using var server = await ServerProcess.StartAsync();
        var browser = await browsers.LenientAsync();
        await using var teacher = await server.TeachAsync(browser);
        await using var student = await server.EnterAsync(browser, Role.Student, "s-mei", "Mei", language, width, height);
        await teacher.ShareScreenAsync();
        await student.SeesPictureAsync(Limit);
        await student.Page.Locator("#stage:not(.has-still) #rung-note[hidden]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

        await student.Page.Locator("#save-data[aria-pressed=false]").ClickAsync();
        await student.Page.Locator("#save-data[aria-pressed=true]").WaitForAsync();
        await student.Page.Locator("#stage[data-rung=slides].has-still").WaitForAsync();
        Assert.Matches(@"^\d+(\.\d)? MB$", await student.Page.Locator("#save-data .used").InnerTextAsync());
        await student.Page.Locator("#hand:enabled").ClickAsync();
        await student.Page.Locator("#hand.raised").WaitForAsync();
        await student.PhotographAsync($"student-{language}-{device}-saving");
        Assert.True((await student.Page.Locator("#hand-place").BoundingBoxAsync())!.Height < 40, "the place in the queue stands in one line");

        await student.ReloadAsync();
        await student.Page.Locator("#save-data[aria-pressed=true]").WaitForAsync();
        await student.Page.Locator("#stage[data-rung=slides].has-still").WaitForAsync();

        await student.Page.Locator("#rung-note").ClickAsync();
        await student.Page.Locator("#rung-text").CheckAsync();
        await student.PhotographAsync($"student-{language}-{device}-rungs");
        await student.Page.Locator("#rungs button").ClickAsync();
        await student.Page.Locator("#stage[data-rung=text].has-still").WaitForAsync();
        Assert.True(await student.Page.EvaluateAsync<bool>("document.querySelector('audio.voice').muted"));
        await student.Page.Locator("#chat-input").FillAsync("?");
        await student.PhotographAsync($"student-{language}-{device}-text");

        await teacher.Page.Locator("#toggle-screen").ClickAsync();
        await student.Page.Locator("#stage:not(.has-still) .card:visible").WaitForAsync();
        await student.PhotographAsync($"student-{language}-{device}-text-without-screen");

        await student.Page.Locator("#save-data").ClickAsync();
        await student.Page.Locator("#stage[data-rung=picture]").WaitForAsync();
        await student.SeesPictureAsync(Limit);
        Assert.False(await student.Page.EvaluateAsync<bool>("document.querySelector('audio.voice').muted"));
    }

    private static async Task<(long Samples, long Concealed, bool Paused)> SoundAsync(Person student)
    {
        var heard = await student.Page.EvaluateAsync<JsonElement>(Heard);
        return (heard.GetProperty("samples").GetInt64(), heard.GetProperty("concealed").GetInt64(), heard.GetProperty("paused").GetBoolean());
    }

    private static async Task<(int Width, bool Shown, string Hash)> StillAsync(Person student)
    {
        var still = await student.Page.EvaluateAsync<JsonElement>(Still);
        return (still.GetProperty("width").GetInt32(), still.GetProperty("shown").GetBoolean(), still.GetProperty("hash").GetString()!);
    }

    private sealed class ThinStudent(Person person, LinkEmulator link, string slides, string sound) : IAsyncDisposable
    {
        private string _first = "";

        public Person Person => person;

        public LinkEmulator Link => link;

        public static async Task<ThinStudent> EnterAsync(
            ServerProcess server, IBrowser browser, string name, string language, int width, int height, string slides, string sound)
        {
            var link = new LinkEmulator(new IPEndPoint(IPAddress.Loopback, server.MediaPort), LinkProfile.Thin);
            return new ThinStudent(await server.EnterAsync(browser, Role.Student, $"s-{name}", name, language, width, height, link.Near), link, slides, sound);
        }

        public async Task SeesFirstSlideAsync()
        {
            // Which of the two fits the link from one moment to the next; either has its own words.
            await Eventually.TrueAsync("the still shows", Limit, async () => await StillAsync(person) is { Width: > 600, Shown: true });
            await Eventually.TrueAsync("the reason stands there and is said", Limit, async () =>
                await person.Page.GetAttributeAsync("#stage", "data-rung") is { } rung
                && (rung == "slides" ? slides : rung == "sound" ? sound : null) is { } reason
                && await person.Page.Locator("#rung-note").TextContentAsync() == reason
                && await person.Page.Locator(".unseen[aria-live=polite]").TextContentAsync() == reason);
            _first = (await StillAsync(person)).Hash;
        }

        public Task SeesNextSlideAsync() => Eventually.TrueAsync("the next slide shows", NextStill, async () =>
            await StillAsync(person) is { Shown: true } now && now.Hash != _first);

        // The screen is off; the page is only told so, for a browser without a window has no way to hide one.
        public async Task<double> HearsInTheDarkAsync()
        {
            var lit = await SoundAsync(person);
            await person.Page.EvaluateAsync("() => { Object.defineProperty(document, 'hidden', { get: () => true }); document.dispatchEvent(new Event('visibilitychange')); }");
            await Task.Delay(TimeSpan.FromSeconds(5));
            var dark = await SoundAsync(person);
            Assert.False(dark.Paused);
            Assert.True(dark.Samples - lit.Samples > 4 * 48_000, $"{dark.Samples - lit.Samples} samples in 5 s");
            Assert.Equal("online", await person.Page.GetAttributeAsync("body", "data-hub"));
            return (double)(dark.Concealed - lit.Concealed) / (dark.Samples - lit.Samples);
        }

        public async ValueTask DisposeAsync()
        {
            await person.DisposeAsync();
            link.Dispose();
        }
    }
}
