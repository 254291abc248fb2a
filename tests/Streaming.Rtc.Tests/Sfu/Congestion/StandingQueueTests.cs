using Streaming.Rtc.Sfu.Congestion;

namespace Streaming.Rtc.Tests.Sfu.Congestion;

public sealed class StandingQueueTests
{
    private const double Target = 500_000;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);
    private readonly StandingQueue _queue = new();
    private double _now;

    [Fact]
    public void AQueueThatStandsIsMeasuredOverTheShortestDelayWhateverTheClock()
    {
        Pass(1_000, -7_000);
        Pass(1_000, -6_850);
        Assert.Equal(150, _queue.Standing.TotalMilliseconds, 1);
        Assert.True(_queue.Asks(Now, Target, RoundTrip));
        Assert.False(_queue.IsDraining);
    }

    [Fact]
    public void ALargePictureOrJitterIsNoStandingQueue()
    {
        Pass(1_000, 50);
        for (var i = 0; i < 10; i++)
        {
            Pass(80, 300);
            Pass(80, 55);
            Assert.False(_queue.Asks(Now, Target, RoundTrip));
        }
    }

    [Fact]
    public void ItAsksAgainOnlyAfterWhatWasDoneCanHaveShown()
    {
        Pass(1_000, 50);
        Pass(500, 250);
        Assert.True(_queue.Asks(Now, Target, RoundTrip));
        Pass(500, 200);
        Assert.False(_queue.Asks(Now, Target, RoundTrip));
        Pass(300, 200);
        Assert.True(_queue.Asks(Now, Target, RoundTrip));
    }

    [Fact]
    public void ADelayThatNothingHelpsAgainstBecomesThePathsOwn()
    {
        Pass(1_000, 50);
        var asked = 0;
        for (var second = 0; second < 20; second++)
        {
            Pass(1_000, 400);
            if (_queue.Asks(Now, Target, RoundTrip)) asked++;
        }

        Assert.InRange(asked, 3, 5);
        Assert.Equal(0, _queue.Standing.TotalMilliseconds, 1);
        Assert.False(_queue.IsDraining);
    }

    [Fact]
    public void ALongQueueIsDrainedUntilItIsGone()
    {
        Pass(1_000, 50);
        Pass(500, 600);
        _queue.Asks(Now, Target, RoundTrip);
        Assert.True(_queue.IsDraining);
        Pass(500, 200);
        _queue.Asks(Now, Target, RoundTrip);
        Assert.True(_queue.IsDraining);
        Pass(500, 60);
        _queue.Asks(Now, Target, RoundTrip);
        Assert.False(_queue.IsDraining);
    }

    [Fact]
    public void TheLimitLeavesAFullPacketItsTimeOnASlowLink()
    {
        Assert.InRange(StandingQueue.Limit(64_000).TotalMilliseconds, 180, 220);
        Assert.InRange(StandingQueue.Limit(2_000_000).TotalMilliseconds, 40, 60);
    }

    private Instant Now => new(Ticks(_now));

    private static long Ticks(double milliseconds) => (long)(milliseconds * TimeSpan.TicksPerMillisecond);

    private void Pass(double milliseconds, double delay)
    {
        for (var end = _now + milliseconds; _now < end; _now += 20) _queue.Add(Ticks(_now - delay), Ticks(_now - 100_000));
    }
}
