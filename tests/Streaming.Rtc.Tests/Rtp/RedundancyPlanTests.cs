using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtp;

public class RedundancyPlanTests
{
    private const double Plenty = 1_000_000;
    private static readonly VoiceShape Voice = new(PayloadBytes: 60, PacketsPerSecond: 50);

    private RedundancyPlan _plan = new();
    private Instant _now = new(TimeSpan.TicksPerHour);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.019, 0)]
    [InlineData(0.02, 1)]
    [InlineData(0.079, 1)]
    [InlineData(0.08, 2)]
    [InlineData(1, 2)]
    [InlineData(double.NaN, 0)]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(double.PositiveInfinity, 2)]
    public void AsManyCopiesAsTheLossAsksFor(double loss, int copies) => Assert.Equal(copies, After(0, loss));

    [Fact]
    public void AsManyCopiesAsTheBudgetAllows()
    {
        // 46.4 kbit/s alone, 72.4 with one copy of 60 bytes, 98 with two; a tenth of room to begin.
        Assert.Equal([46_400.0, 72_400, 98_000], new[] { 0, 1, 2 }.Select(Voice.BitsPerSecond));
        Assert.Equal(0, After(0, 0.2, budget: 79_000));
        Assert.Equal(1, After(1, 0.2, budget: 80_000));
        Assert.Equal(1, After(1, 0.2, budget: 107_000));
        Assert.Equal(2, After(1, 0.2, budget: 108_000));
    }

    [Fact]
    public void WhatTheBudgetForbidsIsGivenUpAtOnceAndNotTriedAgainAtOnce()
    {
        After(0, 0.2);
        Assert.Equal(2, After(1, 0.2, budget: 98_000));
        Assert.Equal(1, After(1, 0.2, budget: 97_999));
        Assert.Equal(1, After(1, 0.2));
        Assert.Equal(0, After(1, 0.2, budget: 0));
        Assert.Equal(0, After(4.9, 0.2));
        Assert.Equal(2, After(0.1, 0.2));
    }

    [Fact]
    public void CopiesAreGivenUpOneByOneWhenTheLinkHasBeenCalm()
    {
        After(0, 0.2);
        Assert.Equal(2, After(1, 0));
        Assert.Equal(2, After(9.9, 0));
        Assert.Equal(1, After(0.1, 0));
        Assert.Equal(1, After(9.9, 0));
        Assert.Equal(0, After(0.1, 0));
    }

    [Fact]
    public void CalmBeginsAnewAfterEveryBadMoment()
    {
        After(0, 0.2);
        After(1, 0);
        After(9, 0.06);   // too much for one copy less
        After(1, 0);
        Assert.Equal(2, After(9.9, 0));
        Assert.Equal(1, After(0.1, 0));
    }

    [Fact]
    public void ALossBetweenTheThresholdsDoesNotFlap()
    {
        var random = new Random(8);
        var (changes, before) = (0, After(0, 0.03));
        for (var i = 0; i < 1_000; i++)
        {
            var copies = After(2, random.NextDouble() < 0.5 ? 0.012 : 0.075);
            (changes, before) = (changes + (copies == before ? 0 : 1), copies);
        }

        Assert.Equal((0, 1), (changes, before));
    }

    [Fact]
    public void ABudgetAtTheEdgeDoesNotFlap()
    {
        After(0, 0.2);
        var (changes, before) = (0, _plan.Copies);
        for (var i = 0; i < 1_000; i++)
        {
            var copies = After(2, 0.2, budget: i % 2 == 0 ? 97_000 : 99_000);
            (changes, before) = (changes + (copies == before ? 0 : 1), copies);
        }

        Assert.Equal((1, 1), (changes, before));
    }

    private int After(double seconds, double loss, double budget = Plenty)
    {
        _now += TimeSpan.FromSeconds(seconds);
        return _plan.Update(_now, loss, budget, Voice);
    }
}
