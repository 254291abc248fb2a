using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;
using Streaming.Tests.Shared.Servers;
using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests;

/// <summary>What leaves in runs, padded and segmented, is what a real browser plays.</summary>
[Trait("Kind", "Measures")]
public sealed class SegmentedLessonTests(Browsers browsers, ITestOutputHelper output) : IClassFixture<Browsers>
{
    /// <summary>Enough for packets to gather: with a few viewers each leaves at once.</summary>
    private const int OtherStudents = 48;

    private static readonly TimeSpan PictureLimit = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(20);

    [Fact(Timeout = 300_000)]
    public async Task RealBrowsersDecodeEveryFrameOfSegmentedAndPaddedRuns()
    {
        await using var collector = await MetricsCollector.StartAsync();
        await using var server = await ServerProcess.StartAsync(new ServerSetup { Environment = collector.Environment, Arguments = MetricsCollector.WithInspection });
        var browser = await browsers.StartWithCameraAsync(scale: 2);   // of a smaller one a picture is a packet or two
        await using var closing = browser;
        await using var teacher = await server.TeachAsync(browser);
        await using var others = HeadlessClass.Of(server);
        await others.AdmitAsync(OtherStudents);
        await using var mei = await server.EnterAsync(browser, Role.Student, "s-mei", "Mei");
        await using var tom = await server.EnterAsync(browser, Role.Student, "s-tom", "Tom");
        Person[] watchers = [mei, tom];
        foreach (var watcher in watchers)
        {
            await watcher.SeesPictureAsync(PictureLimit);
        }

        await Task.Delay(TimeSpan.FromSeconds(12));   // each student climbs to the whole picture

        await WatchedWindows.OneIsFlawlessAsync(() => WatchAsync(teacher, watchers, collector));
    }

    private async Task<string?> WatchAsync(Person teacher, Person[] watchers, MetricsCollector collector)
    {
        await collector.RefreshAsync();
        var (messages, datagrams, padded) = Sends(collector);
        var sent = (await teacher.PublishingAsync())!;
        var before = await Task.WhenAll(watchers.Select(watcher => watcher.WatchingAsync()));
        await Task.Delay(Watched);
        var frames = (await teacher.PublishingAsync())!.FramesSent - sent.FramesSent;
        var after = await Task.WhenAll(watchers.Select(watcher => watcher.WatchingAsync()));
        await collector.RefreshAsync();
        var now = Sends(collector);

        var run = (now.Datagrams - datagrams) / (now.Messages - messages);
        var decoded = after.Zip(before, (one, then) => one!.FramesDecoded - then!.FramesDecoded).ToArray();
        var lost = after.Zip(before, (one, then) => one!.PacketsLost - then!.PacketsLost).Sum();
        var freezes = after.Zip(before, (one, then) => one!.FreezeCount - then!.FreezeCount).Sum();
        var said = $"{frames} frames sent in {Watched.TotalSeconds:0} s, decoded {string.Join(" and ", decoded)}, {lost} packets lost, {freezes} freezes; "
            + $"{run:0.0} datagrams a message, {now.Padded - padded:0} of the teacher's packets padded";
        output.Note($"Segmented and padded runs in a real browser: {said}");

        // The counters are read one after the other while frames are on their way: a few more or less.
        const int onTheirWay = 8;
        Assert.True(run > 1.2, $"Nothing left in runs: {said}");
        Assert.True(now.Padded > padded, $"Nothing was padded: {said}");
        return lost == 0 && freezes == 0 && decoded.All(count => Math.Abs(count - frames) <= onTheirWay) ? null : said;
    }

    private static (double Messages, double Datagrams, double Padded) Sends(MetricsCollector collector) => (
        collector.Sum("streaming.rtc.worker.messages"), collector.Sum("streaming.rtc.worker.datagrams"), collector.Sum("streaming.rtc.packets.padded"));
}
