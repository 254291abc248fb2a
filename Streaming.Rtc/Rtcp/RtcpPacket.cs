using System.Buffers.Binary;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Rtcp;

/// <summary>One RTCP packet, read where it lies. <see cref="Kind"/> says which of the views have something to show.</summary>
/// <remarks>A view of another kind is empty or answers false; none can fail. Made by <see cref="RtcpReader"/> only.</remarks>
internal readonly ref struct RtcpPacket
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly int _count;

    private RtcpPacket(RtcpKind kind, ReadOnlySpan<byte> body, int count)
    {
        Kind = kind;
        _body = body;
        _count = count;
    }

    /// <summary>What the packet is.</summary>
    public RtcpKind Kind { get; }

    /// <summary>Who sent the packet; for a source description or a goodbye the first source named, zero when none is.</summary>
    public Ssrc Sender => SsrcAt(0);

    /// <summary>The stream that feedback is about. Zero for FIR and REMB, which name their streams one by one; any of the connection's
    /// for transport-wide feedback.</summary>
    public Ssrc Media => Kind is RtcpKind.Nack or RtcpKind.Pli or RtcpKind.Fir or RtcpKind.Remb or RtcpKind.TransportFeedback ? SsrcAt(4) : default;

    /// <summary>The report blocks of a sender or receiver report.</summary>
    public ReportBlockEnumerator ReportBlocks => Kind switch
    {
        RtcpKind.SenderReport => new ReportBlockEnumerator(_body[(RtcpFormat.SsrcLength + RtcpFormat.SenderInfoLength)..], _count),
        RtcpKind.ReceiverReport => new ReportBlockEnumerator(_body[RtcpFormat.SsrcLength..], _count),
        _ => default,
    };

    /// <summary>The sequence numbers that a NACK asks for.</summary>
    public NackEnumerator LostPackets => Kind == RtcpKind.Nack ? new NackEnumerator(_body[RtcpFormat.FeedbackSourcesLength..]) : default;

    /// <summary>The streams that a FIR asks a key frame of.</summary>
    public FirEnumerator FirEntries => Kind == RtcpKind.Fir ? new FirEnumerator(_body[RtcpFormat.FeedbackSourcesLength..]) : default;

    /// <summary>The streams that a goodbye ends, or that a REMB's bitrate is for.</summary>
    public SsrcEnumerator Sources => Kind switch
    {
        RtcpKind.Bye => new SsrcEnumerator(_body, _count),
        RtcpKind.Remb => new SsrcEnumerator(
            _body[(RtcpFormat.FeedbackSourcesLength + RtcpFormat.RembFixedLength)..], _body[RtcpFormat.FeedbackSourcesLength + 4]),
        _ => default,
    };

    /// <summary>Reads a sender report; its blocks are <see cref="ReportBlocks"/>.</summary>
    public bool TryGetSenderReport(out SenderReport report)
    {
        report = Kind == RtcpKind.SenderReport ? SenderReport.Read(_body) : default;
        return Kind == RtcpKind.SenderReport;
    }

    /// <summary>Reads the bitrate of a REMB, for all of <see cref="Sources"/> together.</summary>
    /// <param name="bitrate">In bit/s.</param>
    public bool TryGetRemb(out ulong bitrate)
    {
        bitrate = 0;
        return Kind == RtcpKind.Remb && TryReadBitrate(_body, out bitrate);
    }

    /// <summary>Reads what is said of every packet of the connection.</summary>
    /// <param name="feedback">Valid as long as the bytes are.</param>
    public bool TryGetTransportFeedback(out TransportFeedback feedback)
    {
        feedback = Kind == RtcpKind.TransportFeedback ? new TransportFeedback(_body[RtcpFormat.FeedbackSourcesLength..]) : default;
        return Kind == RtcpKind.TransportFeedback;
    }

    /// <summary>Finds the first canonical name of a source description (RFC 3550 §6.5.1).</summary>
    /// <param name="ssrc">The source that has the name.</param>
    /// <param name="name">Its name: UTF-8 by the RFC, any bytes in truth; 0–255 of them.</param>
    /// <returns>False when there is none before the packet's end, or before the first item that does not fit in it.</returns>
    public bool TryGetCanonicalName(out Ssrc ssrc, out ReadOnlySpan<byte> name)
    {
        ssrc = default;
        name = default;
        if (Kind != RtcpKind.SourceDescription) return false;

        var at = 0;
        for (var chunk = 0; chunk < _count && _body.Length - at >= RtcpFormat.SsrcLength; chunk++)
        {
            var source = SsrcAt(at);
            at += RtcpFormat.SsrcLength;
            while (at < _body.Length && _body[at] != 0)
            {
                if (_body.Length - at < 2 || _body[at + 1] > _body.Length - at - 2) return false;
                if (_body[at] == RtcpFormat.CanonicalNameItem)
                {
                    ssrc = source;
                    name = _body.Slice(at + 2, _body[at + 1]);
                    return true;
                }

                at += 2 + _body[at + 1];
            }

            // One null byte at least ends the items, and more fill up the word.
            at = (at & ~3) + 4;
        }

        return false;
    }

    /// <summary>Reads the packet at the start of <paramref name="rest"/>.</summary>
    /// <param name="rest">What is left of a datagram.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="length">Its bytes, header and padding included.</param>
    /// <returns>False when it is malformed; see <see cref="RtcpReader.TryRead"/>.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> rest, out RtcpPacket packet, out int length)
    {
        packet = default;
        length = 0;
        if (rest.Length < RtcpFormat.HeaderLength || rest[0] >> 6 != 2) return false;

        length = 4 * (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) + 1);
        if (length > rest.Length) return false;

        var body = rest[RtcpFormat.HeaderLength..length];
        if ((rest[0] & 0x20) != 0)
        {
            // RFC 3550 §6.4.1: padding only on the last packet, its count byte counted. Chromium pads each transport-wide feedback,
            // and sends several in one datagram when they do not fit into one packet.
            var mayBePadded = length == rest.Length || IsTransportFeedback(rest[1], rest[0] & 0x1F);
            if (!mayBePadded || body.IsEmpty) return false;
            var padding = body[^1];
            if (padding == 0 || padding > body.Length) return false;
            body = body[..^padding];
        }

        var count = rest[0] & 0x1F;
        var kind = KindOf(rest[1], count, body);
        packet = new RtcpPacket(kind, body, count);
        return HoldsWhatItCounts(kind, count, body);
    }

    private static RtcpKind KindOf(byte type, int format, ReadOnlySpan<byte> body) => (type, format) switch
    {
        (RtcpFormat.SenderReportType, _) => RtcpKind.SenderReport,
        (RtcpFormat.ReceiverReportType, _) => RtcpKind.ReceiverReport,
        (RtcpFormat.SourceDescriptionType, _) => RtcpKind.SourceDescription,
        (RtcpFormat.ByeType, _) => RtcpKind.Bye,
        (RtcpFormat.TransportFeedbackType, RtcpFormat.NackFormat) => RtcpKind.Nack,
        (RtcpFormat.TransportFeedbackType, RtcpFormat.TransportWideFormat) => RtcpKind.TransportFeedback,
        (RtcpFormat.PayloadFeedbackType, RtcpFormat.PliFormat) => RtcpKind.Pli,
        (RtcpFormat.PayloadFeedbackType, RtcpFormat.FirFormat) => RtcpKind.Fir,
        (RtcpFormat.PayloadFeedbackType, RtcpFormat.ApplicationFormat) when IsRemb(body) => RtcpKind.Remb,
        _ => RtcpKind.Unknown,
    };

    private static bool IsTransportFeedback(byte type, int format) =>
        type == RtcpFormat.TransportFeedbackType && format == RtcpFormat.TransportWideFormat;

    private static bool IsRemb(ReadOnlySpan<byte> body) =>
        body.Length >= RtcpFormat.FeedbackSourcesLength + RtcpFormat.RembFixedLength &&
        BinaryPrimitives.ReadUInt32BigEndian(body[RtcpFormat.FeedbackSourcesLength..]) == RtcpFormat.RembIdentifier;

    private static bool HoldsWhatItCounts(RtcpKind kind, int count, ReadOnlySpan<byte> body) => kind switch
    {
        RtcpKind.SenderReport =>
            body.Length >= RtcpFormat.SsrcLength + RtcpFormat.SenderInfoLength + count * RtcpFormat.ReportBlockLength,
        RtcpKind.ReceiverReport => body.Length >= RtcpFormat.SsrcLength + count * RtcpFormat.ReportBlockLength,
        RtcpKind.SourceDescription or RtcpKind.Bye => body.Length >= count * RtcpFormat.SsrcLength,
        RtcpKind.Nack => body.Length >= RtcpFormat.FeedbackSourcesLength + RtcpFormat.NackEntryLength,
        RtcpKind.Pli => body.Length >= RtcpFormat.FeedbackSourcesLength,
        RtcpKind.Fir => body.Length >= RtcpFormat.FeedbackSourcesLength + RtcpFormat.FirEntryLength,
        RtcpKind.Remb =>
            body.Length >= RtcpFormat.FeedbackSourcesLength + RtcpFormat.RembFixedLength +
                body[RtcpFormat.FeedbackSourcesLength + 4] * RtcpFormat.SsrcLength && TryReadBitrate(body, out _),
        RtcpKind.TransportFeedback =>
            body.Length >= RtcpFormat.FeedbackSourcesLength && TransportFeedback.IsWhole(body[RtcpFormat.FeedbackSourcesLength..]),
        _ => true,
    };

    /// <summary>A REMB's bitrate: 6 bits of exponent, 18 of mantissa. False beyond 64 bits, which no link carries.</summary>
    private static bool TryReadBitrate(ReadOnlySpan<byte> body, out ulong bitrate)
    {
        var field = BinaryPrimitives.ReadUInt32BigEndian(body[(RtcpFormat.FeedbackSourcesLength + 4)..]) & 0xFF_FFFF;
        var exponent = (int)(field >> RtcpFormat.RembMantissaBits);
        ulong mantissa = field & ((1u << RtcpFormat.RembMantissaBits) - 1);
        bitrate = mantissa << exponent;
        return bitrate >> exponent == mantissa;
    }

    private Ssrc SsrcAt(int at) =>
        _body.Length >= at + RtcpFormat.SsrcLength ? new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(_body[at..])) : default;
}
