using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu.Congestion;

namespace Streaming.Rtc.Tests.Sfu.Congestion;

public sealed class SendHistoryTests
{
    private readonly SendHistory _history = new();

    [Fact]
    public void NumbersUnwrapIntoIndicesThatGrow()
    {
        Assert.Equal(65_534, Note(65_534));
        Assert.Equal(65_535, Note(65_535));
        Assert.Equal(65_536, Note(0));
        Assert.Equal(65_537, Note(1));
        Assert.Equal(65_534, _history.Unwrap(new SequenceNumber(65_534)));
        Assert.Equal(65_540, _history.Unwrap(new SequenceNumber(4)));
    }

    [Fact]
    public void WhatWasSentIsFoundAndWhatWasLeftOutIsNot()
    {
        var index = _history.Note(new Instant(77), new SequenceNumber(0), 1_200);
        Note(3);
        Assert.Equal((PacketFate.InFlight, new Instant(77), 1_200), (_history.FateOf(index), _history.SentAt(index), _history.Bytes(index)));
        Assert.Equal(PacketFate.Unknown, _history.FateOf(index + 1));
        Assert.Equal(PacketFate.InFlight, _history.FateOf(index + 3));
        Assert.Equal(PacketFate.Unknown, _history.FateOf(index + 4));
        Assert.Equal(PacketFate.Unknown, _history.FateOf(index - 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]   // days of a machine's clock: more than a word has bits for
    public void TimesAreExactWhateverTheClockSays(int days)
    {
        var first = new Instant(TimeSpan.FromDays(days).Ticks + 77);
        var index = _history.Note(first, new SequenceNumber(7), 60);
        _history.SetFate(index, PacketFate.Received);
        var second = _history.Note(first + TimeSpan.FromDays(3), new SequenceNumber(8), 70_000);

        Assert.Equal((first, 60, PacketFate.Received), (_history.SentAt(index), _history.Bytes(index), _history.FateOf(index)));
        Assert.Equal((first + TimeSpan.FromDays(3), 65_535, PacketFate.InFlight), (_history.SentAt(second), _history.Bytes(second), _history.FateOf(second)));
    }

    [Fact]
    public void ANumberThatGoesBackIsNotNoted()
    {
        Note(10);
        Assert.Equal(-1, Note(10));
        Assert.Equal(-1, Note(9));
        Assert.Equal(11, Note(11));
    }

    [Fact]
    public void ARingIsRememberedAndNoMore()
    {
        for (var number = 0; number < 3 * SendHistory.Capacity; number++) Note((ushort)number);
        Assert.Equal(2 * SendHistory.Capacity, _history.Oldest);
        Assert.Equal(PacketFate.Unknown, _history.FateOf(_history.Oldest - 1));
        Assert.Equal(PacketFate.InFlight, _history.FateOf(_history.Oldest));
    }

    [Fact]
    public void ALeapLeavesNothingOfBefore()
    {
        Note(0);
        Note(30_000);
        for (var index = _history.Oldest; index < _history.Next - 1; index++) Assert.Equal(PacketFate.Unknown, _history.FateOf(index));
    }

    private long Note(ushort number) => _history.Note(default, new SequenceNumber(number), 100);
}
