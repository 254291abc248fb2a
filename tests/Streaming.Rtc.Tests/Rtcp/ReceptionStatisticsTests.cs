using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtcp;

public class ReceptionStatisticsTests
{
    private const int ClockRate = 8_000;
    private static readonly Instant Start = new(1_000_000_000);
    private static readonly Ssrc Stream = new(0x11111111);

    private readonly ReceptionStatistics _statistics = new();

    [Fact]
    public void NothingReceivedIsNothingLost()
    {
        Assert.False(_statistics.HasReceived);
        Assert.Equal(new ReportBlock(Stream, 0, 0, 0, 0, 0, 0), _statistics.MakeReport(Start, Stream));
    }

    [Fact]
    public void AWholeStreamHasNoLoss()
    {
        Receive(100, 199);
        Assert.True(_statistics.HasReceived);
        Assert.Equal(new ReportBlock(Stream, 0, 0, 199, 0, 0, 0), Report());
    }

    [Fact]
    public void LossIsSaidInAllAndAsAShareOfTheInterval()
    {
        Receive(1, 90);
        Receive(101, 200);
        Assert.Equal((12, 10), Loss()); // 10 of 200 is 12.8/256

        Receive(201, 300);
        Assert.Equal((0, 10), Loss());

        Receive(351, 400);
        Assert.Equal((128, 60), Loss());
        Assert.Equal((0, 60), Loss()); // an interval without packets
    }

    [Fact]
    public void AlmostEverythingLostStaysBelowTheWhole()
    {
        Receive(1, 1);
        Report();
        Receive(3_000, 3_000);
        Assert.Equal((255, 2_998), Loss());
    }

    [Fact]
    public void TheNumberMayWrapAgainAndAgain()
    {
        for (var number = 65_000; number < 65_000 + 3 * 65_536; number++) Receive(number, number);
        Assert.Equal(65_000 + 3 * 65_536 - 1, (long)_statistics.ExtendedHighestSequence);
        Assert.Equal((0, 0), Loss());
        Assert.Equal(3 * 65_536, _statistics.Received);
    }

    [Fact]
    public void LossAcrossTheWrapIsCounted()
    {
        Receive(65_530, 65_533);
        Receive(65_536 + 2, 65_536 + 5);
        Assert.Equal(0x10005u, _statistics.ExtendedHighestSequence);
        Assert.Equal(4, _statistics.CumulativeLost);
    }

    [Fact]
    public void ALatePacketMakesUpForItsLoss()
    {
        Receive(1, 10);
        Receive(12, 1_000);
        Assert.Equal(1, _statistics.CumulativeLost);
        Receive(11, 11);
        Assert.Equal(0, _statistics.CumulativeLost);
        Assert.Equal(1_000u, _statistics.ExtendedHighestSequence);
    }

    [Fact]
    public void ALatePacketFromBeforeTheWrapDoesNotCountAsAnother()
    {
        Receive(65_534, 65_534);
        Receive(65_537, 65_537);
        Receive(65_535, 65_535);
        Assert.Equal(0x10001u, _statistics.ExtendedHighestSequence);
        Assert.Equal(1, _statistics.CumulativeLost);
    }

    [Fact]
    public void DuplicatesMakeTheLossNegative()
    {
        Receive(1, 10);
        Receive(10, 10);
        Receive(10, 10);
        Assert.Equal((0, -2), Loss());
    }

    [Theory]
    [InlineData(100, 3_100, 2_999)] // still a gap
    [InlineData(100, 3_101, 0)] // a restart
    [InlineData(40_000, 20_000, 0)] // a restart behind
    public void AJumpOfMoreThanThreeThousandStartsAfresh(int before, int after, int lost)
    {
        Receive(before, before);
        Receive(after, after + 1);
        Assert.Equal(lost, _statistics.CumulativeLost);
        Assert.Equal((uint)after + 1, _statistics.ExtendedHighestSequence);
    }

    [Fact]
    public void OneStrayPacketDoesNotRestartTheStream()
    {
        Receive(1, 10);
        Receive(12, 15);
        Receive(30_000, 30_000);
        Receive(16, 20);
        Receive(30_001, 30_001);
        Receive(21, 30);
        Assert.Equal(30u, _statistics.ExtendedHighestSequence);
        Assert.Equal(1, _statistics.CumulativeLost);
        Assert.Equal(29, _statistics.Received);
    }

    [Fact]
    public void ARestartForgetsLossWrapsAndJitter()
    {
        Receive(65_530, 65_540);
        Receive(65_600, 65_600);
        At(TimeSpan.FromSeconds(3), 65_601, 0);
        Assert.True(_statistics.Jitter > 0);
        Assert.True(_statistics.CumulativeLost > 0);
        At(TimeSpan.FromSeconds(4), 20_000, 0);
        At(TimeSpan.FromSeconds(4), 20_001, 0);
        Assert.Equal(new ReportBlock(Stream, 0, 0, 20_001, 0, 0, 0), Report());
    }

    [Fact]
    public void AnEvenStreamHasNoJitterHoweverItsTimestampWraps()
    {
        for (var i = 0; i < 1_000; i++) At(TimeSpan.FromMilliseconds(20 * i), i, unchecked(uint.MaxValue - 800 + (uint)(160 * i)));
        Assert.Equal(0u, _statistics.Jitter);
    }

