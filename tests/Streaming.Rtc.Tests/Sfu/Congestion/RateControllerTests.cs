using Streaming.Rtc.Sfu.Congestion;

namespace Streaming.Rtc.Tests.Sfu.Congestion;

public sealed class RateControllerTests
{
    private static readonly EstimatorOptions Options = new() { Start = 300_000, Minimum = 30_000, Maximum = 2_000_000 };
    private readonly RateController _rate = new(Options);
    private double _now = 10;

    [Fact]
    public void FarFromALimitItGrowsByEightPercentASecond()
    {
        Pass(1, BandwidthUse.Normal, acked: 300_000);
        var before = _rate.Target;
        Pass(1, BandwidthUse.Normal, acked: 320_000);
        Assert.InRange(_rate.Target / before, 1.06, 1.09);
        Assert.Equal(RateState.Increase, _rate.State);
    }

    [Fact]
    public void OverUseTakesItToEightyFivePercentOfWhatPasses()
    {
        Update(BandwidthUse.OverUse, acked: 200_000);
        Assert.Equal(170_000, _rate.Target, 1);
        Assert.Equal(RateState.Decrease, _rate.State);
    }

    [Fact]
    public void NearTheLimitItGrowsByHalfAPacketPerResponseTime()
    {
        Update(BandwidthUse.OverUse, acked: 200_000);
        Pass(1, BandwidthUse.Normal, acked: 172_000);
        var before = _rate.Target;
        Assert.InRange(before, 176_000, 195_000);
        Pass(1, BandwidthUse.Normal, acked: before);

        // Half a packet of a thirtieth of a second, every 200 ms.
        Assert.InRange(_rate.Target - before, 0.9 * before / 30 / 2 * 5, 1.2 * before / 30 / 2 * 5);
    }

    [Fact]
    public void ADrainingQueueHoldsIt()
    {
        Update(BandwidthUse.UnderUse, acked: 300_000);
        Pass(2, BandwidthUse.UnderUse, acked: 300_000);
        Assert.Equal((300_000, RateState.Hold), (_rate.Target, _rate.State));
    }

    [Fact]
    public void WhatNobodySendsDoesNotLetItGrow()
    {
        Pass(60, BandwidthUse.Normal, acked: 40_000);
        Assert.Equal(300_000, _rate.Target);
        Pass(60, BandwidthUse.Normal, acked: 250_000);
        Assert.Equal((1.5 * 250_000) + 10_000, _rate.Target, 1);
    }

    [Fact]
    public void WhoSendsLittleIsNotTakenDownToAShareOfThat()
    {
        Update(BandwidthUse.OverUse, acked: 40_000, sent: 40_000);
        Assert.Equal(0.85 * 300_000, _rate.Target, 1);
        for (var i = 0; i < 40; i++)
        {
            _now++;
            Update(BandwidthUse.OverUse, acked: 40_000, sent: 40_000);
        }

        Assert.InRange(_rate.Target, 30_000, 50_000);
    }

    [Fact]
    public void LittleThatDoesNotPassIsAFullLink()
    {
        Update(BandwidthUse.OverUse, acked: 60_000, sent: 150_000);
        Assert.Equal(0.85 * 60_000, _rate.Target, 1);
    }

    [Fact]
    public void ADecreaseIsNotRepeatedBeforeItCanHaveShown()
    {
        Update(BandwidthUse.OverUse, acked: 290_000);
        var first = _rate.Target;
        _now += 0.05;
        Update(BandwidthUse.OverUse, acked: 240_000);
        Assert.Equal(first, _rate.Target);
        _now += 0.1;
        Update(BandwidthUse.OverUse, acked: 240_000);
        Assert.Equal(0.85 * 240_000, _rate.Target, 1);
    }

    [Fact]
    public void ItStaysWithinItsBounds()
    {
        Update(BandwidthUse.OverUse, acked: 1);
        Assert.Equal(Options.Minimum, _rate.Target);
        _rate.Raise(1e12);
        Assert.Equal(Options.Maximum, _rate.Target);
        Pass(10, BandwidthUse.Normal, acked: 1e12);
        Assert.Equal(Options.Maximum, _rate.Target);
    }

    /// <summary>A queue grows as soon as more is sent than passes; over half a second not much has passed yet.</summary>
    [Theory]
    [InlineData(400_000, 0.7)]
    [InlineData(120_000, 0.34)]
    [InlineData(0, 0.28)]
    public void WhoHasJustBegunToSendMoreKeepsWhatThenPasses(double latest, double kept)
    {
        var before = _rate.Target;
        Update(BandwidthUse.OverUse, acked: before / 3, latest: latest);
        Assert.Equal(kept, _rate.Target / before, 0.01);
    }

    [Fact]
    public void AReductionStopsAtItsFloorAndNeverRaises()
    {
        Assert.True(_rate.Reduce(0.1, 50_000));
        Assert.Equal(50_000, _rate.Target);
        Assert.False(_rate.Reduce(0.1, 50_000));
        Assert.False(_rate.Reduce(0.1, 90_000));
        Assert.Equal(50_000, _rate.Target);
    }

    private void Pass(double seconds, BandwidthUse use, double acked)
    {
        for (var end = _now + seconds; _now < end - 0.01; _now += 0.1) Update(use, acked);
    }

    private void Update(BandwidthUse use, double acked, double? sent = null, double latest = 0) => _rate.Update(
        new Instant((long)(_now * TimeSpan.TicksPerSecond)),
        new RateSample(use, acked, latest, sent ?? Math.Max(acked, _rate.Target), TimeSpan.FromMilliseconds(100), MayGrow: true, Most: 1e9));
}
