using System.Globalization;
using System.Net;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;
using Streaming.Tests.Shared.Links;
using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests;

/// <summary>Real browsers behind weak links: what they see and hear of a lesson.</summary>
/// <remarks>
/// In every run once and for a short time; with <c>STREAMING_LINK_SECONDS</c> and <c>STREAMING_LINK_RUNS</c> as long and as often as the table
/// in docs/low-bandwidth.md; with <c>STREAMING_LINK_PLAIN</c> once more for a page that gets all that a plain forward would send.
/// </remarks>
public sealed class WeakLinkTests(Browsers browsers, ITestOutputHelper output) : IClassFixture<Browsers>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(Setting("STREAMING_LINK_SECONDS", 20));
    private static readonly int Runs = Setting("STREAMING_LINK_RUNS", 1);
    private static readonly bool IsTable = Environment.GetEnvironmentVariable("STREAMING_LINK_RUNS") is not null;

    /// <summary>The link on which the voice is weighed: hardly any but a thin one fits, and nothing is lost on the way.</summary>
    private static readonly LinkProfile Weighed =
        LinkProfile.Steady("40 kbit/s, 200 ms, 0 %", LinkProfile.Thin.Steps[0].Down with { BitsPerSecond = 40_000, Loss = 0 });

    private readonly VoiceCapture _voice = new();
    private double _rate;
    private double _thin;

    /// <summary>A short single run on a busy machine is held to twice of what the table's medians are.</summary>
    private static double Slack => IsTable ? 1 : 2;

    /// <summary>One in every run, both when the table is made.</summary>
    public static TheoryData<string, double, double> Moving() => IsTable
        ? new() { { "400 kbit/s, 80", 0.02, 10 }, { "1.5 Mbit/s, 40", 0.005, 10 } }
        : new() { { "400 kbit/s, 80", 0.02, 10 } };

    /// <summary>The camera alone, each link in a lesson of its own: pictures cost the machine its time.</summary>
    [Theory(Timeout = 900_000)]
    [Trait("Kind", "Measures")]
    [MemberData(nameof(Moving))]
    public async Task WhoseLinkCarriesAPictureSeesItMove(string link, double concealed, double frames)
    {
        var median = (await WatchAsync([Profile(link)], sharesScreen: false))[0];
        Assert.True(median.ConcealedShare <= concealed * Slack, $"{median}");
        Assert.True(median.FramesPerSecond >= Math.Min(frames, 0.9 * median.FramesSent) / Slack, $"{median}");
    }

    /// <summary>
    /// A screen is shared: four links in one lesson, which come to sound and slides. Behind a fifth, what passes is weighed: three frames to a packet make
    /// 24 kbit/s of Opus at most 32 on the wire.
    /// </summary>
    [Fact(Timeout = 1_800_000)]
    [Trait("Kind", "Measures")]
    public async Task WhoIsBehindAThinLinkHearsTheLessonAndAThinVoiceTakesAtMost32KilobitsOfTheWire()
    {
        (string Link, double Concealed)[] bounds = [("200 kbit/s, 120", 0.03), ("64 kbit/s", 0.04), ("40 kbit/s", 0.06), ("200 kbit/s, 100", 0.08)];
        var medians = await WatchAsync([.. bounds.Select(bound => Profile(bound.Link)), Weighed], sharesScreen: true);
        for (var i = 0; i < bounds.Length; i++)
        {
            Assert.True(medians[i].ConcealedShare <= bounds[i].Concealed * Slack, $"{bounds[i].Link}: {medians[i]}");
        }

        var line = string.Create(CultureInfo.InvariantCulture, $"thin voice on the wire: {_rate / 1000:0.0} kbit/s, {100 * _thin:0} % of its packets of 60 ms");
        output.Note(line);
        Assert.InRange(_rate, 10_000, 32_000);
        Assert.True(_thin > 0.75, line);   // the rest is what the server tries in vain
    }

    private async Task<LinkFigures[]> WatchAsync(LinkProfile[] profiles, bool sharesScreen)
    {
        if (Environment.GetEnvironmentVariable("STREAMING_LINK_PLAIN") is not null)
        {
            await MeasureAsync(profiles, sharesScreen, isPlain: true);
        }

        return await MeasureAsync(profiles, sharesScreen, isPlain: false);
    }

    private async Task<LinkFigures[]> MeasureAsync(LinkProfile[] profiles, bool sharesScreen, bool isPlain)
    {
        List<LinkFigures[]> runs = [];
        for (var run = 0; run < (isPlain ? 1 : Runs); run++)
        {
            runs.Add(await RunAsync(profiles, sharesScreen, isPlain, seed: run + 1));
        }

        LinkFigures[] medians = [.. profiles.Select((_, i) => LinkFigures.Median([.. runs.Select(run => run[i])]))];
        for (var i = 0; i < profiles.Length; i++)
        {
            output.Note($"{profiles[i].Name}{(isPlain ? ", plain forward" : "")}: {medians[i]}");
        }

        return medians;
    }

    private async Task<LinkFigures[]> RunAsync(LinkProfile[] profiles, bool sharesScreen, bool isPlain, int seed)
    {
        await using var server = await ServerProcess.StartAsync();
        await using var browser = await browsers.StartWithCameraAsync(scale: 2);
        await using var teacher = await server.TeachAsync(browser);
        if (sharesScreen)
        {
            await teacher.ShareScreenAsync();
        }

        var students = await Task.WhenAll(profiles.Select((profile, i) => FollowAsync(server, browser, profile, i, isPlain, seed)));
        try
        {
            return await Task.WhenAll(students.Select((student, i) => MeasureAsync(profiles[i], teacher, student.Person, student.Link)));
        }
        finally
        {
            foreach (var (person, link) in students)
            {
                await person.DisposeAsync();
                link.Dispose();
            }
        }
    }

    private async Task<(Person Person, LinkEmulator Link)> FollowAsync(
        ServerProcess server, Microsoft.Playwright.IBrowser browser, LinkProfile profile, int number, bool isPlain, int seed)
    {
        var options = new LinkEmulatorOptions { Seed = seed, OnDelivered = profile == Weighed ? _voice.Note : null };
        var link = new LinkEmulator(new IPEndPoint(IPAddress.Loopback, server.MediaPort), profile, options);
        var student = await server.EnterAsync(browser, Role.Student, $"s-{number}", $"Student {number}", through: link.Near, tellsArrivals: !isPlain);
        return (student, link);
    }

    private async Task<LinkFigures> MeasureAsync(LinkProfile profile, Person teacher, Person student, LinkEmulator link)
    {
        await Eventually.TrueAsync("the student hears", Limit, async () => (await LinkSample.TakeAsync(student))?.Samples > 48_000);
        await Task.Delay(Settling);
        var (before, bytes, sent) = ((await LinkSample.TakeAsync(student))!, link.Down.DeliveredBytes, await FramesSentAsync(teacher));
        if (profile == Weighed)
        {
            _voice.Begin();
        }

        await Task.Delay(Watched);
        if (profile == Weighed)
        {
            (_rate, _thin) = _voice.Take();
        }

        var (after, bytesAfter) = ((await LinkSample.TakeAsync(student))!, link.Down.DeliveredBytes);
        Assert.Null(link.Fault);
        var figures = LinkFigures.Between(before, after, bytesAfter - bytes, await FramesSentAsync(teacher) - sent);
        output.WriteLine($"{profile.Name}: {figures}; down {link.Down}");
        return figures;
    }

    private static async Task<long> FramesSentAsync(Person teacher) => (await teacher.PublishingAsync())!.FramesSent;

    private static LinkProfile Profile(string name) => LinkProfile.All.Single(profile => profile.Name.StartsWith(name, StringComparison.Ordinal));

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : usual;
}
