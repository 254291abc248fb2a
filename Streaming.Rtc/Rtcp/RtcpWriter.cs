using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Rtcp;

/// <summary>Writes RTCP packets one behind the other: a compound (RFC 3550 §6.1) or a datagram of reduced size (RFC 5506).</summary>
/// <remarks>
/// A packet that does not fit is not begun: the method answers false and <see cref="Length"/> stays. The caller keeps the order of a
/// compound, a report first. The buffer is at most a datagram, shorter by the SRTCP index and tag.
/// </remarks>
/// <param name="buffer">Where the packets go.</param>
internal ref partial struct RtcpWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Writes a sender report (RFC 3550 §6.4.1).</summary>
    /// <param name="report">What is said of our own stream.</param>
    /// <param name="blocks">What is said of streams received, at most 31.</param>
    public bool SenderReport(in SenderReport report, scoped ReadOnlySpan<ReportBlock> blocks = default)
    {
        const int Fixed = RtcpFormat.SsrcLength + RtcpFormat.SenderInfoLength;
        var length = Fixed + blocks.Length * RtcpFormat.ReportBlockLength;
        if (!TryBegin(RtcpFormat.SenderReportType, blocks.Length, length, out var body)) return false;

        report.Write(body);
        WriteBlocks(body[Fixed..], blocks);
        return true;
    }

    /// <summary>Writes a receiver report (RFC 3550 §6.4.2).</summary>
    /// <param name="sender">Who reports.</param>
    /// <param name="blocks">What is said of streams received, at most 31; none makes the empty report that opens a compound.</param>
    public bool ReceiverReport(Ssrc sender, scoped ReadOnlySpan<ReportBlock> blocks)
    {
        var length = RtcpFormat.SsrcLength + blocks.Length * RtcpFormat.ReportBlockLength;
        if (!TryBegin(RtcpFormat.ReceiverReportType, blocks.Length, length, out var body)) return false;

        WriteSsrc(body, sender);
        WriteBlocks(body[RtcpFormat.SsrcLength..], blocks);
        return true;
    }

    /// <summary>Writes a source description of one source with its canonical name (RFC 3550 §6.5.1).</summary>
    /// <param name="source">The source.</param>
    /// <param name="canonicalName">At most 255 bytes of UTF-8; a longer one does not fit.</param>
    public bool SourceDescription(Ssrc source, scoped ReadOnlySpan<char> canonicalName)
    {
        const int ItemHeader = 2;
        var nameLength = Encoding.UTF8.GetByteCount(canonicalName);

        // At least one null byte ends the items, and more fill up the word.
        var length = (RtcpFormat.SsrcLength + ItemHeader + nameLength + 4) & ~3;
        if (nameLength > byte.MaxValue || !TryBegin(RtcpFormat.SourceDescriptionType, 1, length, out var body)) return false;

        WriteSsrc(body, source);
        body[4] = RtcpFormat.CanonicalNameItem;
        body[5] = (byte)nameLength;
        Encoding.UTF8.GetBytes(canonicalName, body[6..]);
        body[(6 + nameLength)..].Clear();
        return true;
    }

    /// <summary>Writes a goodbye (RFC 3550 §6.6), without reason.</summary>
    /// <param name="sources">The streams that end, at most 31.</param>
    public bool Bye(scoped ReadOnlySpan<Ssrc> sources)
    {
        if (!TryBegin(RtcpFormat.ByeType, sources.Length, sources.Length * RtcpFormat.SsrcLength, out var body)) return false;

        WriteSsrcs(body, sources);
        return true;
    }

    /// <inheritdoc cref="Nack(Ssrc, Ssrc, ReadOnlySpan{SequenceNumber}, out int)"/>
    public bool Nack(Ssrc sender, Ssrc media, scoped ReadOnlySpan<SequenceNumber> sorted) => Nack(sender, media, sorted, out _);

    /// <summary>Asks for packets again (RFC 4585 §6.2.1); as many as fit, the oldest first.</summary>
    /// <param name="sender">Who asks.</param>
    /// <param name="media">The stream.</param>
    /// <param name="sorted">The numbers in serial order, so that seventeen in a row share an entry. None writes nothing.</param>
    /// <param name="taken">How many of them were written.</param>
    /// <returns>Whether all were.</returns>
    public bool Nack(Ssrc sender, Ssrc media, scoped ReadOnlySpan<SequenceNumber> sorted, out int taken)
    {
        taken = 0;
        if (sorted.IsEmpty) return true;

        var overhead = RtcpFormat.HeaderLength + RtcpFormat.FeedbackSourcesLength;
        if (_buffer.Length - Length < overhead + RtcpFormat.NackEntryLength) return false;

        var entries = _buffer[(Length + overhead)..];
        var written = 0;
        while (taken < sorted.Length && entries.Length - written >= RtcpFormat.NackEntryLength)
        {
            BinaryPrimitives.WriteUInt32BigEndian(entries[written..], NextNackEntry(sorted, ref taken));
            written += RtcpFormat.NackEntryLength;
        }

        TryBeginFeedback(RtcpFormat.TransportFeedbackType, RtcpFormat.NackFormat, sender, media, written, out _);
        return taken == sorted.Length;
    }

    /// <summary>Asks for a key frame because pictures were lost (RFC 4585 §6.3.1).</summary>
    /// <param name="sender">Who asks.</param>
    /// <param name="media">The stream.</param>
    public bool Pli(Ssrc sender, Ssrc media) =>
        TryBeginFeedback(RtcpFormat.PayloadFeedbackType, RtcpFormat.PliFormat, sender, media, 0, out _);

    /// <summary>Asks for key frames on command (RFC 5104 §4.3.1).</summary>
    /// <param name="sender">Who asks.</param>
    /// <param name="entries">The streams, each with the number of the request; at least one.</param>
    public bool Fir(Ssrc sender, scoped ReadOnlySpan<FirEntry> entries)
    {
        ArgumentOutOfRangeException.ThrowIfZero(entries.Length);
        var length = entries.Length * RtcpFormat.FirEntryLength;
        if (!TryBeginFeedback(RtcpFormat.PayloadFeedbackType, RtcpFormat.FirFormat, sender, default, length, out var body)) return false;

        foreach (var entry in entries)
        {
            WriteSsrc(body, entry.Ssrc);
            BinaryPrimitives.WriteUInt32BigEndian(body[4..], (uint)entry.SequenceNumber << 24);
            body = body[RtcpFormat.FirEntryLength..];
        }

        return true;
    }

    /// <summary>Tells a sender how much may come (draft-alvestrand-rmcat-remb-03 §2.2).</summary>
    /// <param name="sender">Who estimates.</param>
    /// <param name="bitrate">In bit/s for all streams together; written with 18 significant bits, rounded down.</param>
    /// <param name="sources">The streams, at most 255.</param>
    public bool Remb(Ssrc sender, ulong bitrate, scoped ReadOnlySpan<Ssrc> sources)
    {
        var length = RtcpFormat.RembFixedLength + sources.Length * RtcpFormat.SsrcLength;
        if (sources.Length > byte.MaxValue) return false;
        if (!TryBeginFeedback(RtcpFormat.PayloadFeedbackType, RtcpFormat.ApplicationFormat, sender, default, length, out var body))
            return false;

        var significantBits = 64 - BitOperations.LeadingZeroCount(bitrate);
        var exponent = Math.Max(0, significantBits - RtcpFormat.RembMantissaBits);
        var field = (uint)exponent << RtcpFormat.RembMantissaBits | (uint)(bitrate >> exponent);
        BinaryPrimitives.WriteUInt32BigEndian(body, RtcpFormat.RembIdentifier);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], (uint)sources.Length << 24 | field);
        WriteSsrcs(body[RtcpFormat.RembFixedLength..], sources);
        return true;
    }

    /// <summary>Takes the next number and those of the sixteen after it that are asked for too.</summary>
    private static uint NextNackEntry(ReadOnlySpan<SequenceNumber> sorted, ref int taken)
    {
        var first = sorted[taken++];
        var mask = 0u;
        for (; taken < sorted.Length; taken++)
        {
            int distance = sorted[taken].DistanceFrom(first);
            if (distance is < 0 or > 16) break;
            if (distance > 0) mask |= 1u << (distance - 1);
        }

        return (uint)first.Value << 16 | mask;
    }

    private static void WriteBlocks(Span<byte> destination, ReadOnlySpan<ReportBlock> blocks)
    {
        foreach (ref readonly var block in blocks)
        {
            block.Write(destination);
            destination = destination[RtcpFormat.ReportBlockLength..];
        }
    }

    private static void WriteSsrcs(Span<byte> destination, ReadOnlySpan<Ssrc> sources)
    {
        foreach (var source in sources)
        {
            WriteSsrc(destination, source);
            destination = destination[RtcpFormat.SsrcLength..];
        }
    }

    private static void WriteSsrc(Span<byte> destination, Ssrc ssrc) => BinaryPrimitives.WriteUInt32BigEndian(destination, ssrc.Value);

    private bool TryBeginFeedback(byte type, int format, Ssrc sender, Ssrc media, int length, out Span<byte> information)
    {
        information = default;
        if (!TryBegin(type, format, RtcpFormat.FeedbackSourcesLength + length, out var body)) return false;

        WriteSsrc(body, sender);
        WriteSsrc(body[RtcpFormat.SsrcLength..], media);
        information = body[RtcpFormat.FeedbackSourcesLength..];
        return true;
    }

    /// <summary>Writes a packet's header and takes its place in the buffer; the body is a whole number of words.</summary>
    private bool TryBegin(byte type, int count, int bodyLength, out Span<byte> body)
    {
        body = default;
        var rest = _buffer[Length..];
        if (count > RtcpFormat.LargestCount || rest.Length < RtcpFormat.HeaderLength + bodyLength) return false;

        BinaryPrimitives.WriteUInt32BigEndian(rest, (uint)(0x80 | count) << 24 | (uint)type << 16 | (uint)bodyLength / 4);
        body = rest.Slice(RtcpFormat.HeaderLength, bodyLength);
        Length += RtcpFormat.HeaderLength + bodyLength;
        return true;
    }
}
