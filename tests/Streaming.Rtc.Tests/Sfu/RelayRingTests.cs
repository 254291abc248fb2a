using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

public sealed class RelayRingTests
{
    [Fact]
    public void GivesBackWhatWasPutInInOrderAcrossItsEnd()
    {
        var ring = new RelayRing(16);
        for (var i = 0; i < 100; i++)
        {
            Assert.True(Write(ring, TrackSource.Camera, i));
            Assert.True(Write(ring, TrackSource.Voice, i, stream: 2));
            Assert.Equal((1, i, (byte)i), ReadNext(ring));
            Assert.Equal((2, i, (byte)i), ReadNext(ring));
            Assert.True(ring.IsEmpty);
        }
    }

    [Fact]
    public void WhenItIsFullTheNewestPicturesAreDroppedFirstAndVoiceLast()
    {
        var ring = new RelayRing(16);
        Assert.Equal(12, Fill(ring, TrackSource.Camera));
        Assert.Equal(2, Fill(ring, TrackSource.Screen));
        Assert.Equal(2, Fill(ring, TrackSource.Voice));
        Assert.False(Write(ring, TrackSource.Voice, 1));

        ReadNext(ring);
        Assert.False(Write(ring, TrackSource.Camera, 1));
        Assert.False(Write(ring, TrackSource.Screen, 1));
        Assert.True(Write(ring, TrackSource.Voice, 99));
        for (var i = 1; i < 12; i++)
        {
            Assert.Equal((1, i, (byte)i), ReadNext(ring));   // the oldest are all there
        }

        static int Fill(RelayRing ring, TrackSource source)
        {
            var count = 0;
            while (count < 100 && Write(ring, source, count))
            {
                count++;
            }

            return count;
        }
    }

    [Fact]
    public void OneThreadWritesWhileAnotherReads()
    {
        var ring = new RelayRing(64);
        const int packets = 200_000;
        var writer = new Thread(() =>
        {
            for (var i = 0; i < packets; i++)
            {
                for (var tries = 0; !Write(ring, TrackSource.Voice, i) && tries < 100_000_000; tries++)
                {
                    Thread.SpinWait(1);
                }
            }
        });
        writer.Start();
        for (int i = 0, idle = 0; i < packets && idle < 100_000_000; idle++)
        {
            if (!ring.IsEmpty)
            {
                Assert.Equal((1, (ushort)i, (byte)i), ReadNext(ring));
                (i, idle) = (i + 1, 0);
            }
            else
            {
                Thread.SpinWait(1);
            }
        }

        Assert.True(writer.Join(TimeSpan.FromSeconds(60)));
        Assert.True(ring.IsEmpty);
    }

    private static bool Write(RelayRing ring, TrackSource source, int number, long stream = 1)
    {
        var payload = new byte[1 + (number % 50)];
        payload.AsSpan().Fill((byte)number);
        return ring.TryWrite(stream, source, new MediaPacket
        {
            SequenceNumber = new SequenceNumber((ushort)number), Timestamp = (uint)number * 3, Marker = number % 2 == 0, Format = 1,
            StartsKeyFrame = number % 3 == 0, Payload = payload, Padded = payload,
        });
    }

    private static (long Stream, int Number, byte Content) ReadNext(RelayRing ring)
    {
        Assert.True(ring.TryPeek(out var stream, out var packet));
        var number = packet.SequenceNumber.Value;
        Assert.Equal((uint)(packet.Timestamp / 3) & 0xFFFF, number);
        Assert.Equal(1, packet.Format);
        Assert.Equal(packet.Timestamp / 3 % 2 == 0, packet.Marker);
        Assert.Equal(packet.Timestamp / 3 % 3 == 0, packet.StartsKeyFrame);
        Assert.Equal(1 + (int)(packet.Timestamp / 3 % 50), packet.Payload.Length);
        Assert.Equal(-1, packet.Payload.IndexOfAnyExcept(packet.Payload[0]));
        var content = packet.Payload[0];
        ring.Advance();
        return (stream, number, content);
    }
}
