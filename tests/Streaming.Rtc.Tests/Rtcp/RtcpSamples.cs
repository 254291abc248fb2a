using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtcp;

/// <summary>RTCP datagrams written by hand from the RFCs' drawings.</summary>
internal static class RtcpSamples
{
    /// <summary>Sender report of 0x11111111 with one block about 0x22222222 that says −2 lost.</summary>
    public static byte[] SenderReport =>
    [
        0x81, 200, 0, 12, 0x11, 0x11, 0x11, 0x11,
        0xB4, 0x4D, 0xB7, 0x05, 0x20, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 5, 0, 0, 1, 0,
        0x22, 0x22, 0x22, 0x22, 0x40, 0xFF, 0xFF, 0xFE, 0, 1, 0, 9, 0, 0, 0, 77, 0xB7, 0x05, 0x20, 0, 0, 5, 0x40, 0,
    ];

    /// <summary>Receiver report without blocks.</summary>
    public static byte[] EmptyReceiverReport => [0x80, 201, 0, 1, 0x33, 0x33, 0x33, 0x33];

    /// <summary>Receiver report with two blocks.</summary>
    public static byte[] ReceiverReport =>
    [
        0x82, 201, 0, 13, 0x33, 0x33, 0x33, 0x33,
        0x11, 0x11, 0x11, 0x11, 0, 0x7F, 0xFF, 0xFF, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0,
        0x22, 0x22, 0x22, 0x22, 255, 0x80, 0, 0, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>Two chunks: a tool without name for 0x11111111, then the name "abc" for 0x22222222.</summary>
    public static byte[] SourceDescription =>
    [
        0x82, 202, 0, 6, 0x11, 0x11, 0x11, 0x11, 6, 2, (byte)'v', (byte)'1', 0, 0, 0, 0,
        0x22, 0x22, 0x22, 0x22, 1, 3, (byte)'a', (byte)'b', (byte)'c', 0, 0, 0,
    ];

    /// <summary>A goodbye of two sources with the reason "off".</summary>
    public static byte[] Bye => [0x82, 203, 0, 3, 0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x22, 0x22, 3, (byte)'o', (byte)'f', (byte)'f'];

    /// <summary>0x33333333 asks 0x11111111 for 65 534, 65 535, 14 (all by the first entry) and 100.</summary>
    public static byte[] Nack =>
        [0x81, 205, 0, 4, 0x33, 0x33, 0x33, 0x33, 0x11, 0x11, 0x11, 0x11, 0xFF, 0xFE, 0x80, 0x01, 0, 100, 0, 0];

    /// <summary>0x33333333 has lost pictures of 0x11111111.</summary>
    public static byte[] Pli => [0x81, 206, 0, 2, 0x33, 0x33, 0x33, 0x33, 0x11, 0x11, 0x11, 0x11];

    /// <summary>0x33333333 asks 0x11111111 and 0x22222222 for key frames, requests 7 and 255.</summary>
    public static byte[] Fir =>
    [
        0x84, 206, 0, 6, 0x33, 0x33, 0x33, 0x33, 0, 0, 0, 0,
        0x11, 0x11, 0x11, 0x11, 7, 0, 0, 0, 0x22, 0x22, 0x22, 0x22, 255, 0, 0, 0,
    ];

    /// <summary>2 500 000 bit/s for 0x11111111 and 0x22222222: 156 250 · 2⁴.</summary>
    public static byte[] Remb =>
    [
        0x8F, 206, 0, 6, 0x33, 0x33, 0x33, 0x33, 0, 0, 0, 0,
        (byte)'R', (byte)'E', (byte)'M', (byte)'B', 2, 0x12, 0x62, 0x5A, 0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x22, 0x22,
    ];

    /// <summary>Of five packets from 0x0005 on, the second and fifth have not come; the third came a millisecond before the first.</summary>
    public static byte[] WideFeedback =>
    [
        0x8F, 205, 0, 6, 0x33, 0x33, 0x33, 0x33, 0x11, 0x11, 0x11, 0x11,
        0, 5, 0, 5, 0, 0, 2, 9, 0xD2, 0x40, 8, 0xFF, 0xFC, 0, 0, 0,
    ];

    /// <summary>An extended report (RFC 3611), which nobody reads here.</summary>
    public static byte[] ExtendedReport => [0x80, 207, 0, 1, 0x33, 0x33, 0x33, 0x33];

    /// <summary>Feedback of an application other than REMB.</summary>
    public static byte[] OtherApplication =>
        [0x8F, 206, 0, 4, 0x33, 0x33, 0x33, 0x33, 0, 0, 0, 0, (byte)'A', (byte)'B', (byte)'C', (byte)'D', 0, 0, 0, 0];

    /// <summary>A PLI with four bytes of padding.</summary>
    public static byte[] PaddedPli => [0xA1, 206, 0, 3, 0x33, 0x33, 0x33, 0x33, 0x11, 0x11, 0x11, 0x11, 0, 0, 0, 4];

    /// <summary>Each of them alone, and all of them together.</summary>
    public static byte[][] All =>
    [
        SenderReport, EmptyReceiverReport, ReceiverReport, SourceDescription, Bye, Nack, Pli, Fir, Remb, WideFeedback, ExtendedReport,
        OtherApplication, PaddedPli, Compound,
    ];

    /// <summary>One datagram with everything in it.</summary>
    public static byte[] Compound =>
    [
        .. SenderReport, .. ReceiverReport, .. SourceDescription, .. ExtendedReport, .. Nack, .. Pli, .. OtherApplication, .. Fir, .. Remb,
        .. WideFeedback, .. Bye, .. PaddedPli,
    ];

    /// <summary>Reads a datagram that holds one packet of a known kind.</summary>
    public static RtcpPacket Single(ReadOnlySpan<byte> datagram)
    {
        Assert.True(RtcpReader.TryRead(datagram, out var reader));
        Assert.True(reader.TryNext(out var packet));
        Assert.False(reader.TryNext(out _));
        return packet;
    }

    public static Ssrc One => new(0x11111111);

    public static Ssrc Two => new(0x22222222);

    public static Ssrc Three => new(0x33333333);

    public static SequenceNumber[] Numbers(params ushort[] values) => [.. values.Select(value => new SequenceNumber(value))];

    public static List<SequenceNumber> Lost(RtcpPacket packet)
    {
        var numbers = new List<SequenceNumber>();
        foreach (var number in packet.LostPackets) numbers.Add(number);
        return numbers;
    }

    public static List<ReportBlock> Blocks(RtcpPacket packet)
    {
        var blocks = new List<ReportBlock>();
        foreach (var block in packet.ReportBlocks) blocks.Add(block);
        return blocks;
    }

    public static List<Ssrc> Sources(RtcpPacket packet)
    {
        var sources = new List<Ssrc>();
        foreach (var source in packet.Sources) sources.Add(source);
        return sources;
    }

    public static List<FirEntry> Requests(RtcpPacket packet)
    {
        var entries = new List<FirEntry>();
        foreach (var entry in packet.FirEntries) entries.Add(entry);
        return entries;
    }
}
