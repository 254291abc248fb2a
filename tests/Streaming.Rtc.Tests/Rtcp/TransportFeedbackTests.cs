using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using static Streaming.Rtc.Tests.Rtcp.RtcpSamples;

namespace Streaming.Rtc.Tests.Rtcp;

public class TransportFeedbackTests
{
    [Fact]
    public void ARunOfSmallDeltasReadsAsDrawn()
    {
        // Base 5, three packets, reference 2 × 64 ms, number 9; a run of three small deltas: 4, 0 and 255 units of 250 µs.
        var feedback = Read("8FCD0006 33333333 11111111 0005 0003 000002 09 2003 04 00 FF 000000");
        Assert.Equal((5, 3, 2, 9), (feedback.BaseSequence.Value, feedback.StatusCount, feedback.ReferenceTime, feedback.FeedbackCount));
        Assert.Equal([(5, 0, 4), (6, 1, 4), (7, 2, 259)], Packets(feedback));
    }

    [Fact]
    public void VectorsOfOneAndTwoBitsAndNegativeDeltasRead()
    {
        // One bit: 1 0 1 then eleven lost; two bits: large, lost, small; the numbers wrap. The rest of the last chunk counts for nothing.
        var feedback = Read("8FCD0007 33333333 11111111 FFFE 0011 FFFFFF 00 A800 E500 01 02 FFFC 03 000000");
        Assert.Equal(-1, feedback.ReferenceTime);
        Assert.Equal([(65_534, 0, 1), (0, 2, 3), (12, 14, -1)], Packets(feedback)[..3]);
        Assert.Equal((13, 15), (Packets(feedback)[3].Number, Packets(feedback)[3].Offset));
    }

    [Fact]
    public void TheSampleOfTheOtherTestsReadsAsItSays()
    {
        Assert.True(Single(WideFeedback).TryGetTransportFeedback(out var feedback));
        Assert.Equal([(5, 0, 8), (7, 2, 4), (8, 3, 4)], Packets(feedback));
    }

    [Fact]
    public void ALongRunOfLostPacketsCostsOneStep()
    {
        // 8 191 lost, seven times over, then one that arrived.
        var feedback = Read("8FCD000A 33333333 11111111 0000 E000 000000 00 1FFF 1FFF 1FFF 1FFF 1FFF 1FFF 1FFF 2007 00000000000000 00");
        Assert.Equal(7, Packets(feedback).Count);
        Assert.Equal(57_337, Packets(feedback)[0].Offset);
    }

    [Theory]
    [InlineData("8FCD0003 33333333 11111111 00050003")] // no room for the fixed part
    [InlineData("8FCD0004 33333333 11111111 00050003 00000209")] // statuses without a chunk
    [InlineData("8FCD0005 33333333 11111111 00050003 00000209 2003 0400")] // three deltas in two bytes
    [InlineData("8FCD0005 33333333 11111111 00050003 00000209 6003 0400")] // a run of the reserved status
    [InlineData("8FCD0006 33333333 11111111 00050003 00000209 FFFF 0400 00000000")] // a vector of it
    [InlineData("8FCD0006 33333333 11111111 00050003 00000209 2000 2003 00000000")] // a run of none
    [InlineData("8FCD0001 33333333")] // half the sources
    public void MalformedFeedbackIsRefused(string datagram) =>
        Assert.False(RtcpReader.TryRead(Convert.FromHexString(datagram.Replace(" ", "")), out _));

    [Fact]
    public void PaddedFeedbackMayStandBeforeOtherPackets()
    {
        var padded = Convert.FromHexString("AFCD000633333333111111110005000300000209" + "20030400FF000003");
        Assert.True(RtcpReader.TryRead([.. padded, .. padded, .. RtcpSamples.Pli], out var reader));
        Assert.True(reader.TryNext(out var packet));
        Assert.True(packet.TryGetTransportFeedback(out var feedback));
        Assert.Equal(3, Packets(feedback).Count);
        Assert.True(reader.TryNext(out _));
        Assert.True(reader.TryNext(out packet));
        Assert.Equal(RtcpKind.Pli, packet.Kind);
        Assert.False(packet.TryGetTransportFeedback(out _));
    }

