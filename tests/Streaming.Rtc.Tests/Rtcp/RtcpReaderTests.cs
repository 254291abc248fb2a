using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using static Streaming.Rtc.Tests.Rtcp.RtcpSamples;

namespace Streaming.Rtc.Tests.Rtcp;

public class RtcpReaderTests
{
    [Fact]
    public void ASenderReportReadsFieldByField()
    {
        var packet = Single(RtcpSamples.SenderReport);
        Assert.Equal(RtcpKind.SenderReport, packet.Kind);
        Assert.Equal(One, packet.Sender);
        Assert.True(packet.TryGetSenderReport(out var report));
        Assert.Equal(new SenderReport(One, 0xB44DB70520000000, 0x1000, 5, 256), report);
        Assert.Equal([new ReportBlock(Two, 0x40, -2, 0x10009, 77, 0xB7052000, 0x54000)], Blocks(packet));
    }

    [Fact]
    public void AReceiverReportReadsItsBlocksToTheEdgesOfTheirRange()
    {
        var packet = Single(RtcpSamples.ReceiverReport);
        Assert.Equal(RtcpKind.ReceiverReport, packet.Kind);
        Assert.Equal(Three, packet.Sender);
        Assert.Equal(
            [new ReportBlock(One, 0, ReportBlock.MostLost, 1, 2, 0, 0), new ReportBlock(Two, 255, ReportBlock.LeastLost, 3, 4, 0, 0)],
            Blocks(packet));
        Assert.False(packet.TryGetSenderReport(out _));
        Assert.Empty(Blocks(Single(EmptyReceiverReport)));
    }

    [Fact]
    public void AProfilesOwnWordsBehindTheBlocksAreLeftAlone()
    {
        var packet = Single([0x80, 201, 0, 2, 0x33, 0x33, 0x33, 0x33, 1, 2, 3, 4]);
        Assert.Equal(Three, packet.Sender);
        Assert.Empty(Blocks(packet));
    }

    [Fact]
    public void TheCanonicalNameIsFoundInALaterChunk()
    {
        var packet = Single(RtcpSamples.SourceDescription);
        Assert.True(packet.TryGetCanonicalName(out var ssrc, out var name));
        Assert.Equal(Two, ssrc);
        Assert.Equal("abc"u8.ToArray(), name.ToArray());
    }

    [Fact]
    public void ACanonicalNameMayFollowAnotherItemAndBeEmpty()
    {
        var packet = Single([0x81, 202, 0, 3, 0x11, 0x11, 0x11, 0x11, 6, 1, 0x76, 1, 0, 0, 0, 0]);
        Assert.True(packet.TryGetCanonicalName(out var ssrc, out var name));
        Assert.Equal(One, ssrc);
        Assert.True(name.IsEmpty);
    }

    [Theory]
    [InlineData("80 CA 00 00")] // no chunk
    [InlineData("81 CA 00 02 11 11 11 11 00 00 00 00")] // no item
    [InlineData("81 CA 00 02 11 11 11 11 06 02 76 31")] // another item to the very end
    [InlineData("81 CA 00 02 11 11 11 11 01 05 61 62")] // a name longer than the packet
    [InlineData("81 CA 00 02 11 11 11 11 06 01 76 01")] // no room for a length
    public void ASourceDescriptionMayHaveNoName(string datagram) =>
        Assert.False(Single(Convert.FromHexString(datagram.Replace(" ", ""))).TryGetCanonicalName(out _, out _));

    [Fact]
    public void AGoodbyeNamesItsSourcesAndNotItsReason() => Assert.Equal([One, Two], Sources(Single(RtcpSamples.Bye)));

    [Fact]
    public void ANackNamesTheFirstAndTheMaskedAcrossTheWrap()
    {
        var packet = Single(RtcpSamples.Nack);
        Assert.Equal((RtcpKind.Nack, Three, One), (packet.Kind, packet.Sender, packet.Media));
        Assert.Equal(Numbers(65_534, 65_535, 14, 100), Lost(packet));
    }

