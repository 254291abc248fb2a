using Streaming.Rtc.Sfu.Congestion;

namespace Streaming.Rtc.Tests.Sfu.Congestion;

public sealed class DelayGradientTests
{
    private readonly DelayGradient _gradient = new();

    [Fact]
    public void ASteadyDelayIsNormal()
    {
        for (var packet = 0; packet < 200; packet++)
        {
            Add(packet * 20, 50);
            Assert.Equal(BandwidthUse.Normal, _gradient.Use);
        }
    }

    [Fact]
    public void AQueueThatGrowsByATenthIsFoundWithinHalfASecond()
    {
        for (var packet = 0; packet < 100; packet++) Add(packet * 20, 50);
        var found = Enumerable.Range(0, 100).First(packet =>
        {
            Add(2_000 + (packet * 20), 50 + (packet * 2));
            return _gradient.Use == BandwidthUse.OverUse;
        });
        Assert.InRange(found * 20, 40, 500);
    }

    [Fact]
    public void AQueueThatDrainsIsUnderUse()
    {
        for (var packet = 0; packet < 100; packet++) Add(packet * 20, 300);
        for (var packet = 0; packet < 25; packet++) Add(2_000 + (packet * 20), 300 - (packet * 5));
        Assert.Equal(BandwidthUse.UnderUse, _gradient.Use);
    }

    [Fact]
    public void JitterIsHardlyEverTakenForAQueue()
    {
        var random = new Random(8);
        var overUses = 0;
        double last = 0;
        for (var packet = 0; packet < 3_000; packet++)
        {
            last = Math.Max(last, (packet * 20) + (30 * random.NextDouble()));
            Add(packet * 20, last - (packet * 20));
            if (_gradient.Use == BandwidthUse.OverUse) overUses++;
        }

        Assert.InRange(overUses, 0, 30);
        Assert.InRange(_gradient.Jitter.TotalMilliseconds, 5, 15);
    }

    [Fact]
    public void PacketsThatLeaveTogetherAreOneGroup()
    {
        // Ten packets a picture, spread by the link over 30 ms: within the picture the delay grows, from picture to picture it does not.
        for (var picture = 0; picture < 100; picture++)
        {
            for (var packet = 0; packet < 10; packet++) Add(picture * 40, 50 + (packet * 3));
            Assert.Equal(BandwidthUse.Normal, _gradient.Use);
        }
    }

    [Fact]
    public void ALeapOfAClockBeginsAfresh()
    {
        for (var packet = 0; packet < 100; packet++) Add(packet * 20, 50 + (packet * 4));
        Assert.Equal(BandwidthUse.OverUse, _gradient.Use);
        Add(2_000, 90_000);
        Assert.Equal((BandwidthUse.Normal, 0.0), (_gradient.Use, _gradient.Trend));
        Add(2_020, -90_000);
        Assert.Equal(BandwidthUse.Normal, _gradient.Use);
    }

    private void Add(double sentAt, double delay) => _gradient.Add(Ticks(sentAt), Ticks(sentAt + delay));

    private static long Ticks(double milliseconds) => (long)(milliseconds * TimeSpan.TicksPerMillisecond);
}
