using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

public sealed class NackTrackerTests
{
    private readonly NackTracker _tracker = new();
    private Instant _now = new(0);

    [Fact]
    public void ReorderingWithinTenMillisecondsIsNotAskedFor()
    {
        Receive(1, 3);
        Assert.Empty(Due());
        Assert.True(_tracker.Receive(_now, new SequenceNumber(2)));
        After(50);
        Assert.Empty(Due());
        Assert.Equal(Instant.Never, _tracker.NextDue);
    }

    [Fact]
    public void AGapIsAskedForOnceAndThenAgainByTheRoundTrip()
    {
        Receive(65_534, 2);
        After(10);
        Assert.Equal([65_535, 0, 1], Due());
        Assert.Empty(Due());
        After(60);
        Assert.Equal([65_535, 0, 1], Due());
        Assert.True(_tracker.Receive(_now, new SequenceNumber(0)));
        After(60);
        Assert.Equal([65_535, 1], Due());
    }

    [Fact]
    public void APacketThatNeverComesIsGivenUp()
    {
        Receive(1, 3);
        After(10);
        for (var i = 0; i < NackTracker.MaxTries; i++)
        {
            Assert.Equal([2], Due());
            After(60);
        }

        Assert.Empty(Due());
        Assert.Equal(1, _tracker.GivenUp);
        Assert.Equal(0, _tracker.Count);
        Assert.False(_tracker.Receive(_now, new SequenceNumber(2)));
    }

    [Fact]
    public void ALongBurstGivesUpTheOldestAndKeepsItsRoom()
    {
        Receive(0, 400);
        Assert.Equal(NackTracker.Capacity, _tracker.Count);
        Assert.Equal(399 - NackTracker.Capacity, _tracker.GivenUp);
        After(10);
        Assert.Equal(400 - NackTracker.Capacity, Due()[0]);
    }

    [Fact]
    public void AJumpInTheNumberingIsNotALoss()
    {
        Receive(0, 20_000);
        After(10);
        Assert.Empty(Due());
        Receive(20_002);
        After(10);
        Assert.Equal([20_001], Due());
    }

    private void Receive(params int[] numbers)
    {
        foreach (var number in numbers)
        {
            _tracker.Receive(_now, new SequenceNumber((ushort)number));
        }
    }

    private void After(int milliseconds) => _now += TimeSpan.FromMilliseconds(milliseconds);

    private int[] Due()
    {
        Span<SequenceNumber> due = stackalloc SequenceNumber[32];
        var count = _tracker.TakeDue(_now, due);
        return [.. due[..count].ToArray().Select(number => (int)number.Value)];
    }
}