    [Fact]
    public void PictureLossNamesWhoAsksAndWhom()
    {
        var packet = Single(RtcpSamples.Pli);
        Assert.Equal((RtcpKind.Pli, Three, One), (packet.Kind, packet.Sender, packet.Media));
    }

    [Fact]
    public void AFullIntraRequestNamesEachStreamAndRequest() =>
        Assert.Equal([new FirEntry(One, 7), new FirEntry(Two, 255)], Requests(Single(RtcpSamples.Fir)));

    [Fact]
    public void AnEstimateIsInBitsPerSecond()
    {
        var packet = Single(RtcpSamples.Remb);
        Assert.True(packet.TryGetRemb(out var bitrate));
        Assert.Equal(2_500_000ul, bitrate);
        Assert.Equal([One, Two], Sources(packet));
    }

    [Fact]
    public void AnEstimateBeyondSixtyFourBitsIsRefused()
    {
        var remb = RtcpSamples.Remb;
        (remb[17], remb[18], remb[19]) = (0xBB, 0xFF, 0xFF); // exponent 46, mantissa of 18 bits
        Assert.True(Single(remb).TryGetRemb(out var bitrate));
        Assert.Equal(0x3FFFFul << 46, bitrate);

        (remb[17], remb[18], remb[19]) = (0xBF, 0xFF, 0xFF); // exponent 47
        Assert.False(RtcpReader.TryRead(remb, out _));
    }

    [Fact]
    public void AViewOfAnotherKindShowsNothing()
    {
        foreach (var sample in RtcpSamples.All)
        {
            Assert.True(RtcpReader.TryRead(sample, out var reader));
            while (reader.TryNext(out var packet))
            {
                Assert.Equal(packet.Kind == RtcpKind.SenderReport, packet.TryGetSenderReport(out _));
                Assert.Equal(packet.Kind == RtcpKind.SourceDescription, packet.TryGetCanonicalName(out _, out _));
                Assert.Equal(packet.Kind == RtcpKind.Remb, packet.TryGetRemb(out _));
                Assert.Equal(packet.Kind == RtcpKind.Nack, Lost(packet).Count > 0);
                Assert.Equal(packet.Kind == RtcpKind.Fir, Requests(packet).Count > 0);
                Assert.Equal(packet.Kind is RtcpKind.Bye or RtcpKind.Remb, Sources(packet).Count > 0);
            }
        }
    }

    [Fact]
    public void ACompoundIsWalkedInOrderAndUnknownKindsAreSkipped()
    {
        Assert.True(RtcpReader.TryRead(Compound, out var reader));
        var kinds = new List<RtcpKind>();
        while (reader.TryNext(out var packet)) kinds.Add(packet.Kind);
        Assert.Equal(
            [
                RtcpKind.SenderReport, RtcpKind.ReceiverReport, RtcpKind.SourceDescription, RtcpKind.Nack, RtcpKind.Pli, RtcpKind.Fir,
                RtcpKind.Remb, RtcpKind.TransportFeedback, RtcpKind.Bye, RtcpKind.Pli,
            ],
            kinds);
    }

    [Fact]
    public void ADatagramOfUnknownKindsIsSoundButEmpty()
    {
        Assert.True(RtcpReader.TryRead([.. ExtendedReport, .. OtherApplication], out var reader));
        Assert.False(reader.TryNext(out _));
    }

