using System.Buffers.Binary;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Rtcp;

/// <summary>What a sender says of its own stream (RFC 3550 §6.4.1).</summary>
/// <param name="Ssrc">The sender's stream.</param>
/// <param name="NtpTime">Wallclock time of the report: seconds since 1900 in the upper, fraction in the lower 32 bits.</param>
/// <param name="RtpTimestamp">The same moment in the stream's media clock.</param>
/// <param name="PacketCount">RTP packets sent since the stream began; wraps.</param>
/// <param name="OctetCount">Payload bytes sent, without headers and padding; wraps.</param>
internal readonly record struct SenderReport(Ssrc Ssrc, ulong NtpTime, uint RtpTimestamp, uint PacketCount, uint OctetCount)
{
    /// <summary>Reads the report from the start of a packet's body.</summary>
    /// <param name="source">At least 24 bytes.</param>
    public static SenderReport Read(ReadOnlySpan<byte> source) => new(
        new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(source)),
        BinaryPrimitives.ReadUInt64BigEndian(source[4..]),
        BinaryPrimitives.ReadUInt32BigEndian(source[12..]),
        BinaryPrimitives.ReadUInt32BigEndian(source[16..]),
        BinaryPrimitives.ReadUInt32BigEndian(source[20..]));

    /// <summary>Writes the report as the start of a packet's body.</summary>
    /// <param name="destination">At least 24 bytes.</param>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, Ssrc.Value);
        BinaryPrimitives.WriteUInt64BigEndian(destination[4..], NtpTime);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], RtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], PacketCount);
        BinaryPrimitives.WriteUInt32BigEndian(destination[20..], OctetCount);
    }
}

/// <summary>What a receiver says of a stream that it receives (RFC 3550 §6.4.1).</summary>
/// <param name="Ssrc">The stream that the block is about.</param>
/// <param name="FractionLost">Share of packets lost since the previous report, in 1/256.</param>
/// <param name="CumulativeLost">Packets lost in all, 24 bits with sign; negative when duplicates outweigh losses.</param>
/// <param name="ExtendedHighestSequence">Highest sequence number in the lower, count of its wraps in the upper 16 bits.</param>
/// <param name="Jitter">Interarrival jitter in units of the stream's media clock.</param>
/// <param name="LastSenderReport">Middle 32 bits of the last sender report's NTP time; 0 when there was none.</param>
/// <param name="DelaySinceLastSenderReport">Time since then in 1/65 536 s; 0 when there was none.</param>
internal readonly record struct ReportBlock(
    Ssrc Ssrc, byte FractionLost, int CumulativeLost, uint ExtendedHighestSequence, uint Jitter, uint LastSenderReport,
    uint DelaySinceLastSenderReport)
{
    /// <summary>The most that 24 bits with sign can say.</summary>
    public const int MostLost = 0x7F_FFFF;

    /// <summary>The least that 24 bits with sign can say.</summary>
    public const int LeastLost = -0x80_0000;

    /// <summary>Reads a block.</summary>
    /// <param name="source">At least 24 bytes.</param>
    public static ReportBlock Read(ReadOnlySpan<byte> source)
    {
        var loss = BinaryPrimitives.ReadUInt32BigEndian(source[4..]);
        return new ReportBlock(
            new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(source)),
            (byte)(loss >> 24),
            (int)(loss << 8) >> 8,
            BinaryPrimitives.ReadUInt32BigEndian(source[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(source[20..]));
    }

    /// <summary>Writes the block; a loss beyond 24 bits is written as the nearest that fits.</summary>
    /// <param name="destination">At least 24 bytes.</param>
    public void Write(Span<byte> destination)
    {
        var lost = (uint)Math.Clamp(CumulativeLost, LeastLost, MostLost) & 0xFF_FFFF;
        BinaryPrimitives.WriteUInt32BigEndian(destination, Ssrc.Value);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], (uint)FractionLost << 24 | lost);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], ExtendedHighestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(destination[16..], LastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(destination[20..], DelaySinceLastSenderReport);
    }
}
