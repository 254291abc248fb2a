using Streaming.Benchmarks.Load;

namespace Streaming.Benchmarks.Tests.Load;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void SharesAreTheUpperEndsOfTheirSteps()
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= 100; i++)
        {
            histogram.Add(i * 1_000_000L - 5_000);   // 0.995, 1.995 … 99.995 ms
        }

        Assert.Equal(100, histogram.Count);
        Assert.Equal(50.0, histogram.At(0.50).TotalMilliseconds, 6);
        Assert.Equal(99.0, histogram.At(0.99).TotalMilliseconds, 6);
        Assert.Equal(99.995, histogram.Longest.TotalMilliseconds, 6);
        Assert.Equal(histogram.Longest, histogram.At(1));
    }

    [Theory]
    [InlineData(250_400_000L, 251.0)]       // beyond 100 ms, steps of 1 ms
    [InlineData(9_998_500_000L, 9_999.0)]
    [InlineData(25_000_000_000L, 60_000.0)] // beyond 10 s, all that is known is the longest
    public void LongDurationsAreFound(long nanoseconds, double milliseconds)
    {
        var histogram = new LatencyHistogram();
        histogram.Add(1_000_000);
        histogram.Add(nanoseconds);
        histogram.Add(60_000_000_000);
        Assert.Equal(milliseconds, histogram.At(0.6).TotalMilliseconds, 6);
        Assert.Equal(60_000, histogram.At(1).TotalMilliseconds, 6);
    }

    [Fact]
    public void AClockThatIsALittleBehindCountsAsNothing()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(-3_000);
        Assert.Equal(TimeSpan.Zero, histogram.Longest);
        Assert.Equal(TimeSpan.Zero, histogram.At(0.5));
    }

    [Fact]
    public void TwoAddUpAndClearingForgets()
    {
        var (one, other) = (new LatencyHistogram(), new LatencyHistogram());
        one.Add(1_000_000);
        other.Add(3_000_000);
        one.Add(other);
        Assert.Equal((2, 3.0), (one.Count, one.Longest.TotalMilliseconds));
        one.Clear();
        Assert.Equal((0, TimeSpan.Zero, TimeSpan.Zero), (one.Count, one.Longest, one.At(0.99)));
    }
}
