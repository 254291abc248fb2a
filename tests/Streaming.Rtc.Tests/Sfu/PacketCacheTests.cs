using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

public sealed class PacketCacheTests
{
    [Fact]
    public void KeepsTheLastPacketsAcrossTheWrapAndForgetsOlderOnes()
    {
        var cache = new PacketCache(64);
        for (var i = 65_500; i < 65_500 + 200; i++)
        {
            Store(cache, (ushort)i, (byte)i);
        }

        for (var i = 65_500; i < 65_500 + 200; i++)
        {
            var kept = cache.TryGet(new SequenceNumber((ushort)i), out var packet);
            Assert.Equal(i >= 65_500 + 200 - 64, kept);
            if (kept)
            {
                Assert.Equal((byte)i, packet.Payload[0]);
                Assert.Equal((uint)(ushort)i * 10, packet.Timestamp);
            }
        }
    }

    [Fact]
    public void APacketThatNeverCameIsNotTheOneThatLayInItsPlace()
    {
        var cache = new PacketCache(64);
        Store(cache, 1, 1);
        Assert.False(cache.TryGet(new SequenceNumber(65), out _));
        Assert.False(cache.TryGet(new SequenceNumber(0), out _));
    }

    [Fact]
    public void APayloadThatFitsNoDatagramIsNotKept()
    {
        var cache = new PacketCache(64);
        cache.Store(new MediaPacket
        {
            SequenceNumber = new SequenceNumber(1), Timestamp = 0, Marker = false, Format = 0, StartsKeyFrame = false,
            Payload = new byte[PacketCache.SlotSize + 1],
            Padded = default,
        });
        Assert.False(cache.TryGet(new SequenceNumber(1), out _));
    }

    private static void Store(PacketCache cache, ushort number, byte content) => cache.Store(new MediaPacket
    {
        SequenceNumber = new SequenceNumber(number), Timestamp = (uint)number * 10, Marker = false, Format = 0, StartsKeyFrame = false,
        Payload = new[] { content },
        Padded = default,
    });
}
