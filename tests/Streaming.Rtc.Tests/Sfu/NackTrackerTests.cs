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
        Assert.Empty(Due());   // it may be a long way
        After(60);
        Assert.Equal([65_535, 1], Due());
    }

    [Fact]
    public void APacketThatNeverComesIsGivenUp()
    {
        Receive(1, 3);
        After(10);
        var asked = 0;
        for (var time = 10; _tracker.Count > 0; time += 10)
        {
            asked += Due().Length;
            After(10);
            Assert.InRange(time, 0, 4_000);
        }

        Assert.InRange(asked, 5, NackTracker.MaxTries);
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

    [Theory]
    [InlineData(30)]
    [InlineData(5_000)]
    [InlineData(40_000)]   // the other half of the circle: all that comes would else be taken for late
    public void WhatWentByUnseenIsNotALossAndNothingBehindItIsLate(int unseen)
    {
        Receive(10, 12);
        _tracker.Forget();
        Assert.Equal((0, Instant.Never), (_tracker.Count, _tracker.NextDue));

        Receive(12 + unseen, 14 + unseen);
        After(10);
        Assert.Equal([13 + unseen], Due());
        Assert.True(_tracker.Receive(_now, new SequenceNumber((ushort)(13 + unseen))));
        Assert.Equal(0, _tracker.GivenUp);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(600)]
    [InlineData(900)]
    public void OnceTheRoundTripIsKnownEachLossIsAskedForOnceAndMended(int roundTrip)
    {
        Receive(0);
        var asked = new List<int>();
        for (var i = 0; i < 20; i++)
        {
            Receive((2 * i) + 2);   // each odd number is lost
            asked.Add(AskUntilAnswered(TimeSpan.FromMilliseconds(roundTrip)));
        }

        Assert.Equal(0, _tracker.GivenUp);
        Assert.All(asked.Skip(8), times => Assert.Equal(1, times));
    }

    [Fact]
    public void AfterTheWayHasBecomeLongItIsMeasuredAnew()
    {
        Receive(0);
        for (var i = 0; i < 40; i++)
        {
            Receive((2 * i) + 2);
            AskUntilAnswered(TimeSpan.FromMilliseconds(i < 10 ? 20 : 700));
        }

        Assert.InRange(_tracker.GivenUp, 0, 2);
        Receive(82);
        Assert.Equal(1, AskUntilAnswered(TimeSpan.FromMilliseconds(700)));
    }

    // The first request is the one that is answered.
    private int AskUntilAnswered(TimeSpan roundTrip)
    {
        var (times, answer, number) = (0, Instant.Never, default(SequenceNumber));
        Span<SequenceNumber> due = stackalloc SequenceNumber[32];
        while (_tracker.Count > 0 && _now < answer)
        {
            if (_tracker.TakeDue(_now, due) > 0)
            {
                (times, number) = (times + 1, due[0]);
                answer = Instant.Earlier(answer, _now + roundTrip);
            }

            After(5);
        }

        _tracker.Receive(_now, number, isRetransmission: true);
        return times;
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
