using Streaming.Rtc.Net.Tcp;

namespace Streaming.Rtc.Tests.Net.Tcp;

public sealed class FrameRingTests
{
    private static readonly Instant Start = new(TimeSpan.TicksPerDay);

    [Fact]
    public void WhatGoesInComesOutInOrderWhateverItsLengthAndTheRingsEnd()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var ring = new FrameRing(4_096);
            var inside = new Queue<byte[]>();
            for (var step = 0; step < 500; step++)
            {
                if (random.Next(2) == 0)
                {
                    var datagram = new byte[random.Next(1, 1_500)];
                    random.NextBytes(datagram);
                    var fits = ring.Fits(datagram.Length);
                    Assert.Equal(fits, ring.TryWrite(Start, datagram));
                    if (fits)
                    {
                        inside.Enqueue(datagram);
                    }
                }
                else if (inside.TryDequeue(out var expected))
                {
                    Assert.Equal(expected, Take(ring));
                }

                Assert.Equal(inside.Count == 0, ring.IsEmpty);
            }
        }
    }

    [Fact]
    public void ItHoldsAsManyBytesAsItHasAndNotOneMore()
    {
        var ring = new FrameRing(64);
        Assert.True(ring.TryWrite(Start, new byte[24]));
        Assert.True(ring.TryWrite(Start, new byte[17]));   // takes up 24, and each has a header of 8
        Assert.Equal(64, ring.Used);
        Assert.False(ring.TryWrite(Start, new byte[1]));
        Take(ring);
        Assert.True(ring.TryWrite(Start, new byte[24]));
    }

    [Fact]
    public void TheOldestTellsHowLongItHasWaited()
    {
        var ring = new FrameRing(1_024);
        Assert.Equal(TimeSpan.Zero, ring.Waiting(Start));
        ring.TryWrite(Start, [1]);
        ring.TryWrite(Start + TimeSpan.FromMilliseconds(40), [2]);
        Assert.Equal(TimeSpan.FromMilliseconds(100), ring.Waiting(Start + TimeSpan.FromMilliseconds(100)));
        ring.Skip();
        Assert.Equal(TimeSpan.FromMilliseconds(60), ring.Waiting(Start + TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public void OneThreadWritesAndAnotherReadsWithoutEverMixingBytes()
    {
        const int Datagrams = 200_000;
        var ring = new FrameRing(4_096);
        var writer = new Thread(() =>
        {
            var datagram = new byte[64];
            for (var number = 0; number < Datagrams; number++)
            {
                var length = 4 + (number % 60);
                datagram.AsSpan(0, length).Fill((byte)number);
                BitConverter.TryWriteBytes(datagram, number);
                while (!ring.TryWrite(Start, datagram.AsSpan(0, length)))
                {
                    Thread.Yield();
                }
            }
        });
        writer.Start();
        for (var number = 0; number < Datagrams; number++)
        {
            SpinWait.SpinUntil(() => !ring.IsEmpty);
            var datagram = Take(ring);
            Assert.Equal(4 + (number % 60), datagram.Length);
            Assert.Equal(number, BitConverter.ToInt32(datagram));
            Assert.Equal(-1, datagram.AsSpan(4).IndexOfAnyExcept((byte)number));
        }

        writer.Join();
        Assert.True(ring.IsEmpty);
    }

    private static byte[] Take(FrameRing ring)
    {
        Assert.True(ring.TryPeek(out var length, out var start));
        var datagram = new byte[length];
        var first = start.ToArray();
        ring.Take(datagram);
        Assert.Equal(datagram.Take(first.Length), first);
        return datagram;
    }
}
