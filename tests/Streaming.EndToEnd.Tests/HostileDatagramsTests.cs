using System.Net;
using Streaming.EndToEnd.Tests.Rig;
using Streaming.Tests.Shared.Links;
using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests;

[Trait("Kind", "Measures")]
public sealed class HostileDatagramsTests(ITestOutputHelper output)
{
    private const int Datagrams = 1_000_000;

    [Fact(Timeout = 540_000)]
    public async Task AMillionHostileDatagramsTakeNothingFromTheClassAndEachIsCounted()
    {
        await using var collector = await MetricsCollector.StartAsync();
        await using var server = await ServerProcess.StartAsync(new ServerSetup { Environment = collector.Environment });
        using var relay = new LinkEmulator(
            new IPEndPoint(IPAddress.Loopback, server.MediaPort), LinkProfile.Perfect, new LinkEmulatorOptions { Remembered = 2_000 });
        await using var lesson = await HeadlessClass.BeginAsync(server, framesPerSecond: 20, relay.Near);
        await lesson.AdmitAsync(5);
        await Task.Delay(TimeSpan.FromSeconds(3));   // the relay has something to replay
        await collector.RefreshAsync();
        var countedBefore = collector.Sum("streaming.rtc.drops");
        var lostBefore = UdpSockets.At(server.MediaPort).Dropped;

        var hostile = new HostileTraffic(relay, server.MediaPort, seed: 6);
        await Task.Run(() => hostile.Run(Datagrams, TimeSpan.FromSeconds(360)));

        await Eventually.TrueAsync("the server has read everything", TimeSpan.FromSeconds(30), () => UdpSockets.At(server.MediaPort).Queued == 0);
        await collector.RefreshAsync();
        var counted = collector.Sum("streaming.rtc.drops") - countedBefore;
        var lost = UdpSockets.At(server.MediaPort).Dropped - lostBefore;
        output.Note($"Hostile datagrams: {hostile.Sent} sent and {hostile.BrokenDtls} of broken DTLS; {counted} counted, {lost} dropped by the kernel");
        foreach (var (name, value) in collector.Values.Where(value => value.Key.StartsWith("streaming.rtc.drops", StringComparison.Ordinal)).OrderBy(value => value.Key))
        {
            output.WriteLine($"  {name} {value}");
        }

        Assert.True(server.IsRunning, server.LogTail());
        // Of what the kernel dropped nobody knows whose it was; a packet of the class that it dropped can come twice afterwards.
        Assert.InRange(counted, hostile.Sent - lost, hostile.Sent + hostile.BrokenDtls + lost);
        Assert.InRange(lost, 0, Datagrams / 100);
        Assert.All(collector.Values, value => Assert.False(value.Key.Contains("InternalError", StringComparison.Ordinal) && value.Value > 0, value.Key));
        await lesson.SettleAsync();
        Assert.InRange(lesson.Wounds, 0, lesson.DroppedByKernel);
        var frames = lesson.Viewers[0].Received[1].Frames;
        await Eventually.TrueAsync("the class goes on", TimeSpan.FromSeconds(30), () => lesson.Viewers[0].Received[1].Frames > frames + 20);
    }
}
