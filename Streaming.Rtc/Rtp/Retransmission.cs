using System.Buffers.Binary;

namespace Streaming.Rtc.Rtp;

/// <summary>A packet sent again on its own stream (RTX, RFC 4588 §4): the original's payload behind its sequence number.</summary>
/// <remarks>A resend under the original number would reuse an SRTP nonce as soon as one byte of it differs; this never does.</remarks>
internal static class Retransmission
{
    /// <summary>Bytes of the original sequence number in front of the payload.</summary>
    public const int OriginalSequenceNumberLength = 2;

    /// <summary>Bytes before the original payload: the RTP header and the original sequence number.</summary>
    public const int HeaderLength = RtpWriter.HeaderLength + OriginalSequenceNumberLength;

    /// <summary>Writes what stands before the original payload.</summary>
    /// <param name="destination">At least <see cref="HeaderLength"/> bytes.</param>
    /// <param name="marker">The original's marker.</param>
    /// <param name="payloadType">The RTX payload type.</param>
    /// <param name="sequenceNumber">The next number of the RTX stream.</param>
    /// <param name="timestamp">The original's timestamp.</param>
    /// <param name="ssrc">The SSRC of the RTX stream.</param>
    /// <param name="original">The number under which the packet was sent first.</param>
    /// <returns><see cref="HeaderLength"/>.</returns>
    public static int WriteHeader(
        Span<byte> destination, bool marker, PayloadType payloadType, SequenceNumber sequenceNumber, uint timestamp, Ssrc ssrc,
        SequenceNumber original)
    {
        RtpWriter.WriteHeader(destination, marker, payloadType, sequenceNumber, timestamp, ssrc);
        WriteOriginalNumber(destination[RtpWriter.HeaderLength..], original);
        return HeaderLength;
    }

    /// <summary>Writes what stands between an RTX packet's header and the original payload.</summary>
    /// <param name="destination">At least <see cref="OriginalSequenceNumberLength"/> bytes.</param>
    /// <param name="original">The number under which the packet was sent first.</param>
    public static void WriteOriginalNumber(Span<byte> destination, SequenceNumber original) =>
        BinaryPrimitives.WriteUInt16BigEndian(destination, original.Value);

    /// <summary>Reads the payload of a packet of an RTX stream.</summary>
    /// <param name="payload">The RTP payload without padding.</param>
    /// <param name="original">The number under which the packet was sent first.</param>
    /// <param name="originalPayload">The original payload, inside <paramref name="payload"/>; may be empty.</param>
    /// <returns>False for a payload of less than two bytes: senders probe the path with padding alone on this stream.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out SequenceNumber original, out ReadOnlySpan<byte> originalPayload)
    {
        original = default;
        originalPayload = default;
        if (!BinaryPrimitives.TryReadUInt16BigEndian(payload, out var number)) return false;

        original = new SequenceNumber(number);
        originalPayload = payload[OriginalSequenceNumberLength..];
        return true;
    }

    /// <summary>Turns a packet of an RTX stream back into the original, in place.</summary>
    /// <remarks>Only the header moves, two bytes on, over the original sequence number; extension elements and padding stay.</remarks>
    /// <param name="packet">The decrypted RTX packet; changed when the answer is true.</param>
    /// <param name="payloadType">The payload type of the original stream.</param>
    /// <param name="ssrc">The SSRC of the original stream.</param>
    /// <param name="original">The original packet, inside <paramref name="packet"/>.</param>
    /// <returns>False when it is no RTP packet, or carries no original.</returns>
    public static bool TryRestore(Span<byte> packet, PayloadType payloadType, Ssrc ssrc, out Span<byte> original)
    {
        original = default;
        if (!RtpReader.TryRead(packet, out var reader) || !TryRead(reader.Payload, out var number, out _)) return false;

        var headerLength = reader.HeaderLength;
        original = packet[OriginalSequenceNumberLength..];
        packet[..headerLength].CopyTo(original);
        original[1] = (byte)((original[1] & 0x80) | (payloadType.Value & 0x7F));
        BinaryPrimitives.WriteUInt16BigEndian(original[2..], number.Value);
        BinaryPrimitives.WriteUInt32BigEndian(original[8..], ssrc.Value);
        return true;
    }
}
