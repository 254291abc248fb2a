using Streaming.Rtc.Net;

namespace Streaming.Rtc.Tests.Net;

public sealed class GatherWindowTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(1);
    private readonly GatherWindow _window = new(Longest);
    private Instant _now = new(TimeSpan.TicksPerDay);
    private long _received;
    private long _forwarded;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(7, 0)]
    [InlineData(16, 250)]
    [InlineData(32, 500)]
    [InlineData(64, 1_000)]
    [InlineData(1_000, 1_000)]
    public void GrowsWithTheViewersAndIsNothingForAFew(int viewers, int microseconds)
    {
        Forward(viewers, rounds: 300);
        Assert.Equal(microseconds, _window.Length.TotalMicroseconds, 1.0);
    }

    [Fact]
    public void RoundsWithoutMediaChangeNothingUntilTheClassIsQuiet()
    {
        Forward(viewers: 100, rounds: 300);
        Rest(rounds: 9);
        Assert.Equal(Longest, _window.Length);
        Rest(rounds: 2);
        Assert.Equal(TimeSpan.Zero, _window.Length);
    }

    [Fact]
    public void FollowsAClassThatEmpties()
    {
        Forward(viewers: 100, rounds: 300);
        Forward(viewers: 2, rounds: 100);
        Assert.Equal(TimeSpan.Zero, _window.Length);
    }

    [Fact]
    public void IsNothingWhenTheOptionSaysSo()
    {
        var window = new GatherWindow(TimeSpan.Zero);
        for (var i = 1; i < 100; i++)
        {
            window.RoundEnded(_now, i, i * 100);
        }

        Assert.Equal(TimeSpan.Zero, window.Length);
    }

    private void Forward(int viewers, int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            _now += TimeSpan.FromMilliseconds(20);
            _received += 5;
            _forwarded += 5 * viewers;
            _window.RoundEnded(_now, _received, _forwarded);
        }
    }

    private void Rest(int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            _now += TimeSpan.FromMilliseconds(20);
            _window.RoundEnded(_now, _received, _forwarded);
        }
    }
}
