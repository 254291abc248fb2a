using System.Text.Json;
using Streaming.Benchmarks.Load;

namespace Streaming.Benchmarks.Tests.Load;

public sealed class LoadReportTests
{
    private static readonly LoadFigures Quiet = new()
    {
        Classes = 1,
        Viewers = 100,
        Seconds = 10,
        Sent = 3_000,
        Forwarded = 300_000,
        Lost = 0,
        DroppedAtViewers = 0,
        DroppedAtServer = 0,
        Duplicates = 0,
        OutOfOrder = 0,
        Restarts = 0,
        Checked = 30_000,
        Wrong = 0,
        FewestShare = 1,
        ServerCpu = new CpuTime(0.9, 0.3, 0.6),
        MediaCpu = new CpuTime(0.75, 0.15, 0.6),
        CompilerCpu = 0.03,
        ServerProcessorsBusy = 0.1,
        LoadProcessorsBusy = 0.2,
        LoadShare = 0.15,
        ReaderShare = 0.1,
        Latency = new Spread(1, 2, 3, 4),
        LastLatency = 1,
        Gaps = new Spread(10, 10, 11, 12),
        Feedbacks = 15_000,
        TeacherLate = 0.1,
        Meters = new ServerMeters(310_000, 0, 620, 0, 0.002, 1),
        ServerMemory = 164 << 20,
    };

    [Fact]
    public void CpuIsToldPerForwardedPacketAndSplitAsTheKernelsTicksAre()
    {
        Assert.Equal(3.0, Quiet.CpuPerPacket, 6);
        Assert.Equal((1.0, 2.0), (Math.Round(Quiet.UserPerPacket, 6), Math.Round(Quiet.SystemPerPacket, 6)));
        Assert.Equal(2.5, Quiet.MediaCpuPerPacket!.Value, 6);
        Assert.Equal(0.002, Quiet.AllocatedPerPacket!.Value, 6);
        Assert.Equal((30_000, 0.09), (Quiet.PacketsPerSecond, Math.Round(Quiet.ServerShare, 6)));
    }

    [Fact]
    public void AQuietWindowExceedsNothing() => Assert.False(SaturationRule.Exceeds(Quiet));

    [Fact]
    public void LossEndsASaturationRunAndItIsToldWhoseProcessorsWereFull()
    {
        Assert.False(SaturationRule.Exceeds(Quiet with { Lost = 300 }));   // 0.0999 %
        var lossy = Quiet with { Lost = 900, ServerProcessorsBusy = 0.99 };
        Assert.True(SaturationRule.Exceeds(lossy));
        Assert.Contains("0.30 % was lost; the server's processors were full", SaturationRule.Tell(lossy), StringComparison.Ordinal);
    }

