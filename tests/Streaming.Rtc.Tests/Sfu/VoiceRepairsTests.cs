using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

public class VoiceRepairsTests
{
    private static readonly TimeSpan Packet = TimeSpan.FromMilliseconds(60);

    private readonly VoiceRepairs _repairs = new();
    private Instant _now = new(TimeSpan.TicksPerDay);
    private ushort _number = 65_530;

    [Fact]
    public void WhatDidNotComeIsSentAgainAndAgainWhileSomebodyMayWaitForIt()
    {
        var lost = Send(source: 7);
        Send(source: 8);
        Assert.True(_repairs.TryTake(_now, lost, copies: 0, out var source));
        Assert.Equal(new SequenceNumber(7), source);

        var again = Send(source: 7, isRepair: true);
        _now += VoiceRepairs.Worth * 0.6;
        Assert.True(_repairs.TryTake(_now, again, copies: 0, out source));
        Assert.Equal(new SequenceNumber(7), source);

        again = Send(source: 7, isRepair: true);
        _now += VoiceRepairs.Worth * 0.6;
        Assert.False(_repairs.TryTake(_now, again, copies: 0, out _));   // by now it is too late
    }

    [Fact]
    public void WhatACopyMakesGoodIsNotSentAgain()
    {
        SequenceNumber[] sent = [.. Enumerable.Range(1, 5).Select(source => Send((ushort)source))];
        Assert.False(_repairs.TryTake(_now, sent[1], copies: 1, out _));
        Assert.False(_repairs.TryTake(_now, sent[3], copies: 1, out _));
        Assert.True(_repairs.TryTake(_now, sent[4], copies: 1, out var source));   // it carried the fourth
        Assert.Equal(new SequenceNumber(4), source);
    }

    [Fact]
    public void ARepairInBetweenCarriesNoCopyOfItsNeighbour()
    {
        var first = Send(source: 1);
        Send(source: 0, isRepair: true);
        var second = Send(source: 2);
        Assert.False(_repairs.TryTake(_now, first, copies: 1, out _));
        Assert.True(_repairs.TryTake(_now, second, copies: 1, out var source));
        Assert.Equal(new SequenceNumber(1), source);
    }

    [Fact]
    public void NumbersOfOtherStreamsAndForgottenOnesAreNoVoice()
    {
        var old = Send(source: 1);
        Assert.False(_repairs.TryTake(_now, old + 1, copies: 0, out _));
        for (ushort source = 2; source < 2 + VoiceRepairs.Capacity; source++)
        {
            Send(source);
        }

        Assert.False(_repairs.TryTake(_now, old, copies: 0, out _));
        var last = Send(source: 100);
        _repairs.Clear();
        Assert.False(_repairs.TryTake(_now, last, copies: 0, out _));
    }

    [Fact]
    public void WhoLosesEverythingIsNotSentEverythingTwice()
    {
        SequenceNumber[] sent = [.. Enumerable.Range(1, 40).Select(source => Send((ushort)source))];
        Assert.InRange(sent.Count(number => _repairs.TryTake(_now, number, copies: 0, out _)), 1, 20);
    }

    private SequenceNumber Send(ushort source, bool isRepair = false)
    {
        var number = new SequenceNumber(_number++);
        _repairs.Note(_now, number, new SequenceNumber(source), isRepair);
        _now += Packet;
        return number;
    }
}
