using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtp;

public class RedundancyTests
{
    private static readonly PayloadType Opus = new(111);

    /// <summary>Payloads as Chromium makes them: with two earlier ones, with one, alone.</summary>
    private static readonly byte[][] Valid =
    [
        [0xEF, 0x1E, 0x00, 0x03, 0xEF, 0x0F, 0x00, 0x02, 0x6F, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [0xEF, 0x0F, 0x00, 0x02, 0x6F, 1, 2, 3, 4],
        [0x6F, 1, 2, 3],
    ];

    [Fact]
    public void AWrittenPayloadLooksAsRfc2198DrawsIt()
    {
        // 1|111|offset 960 (14 bits)|length 2 (10 bits), 0|111, then the data in the same order.
        var buffer = new byte[100];
        var writer = new RedundancyWriter(buffer, timestamp: 10_960);
        Assert.True(writer.TryAdd(Opus, 10_000, [0xA1, 0xA2]));
        Assert.True(writer.TryFinish(Opus, [0xB1, 0xB2, 0xB3], out var length));
        Assert.Equal([0xEF, 0x0F, 0x00, 0x02, 0x6F, 0xA1, 0xA2, 0xB1, 0xB2, 0xB3], buffer[..length]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void WhatIsWrittenIsRead(int copies)
    {
        const uint timestamp = 700;   // the earlier ones lie before the wrap
        var buffer = new byte[1_200];
        var writer = new RedundancyWriter(buffer, timestamp);
        for (var i = copies; i > 0; i--)
        {
            Assert.True(writer.TryAdd(new PayloadType((byte)(100 + i)), unchecked(timestamp - (uint)(i * 960)), OpusSamples.Frame(50 + i)));
        }

        Assert.True(writer.TryFinish(Opus, OpusSamples.Frame(70), out var length));
        Assert.Equal(RedundancyWriter.Length(70, Enumerable.Range(1, copies).Sum(i => 50 + i), copies), length);
        Assert.Equal(copies, writer.Count);

        Assert.True(RedundancyReader.TryRead(buffer.AsSpan(0, length), out var reader));
        Assert.Equal(copies + 1, reader.Count);
        for (var i = copies; i > 0; i--)
        {
            Assert.True(reader.TryNext(out var earlier));
            Assert.Equal((new PayloadType((byte)(100 + i)), (uint)(i * 960), false), (earlier.PayloadType, earlier.TimestampOffset, earlier.IsPrimary));
            Assert.Equal(OpusSamples.Frame(50 + i), earlier.Payload.ToArray());
        }

        Assert.True(reader.TryNext(out var primary));
        Assert.Equal((Opus, 0u, true), (primary.PayloadType, primary.TimestampOffset, primary.IsPrimary));
        Assert.Equal(OpusSamples.Frame(70), primary.Payload.ToArray());
        Assert.False(reader.TryNext(out _));
    }

    [Fact]
    public void WhatCannotBeWrittenIsLeftOut()
    {
        var buffer = new byte[1_500];
        var writer = new RedundancyWriter(buffer, timestamp: 100_000);
        Assert.False(writer.TryAdd(Opus, 100_000, [1]));               // the packet itself
        Assert.False(writer.TryAdd(Opus, 100_960, [1]));               // after it
        Assert.False(writer.TryAdd(Opus, 100_000 - 16_384, [1]));      // too long ago
        Assert.False(writer.TryAdd(Opus, 99_040, []));
        Assert.False(writer.TryAdd(Opus, 99_040, new byte[1_024]));
        Assert.True(writer.TryAdd(Opus, 100_000 - 16_383, new byte[1_023]));
        Assert.False(writer.TryAdd(Opus, 100_000 - 16_383, [1]));      // not behind the last one
        Assert.False(writer.TryAdd(Opus, 99_040, new byte[461]));      // there is room for 460
        Assert.True(writer.TryAdd(Opus, 99_040, [7]));
        Assert.False(writer.TryFinish(Opus, new byte[1_500], out _));
        Assert.True(writer.TryFinish(Opus, [9, 9], out var length));

        Assert.True(RedundancyReader.TryRead(buffer.AsSpan(0, length), out var reader));
        Assert.Equal(3, reader.Count);
        Assert.True(reader.TryNext(out var oldest));
        Assert.Equal((16_383u, 1_023), (oldest.TimestampOffset, oldest.Payload.Length));
        Assert.True(reader.TryNext(out var earlier));
        Assert.Equal([7], earlier.Payload.ToArray());
    }

    [Fact]
    public void ThereAreNoMoreThanFourEarlierOnes()
    {
        var writer = new RedundancyWriter(new byte[200], timestamp: 9_600);
        for (var i = 0u; i < 4; i++)
        {
            Assert.True(writer.TryAdd(Opus, i * 960, [1]));
        }

        Assert.False(writer.TryAdd(Opus, 8_640, [1]));
    }

    [Fact]
    public void LengthsThatPointOutsideAreRefused()
    {
        Refuses([]);
        Refuses([0xEF]);                                        // a header that is cut
        Refuses([0xEF, 0x0F, 0x00, 0x02]);                      // no primary
        Refuses([0xEF, 0x0F, 0x00, 0x02, 0x6F, 1]);             // one byte of two
        Refuses([0xEF, 0x0F, 0x03, 0xFF, 0x6F, 1, 2, 3]);
        Refuses([0xEF, 0x0F, 0x00, 0x02, 0xEF, 0x0F, 0x00, 0x02, 0x6F, 1, 2, 3]);
        Refuses([.. Enumerable.Repeat<byte[]>([0xEF, 0, 0, 0], RedundancyReader.MostBlocks).SelectMany(header => header), 0x6F]);
        Assert.True(RedundancyReader.TryRead([.. Enumerable.Repeat<byte[]>([0xEF, 0, 0, 0], RedundancyReader.MostBlocks - 1).SelectMany(header => header), 0x6F], out _));
        Assert.True(RedundancyReader.TryRead([0xEF, 0x0F, 0x00, 0x02, 0x6F, 1, 2], out _));
    }

    [Fact]
    public void HostileInputIsRefusedOrReadInBounds()
    {
        Assert.InRange(HostileInputs.FeedRandom(seed: 54, count: 100_000, longest: 300, ReadAll), 1, 99_999);
        Assert.InRange(HostileInputs.FeedMutated(seed: 55, count: 100_000, Valid, ReadAll), 1, 99_999);
    }

    [Fact]
    public void NothingIsAllocated()
    {
        var buffer = new byte[1_200];
        var payload = OpusSamples.Frame(60);
        var plan = new RedundancyPlan();
        var round = 0;
        for (; round < 100; round++) Pass();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (; round < 2_000; round++) Pass();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Pass()
        {
            var writer = new RedundancyWriter(buffer, (uint)round * 960);
            writer.TryAdd(Opus, (uint)(round - 2) * 960, payload);
            writer.TryAdd(Opus, (uint)(round - 1) * 960, payload);
            writer.TryFinish(Opus, payload, out var length);
            ReadAll(buffer.AsSpan(0, length));
            plan.Update(new Instant(round), round % 20 / 100.0, 64_000, new VoiceShape(60, 50));
        }
    }

    private static bool ReadAll(ReadOnlySpan<byte> input)
    {
        if (!RedundancyReader.TryRead(input, out var reader)) return false;

        var (blocks, bytes, wasPrimary) = (0, 0, false);
        while (reader.TryNext(out var block))
        {
            (blocks, bytes, wasPrimary) = (blocks + 1, bytes + block.Payload.Length, block.IsPrimary);
        }

        if (!wasPrimary || blocks != reader.Count || bytes + (4 * (blocks - 1)) + 1 != input.Length)
        {
            Assert.Fail($"{blocks} of {reader.Count} blocks with {bytes} bytes in {input.Length}.");
        }

        return true;
    }

    private static void Refuses(byte[] payload) => Assert.False(RedundancyReader.TryRead(payload, out _));
}