    [Fact]
    public void SocketsThatHoldSecondsDoNotHideAServerThatFallsBehind()
    {
        var behind = Quiet with { LastLatency = 150, ServerProcessorsBusy = 1, LoadProcessorsBusy = 1 };
        Assert.True(SaturationRule.Exceeds(behind));
        Assert.Contains("150 ms late at the end, and ever later; both sides' processors were full", SaturationRule.Tell(behind), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatTheViewersOwnSocketsDropIsNotTheServersLoss()
    {
        var full = Quiet with { DroppedAtViewers = 600, LoadProcessorsBusy = 1 };
        Assert.Equal(0, full.LossShare);
        Assert.True(SaturationRule.Exceeds(full));
        Assert.Contains("own sockets dropped 600 datagrams; the load side's processors were full", SaturationRule.Tell(full), StringComparison.Ordinal);
    }

    [Fact]
    public void SharesOfSomeDurationsAreOfTheirOrder()
    {
        var spread = Spread.Of(Enumerable.Range(1, 200).Reverse().Select(i => TimeSpan.FromMilliseconds(i)))!;
        Assert.Equal(new Spread(100, 190, 198, 200), spread);
        Assert.Null(Spread.Of([]));
    }

    [Fact]
    public void JsonHasTheFiguresAndNoToken()
    {
        var report = Report() with
        {
            Options = new LoadOptions { Foreign = new ForeignOptions(new Uri("http://127.0.0.1/a"), new Uri("http://127.0.0.1/b"), 1, "secret", "secret") },
        };
        var text = report.ToJson();
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        var window = JsonDocument.Parse(text).RootElement.GetProperty("windows")[0];
        Assert.Equal(3.0, window.GetProperty("cpuPerPacket").GetDouble(), 6);
        Assert.Equal(3, window.GetProperty("latency").GetProperty("p99").GetDouble());
    }

    [Fact]
    public void MarkdownHasARowForEachWindow()
    {
        var rows = LoadMarkdown.Write(Report()).Split('\n').Where(line => line.StartsWith('|')).ToArray();
        Assert.Equal(3, rows.Length);
        Assert.Single(rows.Select(row => row.Count(letter => letter == '|')).Distinct());
        Assert.Contains("| 3.00 (1.00 + 2.00) | 2.50 / 0.10 |", rows[2], StringComparison.Ordinal);
    }

    [Fact]
    public void MemoryIsWhatEachViewerAdded() => Assert.Equal((100 << 20) / 100.0, Report().MemoryPerViewer);

    [Theory]
    [InlineData(0, 0, 0, true)]
    [InlineData(1, 0, 0, false)]
    [InlineData(0, 1, 0, false)]
    [InlineData(0, 0, 1, false)]
    public void ARunIsCleanWhenAllCameNothingWasLostAndAllWasRight(long lost, long wrong, int failed, bool clean)
    {
        var report = Report() with { Windows = [Quiet with { Lost = lost, Wrong = wrong }] };
        Assert.Equal(clean, (report with { Joins = report.Joins with { Failed = failed } }).IsClean);
    }

    [Fact]
    public void WhatTheServerDidNotSendIsSeenThoughNoNumberIsMissing()
    {
        var starved = Quiet with { FewestShare = 0.9, ServerProcessorsBusy = 1 };
        Assert.True(SaturationRule.Exceeds(starved));
        Assert.Contains("only 90.0 % of what its teacher sent; the server's processors were full", SaturationRule.Tell(starved), StringComparison.Ordinal);
        Assert.False((Report() with { Windows = [starved] }).IsClean);
        Assert.False(SaturationRule.Exceeds(Quiet with { FewestShare = 1 - (20 / 3_000.0) }));   // two frames under way at either end
    }

    [Fact]
    public void AStormIsCleanOnlyWhenTheRunningClassesSawNothingOfIt()
    {
        var storm = Report() with { Windows = [], Disturbance = new DisturbanceFigures(Quiet, Quiet, new JoinFigures(1_000, 0, 5, null, null, null), 0) };
        Assert.True(storm.IsClean);
        Assert.False((storm with { Disturbance = storm.Disturbance! with { During = Quiet with { Lost = 1 } } }).IsClean);
        Assert.False((storm with { Disturbance = storm.Disturbance! with { Before = Quiet with { Wrong = 1 } } }).IsClean);
    }

    [Fact]
    public void AWindowThatCannotBeJudgedIsNotClean()
    {
        Assert.False((Report() with { Windows = [Quiet with { DroppedAtViewers = 1 }] }).IsClean);
        Assert.False((Report() with { Windows = [Quiet with { DroppedAtServer = 1 }] }).IsClean);
        Assert.False((Report() with { Windows = [Quiet with { Restarts = 1 }] }).IsClean);
        Assert.False((Report() with { Windows = [Quiet with { Checked = 0 }] }).IsClean);
    }

    private static LoadReport Report() => new()
    {
        At = DateTimeOffset.UnixEpoch,
        Machine = new LoadMachine("a processor", 2, "6.1", ".NET"),
        Options = new LoadOptions(),
        Joins = new JoinFigures(100, 0, 1, new Spread(1, 2, 3, 4), null, null),
        Windows = [Quiet],
        EmptyMemory = 64 << 20,
        Settled = true,
    };
}
