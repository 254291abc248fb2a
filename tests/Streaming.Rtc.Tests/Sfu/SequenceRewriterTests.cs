using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

public sealed class SequenceRewriterTests
{
    private static readonly Instant Start = new(0);

    [Theory]
    [InlineData(100, 5_000)]
    [InlineData(100, 65_535)]
    [InlineData(32_767, 0)]
    public void NumberingContinuesWithoutAGapWhateverTheSourceStartsAt(int first, int source)
    {
        var rewriter = new SequenceRewriter((ushort)first, 1_000);
        rewriter.Continue(Start, Number(source), timestamp: 77, clockRate: 90_000);
        Assert.Equal(first, Map(ref rewriter, source));
        Assert.Equal((ushort)(first + 1), Map(ref rewriter, source + 1));

        rewriter.Continue(Start, Number(source + 20_000), timestamp: 1, clockRate: 90_000);
        Assert.Equal((ushort)(first + 2), Map(ref rewriter, source + 20_000));
    }

    [Fact]
    public void ALossInTheSourceStaysAGapAndALatePacketFillsIt()
    {
        var rewriter = new SequenceRewriter(10, 0);
        rewriter.Continue(Start, Number(500), 0, 90_000);
        Assert.Equal(10, Map(ref rewriter, 500));
        Assert.Equal(12, Map(ref rewriter, 502));
        Assert.Equal(11, Map(ref rewriter, 501));
        Assert.Equal(13, Map(ref rewriter, 503));
    }

    [Fact]
    public void APacketFromBeforeTheSwitchIsRefused()
    {
        var rewriter = new SequenceRewriter(10, 0);
        rewriter.Continue(Start, Number(500), 0, 90_000);
        Assert.False(rewriter.TryMap(Start, Number(499), 0, out _));
        Assert.True(rewriter.TryMap(Start, Number(500), 0, out _));
    }

    [Fact]
    public void ALatePacketIsStillKnownAfterTheSourceHasWrappedManyTimes()
    {
        var rewriter = new SequenceRewriter(0, 0);
        rewriter.Continue(Start, Number(0), 0, 90_000);
        for (var i = 0; i < 200_000; i++)
        {
            if (i != 199_990)
            {
                Assert.True(rewriter.TryMap(Start, Number(i), (uint)i, out var mapped));
                Assert.Equal((ushort)i, mapped.Value);
            }
        }

        Assert.True(rewriter.TryMap(Start, Number(199_990), 0, out var late));
        Assert.Equal(unchecked((ushort)199_990), late.Value);
    }

    [Fact]
    public void TimestampsGoOnByTheTimeThatPassedBetweenTwoSources()
    {
        var rewriter = new SequenceRewriter(0, 1_000);
        rewriter.Continue(Start, Number(1), timestamp: 50_000, clockRate: 90_000);
        Assert.Equal(1_000u, rewriter.MapTimestamp(50_000));
        rewriter.TryMap(Start, Number(1), rewriter.MapTimestamp(50_000), out _);

        rewriter.Continue(Start + TimeSpan.FromSeconds(2), Number(9_000), timestamp: 7, clockRate: 90_000);
        Assert.Equal(1_000u + 180_000, rewriter.MapTimestamp(7));
    }

    [Fact]
    public void TwoSourcesNeverShareATimestampEvenWhenTheSwitchTakesNoTime()
    {
        var rewriter = new SequenceRewriter(0, 1_000);
        rewriter.Continue(Start, Number(1), 0, 90_000);
        rewriter.TryMap(Start, Number(1), rewriter.MapTimestamp(0), out _);
        rewriter.Continue(Start, Number(2), 0, 90_000);
        Assert.True(rewriter.MapTimestamp(0) > 1_000);
    }

    [Fact]
    public void ANumberThatCarriedNothingLeavesNoGap()
    {
        var rewriter = new SequenceRewriter(10, 0);
        rewriter.Continue(Start, Number(500), 0, 90_000);
        Assert.Equal(10, Map(ref rewriter, 500));
        rewriter.Skip(Number(501));
        Assert.Equal(11, Map(ref rewriter, 502));
        rewriter.Skip(Number(504));   // behind a loss
        Assert.Equal(13, Map(ref rewriter, 505));
        Assert.Equal(12, Map(ref rewriter, 503));
        Assert.False(rewriter.TryMap(Start, Number(501), 0, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhateverIsLostLateOrEmptyNoNumberIsGivenTwiceAndNoneIsMissedForNothing(int seed)
    {
        var random = new Random(seed);
        var rewriter = new SequenceRewriter(1_000, 0);
        var given = new HashSet<long>();
        var late = new List<int>();
        var (source, last, holes) = (60_000, 999L, 0);
        rewriter.Continue(Start, Number(source), 0, 90_000);
        for (var i = 0; i < 30_000; i++, source++)
        {
            switch (random.Next(20))
            {
                case 0:
                    late.Add(source);
                    holes++;
                    continue;
                case 1:
                    rewriter.Skip(Number(source));
                    continue;
                case 2 when late.Count > 0:
                    if (rewriter.TryMap(Start, Number(late[^1]), 0, out var filled))
                    {
                        Assert.True(given.Add(last + filled.DistanceFrom(new SequenceNumber((ushort)last))), "A number was given twice.");
                        holes--;
                    }

                    late.RemoveAt(late.Count - 1);
                    break;
                case 3 when i % 100 == 0:
                    source += 10_000;
                    rewriter.Continue(Start, Number(source), 0, 90_000);
                    late.Clear();
                    break;
            }

            Assert.True(rewriter.TryMap(Start, Number(source), 0, out var mapped));
            last += mapped.DistanceFrom(new SequenceNumber((ushort)last));
            Assert.True(given.Add(last), "A number was given twice.");
        }

        Assert.InRange(last - 999 - given.Count, 0, holes);
    }

    private static SequenceNumber Number(int value) => new(unchecked((ushort)value));

    private static int Map(ref SequenceRewriter rewriter, int source)
    {
        Assert.True(rewriter.TryMap(Start, Number(source), 0, out var mapped));
        return mapped.Value;
    }
}