    [Fact]
    public void WhatIsWrittenReadsBack()
    {
        var random = new Random(1_500);
        for (var round = 0; round < 2_000; round++)
        {
            var arrivals = RandomArrivals(random);
            var first = new SequenceNumber((ushort)random.Next(65_536));
            var buffer = new byte[random.Next(40, 1_300)];
            for (var at = 0; at < arrivals.Length;)
            {
                var writer = new RtcpWriter(buffer);
                var all = writer.TransportFeedback(Three, One, (byte)round, first + at, arrivals.AsSpan(at), out var taken);
                Assert.Equal(at + taken == arrivals.Length, all);
                Assert.InRange(taken, 1, RtcpWriter.LargestStatusCount);
                Assert.True(Single(buffer.AsSpan(0, writer.Length)).TryGetTransportFeedback(out var feedback));
                Assert.Equal((first + at, taken, (byte)round), (feedback.BaseSequence, feedback.StatusCount, feedback.FeedbackCount));
                Assert.Equal(Expected(arrivals.AsSpan(at, taken), first + at), Arrivals(feedback));
                at += taken;
            }
        }
    }

    [Fact]
    public void ABufferWithoutRoomTakesNone()
    {
        var writer = new RtcpWriter(new byte[21]);
        Assert.False(writer.TransportFeedback(Three, One, 0, default, [new Instant(0)], out var taken));
        Assert.Equal((0, 0), (taken, writer.Length));
    }

    [Fact]
    public void ADamagedFeedbackNeverHurtsAndItsWorkIsBoundedByItsBytes()
    {
        var random = new Random(15);
        var samples = new byte[200][];
        for (var i = 0; i < samples.Length; i++)
        {
            var writer = new RtcpWriter(samples[i] = new byte[600]);
            writer.TransportFeedback(Three, One, 0, default, RandomArrivals(random), out _);
            Array.Resize(ref samples[i], writer.Length);
        }

        Assert.InRange(HostileInputs.FeedMutated(seed: 205, count: 100_000, samples, Walk), 10_000, 99_999);
        HostileInputs.FeedRandom(seed: 206, count: 100_000, longest: 200, information =>
        {
            if (!TransportFeedback.IsWhole(information)) return false;
            Count(new TransportFeedback(information), information.Length);
            return true;
        });
    }

    private static bool Walk(ReadOnlySpan<byte> datagram)
    {
        if (!RtcpReader.TryRead(datagram, out var reader)) return false;
        while (reader.TryNext(out var packet))
        {
            if (packet.TryGetTransportFeedback(out var feedback)) Count(feedback, datagram.Length);
        }

        return true;
    }

    private static void Count(TransportFeedback feedback, int bytes)
    {
        var (seen, last) = (0, -1);
        foreach (var packet in feedback)
        {
            Assert.InRange(packet.Offset, last + 1, feedback.StatusCount - 1);
            last = packet.Offset;
            seen++;
        }

        Assert.InRange(seen, 0, bytes);
    }

    private static Instant[] RandomArrivals(Random random)
    {
        var arrivals = new Instant[random.Next(1, 700)];
        var (at, style) = (random.NextInt64(1L << 40), random.Next(4));
        for (var i = 0; i < arrivals.Length; i++)
        {
            at = Math.Max(0, at + (style == 0 ? random.Next(100_000) : random.Next(-200_000, 900_000)));
            if (random.Next(2_000) == 0) at += TimeSpan.TicksPerSecond * 9;
            arrivals[i] = style > 1 && random.Next(style * 2) == 0 ? Instant.Never : new Instant(at);
        }

        return arrivals;
    }

    private static List<(int Number, long Units)> Expected(ReadOnlySpan<Instant> arrivals, SequenceNumber first)
    {
        var expected = new List<(int, long)>();
        for (var i = 0; i < arrivals.Length; i++)
        {
            if (arrivals[i] != Instant.Never) expected.Add(((first + i).Value, arrivals[i].Ticks / 2_500 % (1L << 32)));
        }

        return expected;
    }

    private static List<(int Number, long Units)> Arrivals(TransportFeedback feedback)
    {
        var arrivals = new List<(int, long)>();
        foreach (var packet in feedback) arrivals.Add((packet.Number.Value, (uint)(feedback.ReferenceTime * 256L + packet.Arrival)));
        return arrivals;
    }

    private static List<(int Number, int Offset, int Arrival)> Packets(TransportFeedback feedback)
    {
        var packets = new List<(int, int, int)>();
        foreach (var packet in feedback) packets.Add((packet.Number.Value, packet.Offset, packet.Arrival));
        return packets;
    }

    private static TransportFeedback Read(string hex)
    {
        var packet = Single(Convert.FromHexString(hex.Replace(" ", "")));
        Assert.Equal((RtcpKind.TransportFeedback, Three, One), (packet.Kind, packet.Sender, packet.Media));
        Assert.True(packet.TryGetTransportFeedback(out var feedback));
        return feedback;
    }
}