    [Fact]
    public void JitterFollowsTheRunningMeanOfTheRfc()
    {
        // 20 ms apart by the timestamps; one arrives 20 ms (160 units) late. RFC 3550 §A.8 in sixteenths:
        // 0 → 160, then back to the beat 160 + 160 − ⌊168/16⌋ = 310, then 310 − ⌊318/16⌋ = 291.
        At(TimeSpan.FromMilliseconds(0), 1, 0);
        At(TimeSpan.FromMilliseconds(40), 2, 160);
        Assert.Equal(160u / 16, _statistics.Jitter);
        At(TimeSpan.FromMilliseconds(40), 3, 320);
        Assert.Equal(310u / 16, _statistics.Jitter);
        At(TimeSpan.FromMilliseconds(60), 4, 480);
        Assert.Equal(291u / 16, _statistics.Jitter);
    }

    [Fact]
    public void APacketSentAgainIsNotJitter()
    {
        At(TimeSpan.FromMilliseconds(0), 1, 0);
        At(TimeSpan.FromMilliseconds(40), 3, 320);
        At(TimeSpan.FromMilliseconds(400), 2, 160);
        At(TimeSpan.FromMilliseconds(60), 4, 480);
        Assert.Equal(0u, _statistics.Jitter);
    }

    [Theory]
    [InlineData(0x80000000u)] // the most that a difference of 32 bits can be
    [InlineData(5u * ClockRate + 1_000)]
    public void AClockSetAnewIsNotJitter(uint jump)
    {
        At(TimeSpan.FromMilliseconds(0), 1, 0);
        At(TimeSpan.FromMilliseconds(20), 2, 160 + jump);
        At(TimeSpan.FromMilliseconds(40), 3, 320 + jump);
        Assert.Equal(0u, _statistics.Jitter);
    }

    [Fact]
    public void AnUptimeOfCenturiesOverflowsNothing()
    {
        var statistics = new ReceptionStatistics();
        var start = new Instant(long.MaxValue - TimeSpan.TicksPerDay);
        statistics.Receive(start, new SequenceNumber(1), 0, 90_000);
        statistics.Receive(start + TimeSpan.FromMilliseconds(100), new SequenceNumber(2), 9_000, 90_000);
        Assert.Equal(0u, statistics.Jitter);
    }

    [Fact]
    public void TheLastSenderReportIsEchoedAsInTheRfcsRoundTrip() // RFC 3550 §6.4.1, figure 2
    {
        Receive(1, 1);
        _statistics.NoteSenderReport(Start, 0xB44DB70520000000);
        var report = _statistics.MakeReport(Start + TimeSpan.FromSeconds(5.25), Stream);
        Assert.Equal(0xB7052000u, report.LastSenderReport);
        Assert.Equal(0x00054000u, report.DelaySinceLastSenderReport);

        // The sender gets it at 0xB710:8000 and takes 6.125 s for the round trip.
        Assert.Equal(6.125, (0xB7108000u - report.LastSenderReport - report.DelaySinceLastSenderReport) / 65_536.0);
    }

    [Theory]
    [InlineData(-1.0, 0u)]
    [InlineData(-0.5, 0u)]
    [InlineData(0.0, 0u)]
    [InlineData(65_535.5, 0xFFFF8000u)]
    [InlineData(65_536.0, uint.MaxValue)]
    [InlineData(1e9, uint.MaxValue)]
    public void TheDelayStaysInItsRange(double seconds, uint delay)
    {
        _statistics.NoteSenderReport(Start, 0xB44DB70520000000);
        Assert.Equal(delay, _statistics.MakeReport(Start + TimeSpan.FromSeconds(seconds), Stream).DelaySinceLastSenderReport);
    }

    [Fact]
    public void LossBeyondTwentyFourBitsIsSaidAsTheMostThatFits()
    {
        Receive(0, 0);
        for (var number = 3_000; _statistics.CumulativeLost <= ReportBlock.MostLost; number += 3_000) Receive(number, number);
        Assert.Equal(ReportBlock.MostLost, Report().CumulativeLost);
    }

    [Fact]
    public void NoOrderOfPacketsThrows()
    {
        var random = new Random(3550);
        for (var i = 0; i < 100_000; i++)
        {
            var now = new Instant(random.NextInt64(long.MinValue / 2, long.MaxValue / 2));
            var number = new SequenceNumber((ushort)random.Next(random.Next(1, 65_537)));
            _statistics.Receive(now, number, (uint)random.NextInt64(1L << 32), 90_000);
            if (i % 10 == 0) _statistics.NoteSenderReport(now, (ulong)random.NextInt64());
            if (i % 7 != 0) continue;
            var report = _statistics.MakeReport(now, Stream);
            Assert.InRange(report.CumulativeLost, ReportBlock.LeastLost, ReportBlock.MostLost);
        }
    }

    private void Receive(int from, int to)
    {
        for (var number = from; number <= to; number++) At(TimeSpan.Zero, number, 0);
    }

    private void At(TimeSpan time, int number, uint timestamp) =>
        _statistics.Receive(Start + time, new SequenceNumber(unchecked((ushort)number)), timestamp, ClockRate);

    private ReportBlock Report() => _statistics.MakeReport(Start, Stream);

    private (int Fraction, int Lost) Loss()
    {
        var report = Report();
        return (report.FractionLost, report.CumulativeLost);
    }
}
