using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

public class RateMeterTests
{
    private RateMeter _meter;
    private Instant _now = new(TimeSpan.TicksPerDay);

    [Fact]
    public void ItCountsWhatAPacketWeighsOnTheWireByTemporalLayers()
    {
        Feed(seconds: 2, 936, 0, 436, 1, 436, 2);   // 64 bytes around each

        Assert.InRange(_meter.UpTo(_now, 0), 78_000, 82_000);
        Assert.InRange(_meter.UpTo(_now, 1), 118_000, 122_000);
        Assert.InRange(_meter.UpTo(_now, 2), 158_000, 162_000);
        Assert.Equal(2, _meter.Highest);
    }

    [Fact]
    public void ItGoesUpAtOnceAndComesDownSlowly()
    {
        Feed(seconds: 3, 936, 0);
        Feed(seconds: 0.6, 4_936, 0);
        var peak = _meter.UpTo(_now, 0);
        Assert.True(peak > 350_000, $"{peak}");
        Feed(seconds: 1, 936, 0);
        Assert.InRange(_meter.UpTo(_now, 0), peak * 0.6, peak * 0.9);
        Feed(seconds: 10, 936, 0);
        Assert.InRange(_meter.UpTo(_now, 0), 78_000, 82_000);
    }

    [Fact]
    public void WhatHasStoppedFades()
    {
        Feed(seconds: 2, 936, 0, 436, 2);
        _now += TimeSpan.FromSeconds(20);
        Assert.True(_meter.UpTo(_now, 2) < 10_000);
    }

    // Each pair of size and layer ten times a second.
    private void Feed(double seconds, params int[] packets)
    {
        for (var i = 0; i < seconds * 10; i++)
        {
            for (var at = 0; at < packets.Length; at += 2)
            {
                _meter.Add(_now, packets[at], packets[at + 1]);
            }

            _now += TimeSpan.FromMilliseconds(100);
        }
    }
}
