using System.Buffers.Binary;

namespace Streaming.Rtc.Rtp;

/// <summary>Writes RTP headers (RFC 3550 §5.1): version 2, no contributing sources.</summary>
/// <remarks>
/// A destination that is too small, or an identifier that no negotiation gives, is our own mistake and throws. The header is composed in
/// registers and stored as eight and four bytes: the encryption that follows reads it back at once, and a wide load that spans
/// many narrow stores has to wait for all of them.
/// </remarks>
internal static class RtpWriter
{
    /// <summary>Bytes of a header without extension.</summary>
    public const int HeaderLength = 12;

    private const int LargestOneByteElement = 16;
    private const ulong Version = 0x80UL << 56;
    private const ulong PaddingBit = 0x20UL << 56;
    private const ulong ExtensionBit = 0x10UL << 56;

    /// <summary>Writes a header without extension.</summary>
    /// <param name="destination">At least <see cref="HeaderLength"/> bytes.</param>
    /// <param name="marker">The marker bit.</param>
    /// <param name="payloadType">The payload type.</param>
    /// <param name="sequenceNumber">The sequence number.</param>
    /// <param name="timestamp">The media timestamp.</param>
    /// <param name="ssrc">The synchronization source.</param>
    /// <param name="isPadded">Whether padding follows the payload.</param>
    /// <returns><see cref="HeaderLength"/>.</returns>
    public static int WriteHeader(
        Span<byte> destination, bool marker, PayloadType payloadType, SequenceNumber sequenceNumber, uint timestamp, Ssrc ssrc,
        bool isPadded = false)
    {
        Store(destination, isPadded ? Version | PaddingBit : Version, marker, payloadType, sequenceNumber, timestamp, ssrc);
        return HeaderLength;
    }

    /// <summary>Writes a header with one extension element in the one-byte form, padded to 32 bits (RFC 8285 §4.2).</summary>
    /// <param name="destination">At least <see cref="LengthWithExtension"/> bytes.</param>
    /// <param name="marker">The marker bit.</param>
    /// <param name="payloadType">The payload type.</param>
    /// <param name="sequenceNumber">The sequence number.</param>
    /// <param name="timestamp">The media timestamp.</param>
    /// <param name="ssrc">The synchronization source.</param>
    /// <param name="id">The element's identifier, 1–14.</param>
    /// <param name="data">The element's data, 1–16 bytes.</param>
    /// <returns>The bytes written.</returns>
    public static int WriteHeaderWithExtension(
        Span<byte> destination, bool marker, PayloadType payloadType, SequenceNumber sequenceNumber, uint timestamp, Ssrc ssrc,
        byte id, ReadOnlySpan<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfZero(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(id, HeaderExtensionForms.LargestOneByteId);

        var length = LengthWithExtension(data.Length);
        Store(destination, Version | ExtensionBit, marker, payloadType, sequenceNumber, timestamp, ssrc);

        var extension = destination[HeaderLength..length];
        var words = (uint)(extension.Length - 4) / 4;
        BinaryPrimitives.WriteUInt32BigEndian(extension, (uint)HeaderExtensionForms.OneByte << 16 | words);
        extension[4] = (byte)(id << 4 | (data.Length - 1));
        data.CopyTo(extension[5..]);
        extension[(5 + data.Length)..].Clear();
        return length;
    }

    /// <summary>Writes a header with the transport number as its one extension element (RFC 8285 §4.2).</summary>
    /// <param name="destination">At least <see cref="TransportNumber.HeaderLength"/> bytes.</param>
    /// <param name="marker">The marker bit.</param>
    /// <param name="payloadType">The payload type.</param>
    /// <param name="sequenceNumber">The sequence number.</param>
    /// <param name="timestamp">The media timestamp.</param>
    /// <param name="ssrc">The synchronization source.</param>
    /// <param name="id">The element's identifier, 1–14.</param>
    /// <param name="transportNumber">The transport number.</param>
    /// <param name="isPadded">Whether padding follows the payload.</param>
    /// <returns><see cref="TransportNumber.HeaderLength"/>.</returns>
    public static int WriteHeaderWithTransportNumber(
        Span<byte> destination, bool marker, PayloadType payloadType, SequenceNumber sequenceNumber, uint timestamp, Ssrc ssrc,
        byte id, SequenceNumber transportNumber, bool isPadded = false)
    {
        var first = isPadded ? Version | ExtensionBit | PaddingBit : Version | ExtensionBit;
        TransportNumber.WriteExtension(destination[HeaderLength..], id, transportNumber);
        Store(destination, first, marker, payloadType, sequenceNumber, timestamp, ssrc);
        return TransportNumber.HeaderLength;
    }

    /// <summary>Bytes of a header with one extension element.</summary>
    /// <param name="dataLength">Bytes of the element's data, 1–16.</param>
    public static int LengthWithExtension(int dataLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dataLength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dataLength, LargestOneByteElement);
        return HeaderLength + 4 + ((1 + dataLength + 3) & ~3);
    }

    private static void Store(
        Span<byte> destination, ulong firstByte, bool marker, PayloadType payloadType, SequenceNumber sequenceNumber, uint timestamp,
        Ssrc ssrc)
    {
        var secondByte = (marker ? 0x80u : 0u) | (payloadType.Value & 0x7Fu);
        var head = firstByte | (ulong)secondByte << 48 | (ulong)sequenceNumber.Value << 32 | timestamp;
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], ssrc.Value);
        BinaryPrimitives.WriteUInt64BigEndian(destination, head);
    }
}
