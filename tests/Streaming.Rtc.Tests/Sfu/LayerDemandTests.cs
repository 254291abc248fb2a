using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

public class LayerDemandTests
{
    private LayerDemand _demand = new();
    private Instant _now = new(TimeSpan.TicksPerDay);

    [Fact]
    public void WhatNobodyWantsForTenSecondsIsLeftOutAndWhatSomebodyWantsIsAskedForAtOnce()
    {
        Assert.False(After(0, 1));
        Assert.False(After(9.9, 1));
        Assert.Equal(LayerDemand.Everything, _demand.Top);
        Assert.True(After(0.2, 1));
        Assert.Equal(1, _demand.Top);
        Assert.True(After(0.2, 2));
        Assert.Equal(2, _demand.Top);
    }

    [Fact]
    public void AWishInBetweenBeginsTheWaitAnew()
    {
        After(0, 0);
        After(9, LayerDemand.Everything);
        Assert.False(After(0.1, 0));
        Assert.False(After(9.8, 0));
        Assert.True(After(0.3, 0));
    }

    [Fact]
    public void TheSmallestLayerIsAlwaysWanted()
    {
        After(0, -1);
        Assert.True(After(11, -1));
        Assert.Equal(0, _demand.Top);
        Assert.False(After(11, -1));
    }

    private bool After(double seconds, int wanted)
    {
        _now += TimeSpan.FromSeconds(seconds);
        return _demand.Update(_now, wanted);
    }
}