    [Fact]
    public void ADatagramIsSoundOnlyWhereAPacketEnds()
    {
        var ends = new HashSet<int>();
        var compound = Compound;
        for (var at = 0; at < compound.Length; ends.Add(at)) at += 4 * (compound[at + 3] + 1);
        for (var length = 0; length <= compound.Length; length++)
            Assert.Equal(ends.Contains(length), RtcpReader.TryRead(compound.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData("40 C9 00 01 33 33 33 33")] // version 1
    [InlineData("81 C9 00 01 33 33 33 33")] // a block that is not there
    [InlineData("80 C8 00 01 33 33 33 33")] // a sender report without its sender's figures
    [InlineData("80 C9 00 00")] // a receiver report without receiver
    [InlineData("82 CB 00 01 33 33 33 33")] // a goodbye of more sources than it names
    [InlineData("82 CA 00 01 33 33 33 33")] // a description of more sources than it names
    [InlineData("81 CD 00 02 33 33 33 33 11 11 11 11")] // a NACK for nothing
    [InlineData("81 CE 00 01 33 33 33 33")] // a PLI without media source
    [InlineData("84 CE 00 02 33 33 33 33 00 00 00 00")] // a FIR for nothing
    [InlineData("8F CE 00 04 33 33 33 33 00 00 00 00 52 45 4D 42 01 00 00 01")] // a REMB with a source that is not there
    [InlineData("A1 CE 00 03 33 33 33 33 11 11 11 11 00 00 00 00")] // padding of nothing
    [InlineData("A1 CE 00 03 33 33 33 33 11 11 11 11 00 00 00 05")] // padding over the media source
    [InlineData("A1 CE 00 03 33 33 33 33 11 11 11 11 00 00 00 FF")] // padding over the start
    [InlineData("A0 C9 00 00")] // padding without room
    [InlineData("A0 C9 00 02 33 33 33 33 00 00 00 04 80 C9 00 01 33 33 33 33")] // padding before the last
    public void AMalformedDatagramIsRefusedWhole(string datagram)
    {
        var bytes = Convert.FromHexString(datagram.Replace(" ", ""));
        Assert.False(RtcpReader.TryRead(bytes, out var reader));
        Assert.False(reader.TryNext(out _));
        Assert.False(RtcpReader.TryRead([.. RtcpSamples.Pli, .. bytes], out _));
    }

    [Fact]
    public void RandomBytesNeverHurt()
    {
        // Random lengths never add up, so every other input is given a header that does.
        using var memory = new GuardedMemory();
        var taken = HostileInputs.FeedRandom(seed: 3550, count: 200_000, longest: 100, input =>
        {
            if (input.Length < 4 || input[^1] % 2 == 0) return WalkEverything(input);

            var shaped = memory.Copy(input[..(input.Length & ~3)]);
            shaped[0] = (byte)(0x80 | (shaped[0] & 0x3F));
            shaped[1] = (byte)(200 + shaped[1] % 8);
            shaped[2] = 0;
            shaped[3] = (byte)(shaped.Length / 4 - 1);
            return WalkEverything(shaped);
        });
        Assert.InRange(taken, 10_000, 150_000);
    }

    [Fact]
    public void DamagedDatagramsNeverHurt() =>
        Assert.InRange(HostileInputs.FeedMutated(seed: 4585, count: 100_000, RtcpSamples.All, WalkEverything), 10_000, 99_999);

    private static bool WalkEverything(ReadOnlySpan<byte> input)
    {
        if (!RtcpReader.TryRead(input, out var reader)) return false;

        while (reader.TryNext(out var packet))
        {
            _ = (packet.Sender, packet.Media);
            packet.TryGetSenderReport(out _);
            packet.TryGetRemb(out _);
            if (packet.TryGetCanonicalName(out _, out var name) && !name.IsEmpty)
                Assert.True(input.Overlaps(name, out var at) && at >= 10 && at + name.Length <= input.Length);

            var seen = 0;
            foreach (var block in packet.ReportBlocks) seen += 24 + (block.CumulativeLost & 0);
            foreach (var source in packet.Sources) seen += 4 + (int)(source.Value & 0);
            foreach (var entry in packet.FirEntries) seen += 8 + (entry.SequenceNumber & 0);
            Assert.InRange(seen, 0, input.Length - 4);

            var arrived = 0;
            if (packet.TryGetTransportFeedback(out var feedback)) foreach (var received in feedback) arrived += 1 + (received.Offset & 0);
            Assert.InRange(arrived, 0, input.Length);

            var lost = 0;
            foreach (var number in packet.LostPackets) lost += 1 + (number.Value & 0);
            Assert.InRange(lost, 0, input.Length / 4 * 17);
        }

        return true;
    }
}
