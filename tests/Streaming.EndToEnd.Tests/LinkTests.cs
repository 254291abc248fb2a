using System.Net;
using System.Text.Json;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;
using Streaming.Tests.Shared.Links;
using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests;

/// <summary>A browser behind an emulated link.</summary>
[Trait("Kind", "Measures")]
public sealed class LinkTests(Browsers browsers, ITestOutputHelper output) : IClassFixture<Browsers>
{
    private const string RoundTrip = """
        async () => {
          const stats = new Map(await window.streamingDebug.peerConnections().watch.getStats());
          const transport = [...stats.values()].find(s => s.type === 'transport');
          return stats.get(transport.selectedCandidatePairId).currentRoundTripTime ?? 0;   // several may be nominated: one for each protocol
        }
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);
    private static readonly LinkWay Way = new() { BitsPerSecond = 8_000_000, Delay = TimeSpan.FromMilliseconds(60), Loss = 0.02 };

    [Fact(Timeout = 240_000)]
    public async Task AStudentBehindALinkSeesTheLessonThroughItAndNobodyElseDoes()
    {
        await using var server = await ServerProcess.StartAsync();
        using var link = new LinkEmulator(new IPEndPoint(IPAddress.Loopback, server.MediaPort), LinkProfile.Steady("8 Mbit/s, 60 ms, 2 %", Way));
        var browser = await browsers.LenientAsync();
        await using var teacher = await server.TeachAsync(browser);
        await using var other = await server.EnterAsync(browser, Role.Student, "s-bo", "Bo");
        await using var student = await server.EnterAsync(browser, Role.Student, "s-mei", "Mei", through: link.Near);
        await other.SeesPictureAsync(Limit);
        await student.SeesPictureAsync(Limit);
        Assert.InRange(link.Flows, 1, 8);   // a browser tries each of its addresses

        await Eventually.TrueAsync("the link has lost some of a thousand", Limit, () => link.Down.Received > 1_000 && link.Down[LinkFate.Lost] > 0);
        Assert.True(await RoundTripAsync(student) >= 0.12);
        Assert.InRange(await RoundTripAsync(other), 0, 0.1);

        link.Change(LinkProfile.Steady("gone", LinkWay.Down));
        await Eventually.TrueAsync("the link is down", Limit, () => link.Down[LinkFate.Down] > 0);
        var before = await student.WatchingAsync();
        await Task.Delay(TimeSpan.FromSeconds(3));
        link.Change(LinkProfile.Steady("back", Way));
        var back = await student.SeesPictureAsync(Limit);
        Assert.True(back.FramesDecoded > before!.FramesDecoded);
        Assert.Null(link.Fault);
        output.WriteLine($"Down: {link.Down}");
        output.WriteLine($"Up: {link.Up}");
    }

    private static async Task<double> RoundTripAsync(Person person) =>
        (await person.Page.EvaluateAsync<JsonElement>(RoundTrip)).GetDouble();
}
