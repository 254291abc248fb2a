namespace Streaming.Client.Tests;

public class ReconnectPolicyTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.5)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 4)]
    [InlineData(5, 5)]
    [InlineData(6, 5)]
    [InlineData(1_000_000, 5)]
    public void DelaysGrowToFiveSecondsAndStayThere(int attempt, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new ReconnectPolicy().Delay(attempt, chance: 0.5));

    [Theory]
    [InlineData(0, 700)]
    [InlineData(0.5, 1_000)]
    [InlineData(1, 1_300)]
    public void JitterSpreadsAClassThatLostItsServer(double chance, double milliseconds) =>
        Assert.Equal(milliseconds, new ReconnectPolicy().Delay(2, chance).TotalMilliseconds, tolerance: 0.001);

    [Fact]
    public void APolicyThatCannotWaitIsRefused()
    {
        Assert.Throws<ArgumentException>(() => new ReconnectPolicy { Delays = [] });
        Assert.Throws<ArgumentException>(() => new ReconnectPolicy { Delays = [TimeSpan.FromSeconds(-1)] });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReconnectPolicy { Jitter = 1.1 });
    }
}
