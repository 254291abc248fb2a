using Streaming.EndToEnd.Tests.Rig;
using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests;

[Collection(EndToEndCollection.Name)]
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int Students = 100;
    private static readonly TimeSpan Lesson = TimeSpan.FromSeconds(30);

    [Fact(Timeout = 150_000)]
    public async Task AHundredStudentsLoseNothingAndNoForwardedPacketAllocates()
    {
        await using var collector = await MetricsCollector.StartAsync();
        await using var server = await ServerProcess.StartAsync(new ServerSetup { Environment = collector.Environment, Arguments = MetricsCollector.WithInspection });
        await using var lesson = await HeadlessClass.BeginAsync(server, framesPerSecond: 25);

        var joined = await lesson.AdmitAsync(Students);
        output.Note($"{Students} students joined, connected and had picture and voice within {joined.TotalSeconds:0.00} s");

        await Task.Delay(TimeSpan.FromSeconds(2));
        await lesson.SettleAsync();
        await collector.RefreshAsync();
        var before = Costs.Of(collector);
        var received = lesson.Viewers.Sum(Packets);
        await Task.Delay(Lesson);
        await collector.RefreshAsync();
        var spent = Costs.Of(collector) - before;
        await lesson.SettleAsync();

        output.Note(
            $"{Students} students: {spent.Forwarded} packets forwarded, {spent.Resent} resent; {spent.CpuSeconds * 1e6 / spent.Forwarded:0.00} µs CPU of the media thread "
            + $"and {spent.AllocatedBytes / spent.Forwarded:0.000} bytes per forwarded packet ({spent.AllocatedBytes:0} bytes in all)");
        Assert.Equal(0, UdpSockets.At(server.MediaPort).Dropped);
        Assert.True(lesson.Viewers.Sum(Packets) - received >= Lesson.TotalSeconds * (50 + (25 * 5)) * Students * 0.95, "Too little arrived.");
        Assert.All(lesson.Viewers, viewer => Assert.All(viewer.Received, track => Assert.Equal((0, 0), (track.GivenUp, track.Restarts))));

        // What remains are a few events per student and minute; a single object per packet would be 24 bytes at least.
        Assert.InRange(spent.AllocatedBytes / spent.Forwarded, 0, 1);
        // The aim is 2 s and is measured on a quiet machine; this only tells a queue from a stop.
        Assert.InRange(joined, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private static long Packets(Streaming.Client.Peers.HeadlessPeer viewer) => viewer.Received.Sum(track => track.Packets);

    private sealed record Costs(double Forwarded, double Resent, double CpuSeconds, double AllocatedBytes)
    {
        public static Costs Of(MetricsCollector collector) => new(
            collector.Sum("streaming.rtc.packets.forwarded"),
            collector.Sum("streaming.rtc.packets.resent"),
            collector.Sum("streaming.rtc.worker.cpu.time"),
            collector.Sum("streaming.rtc.worker.allocated"));

        public static Costs operator -(Costs later, Costs earlier) => new(
            later.Forwarded - earlier.Forwarded,
            later.Resent - earlier.Resent,
            later.CpuSeconds - earlier.CpuSeconds,
            later.AllocatedBytes - earlier.AllocatedBytes);
    }
}
