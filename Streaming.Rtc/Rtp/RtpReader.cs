using System.Buffers.Binary;

namespace Streaming.Rtc.Rtp;

/// <summary>Reads one RTP packet where it lies (RFC 3550 §5.1, header extensions by RFC 8285).</summary>
/// <remarks>
/// For plain packets: the padding of a protected one is ciphertext. What <see cref="TryRead"/> accepts lies wholly inside the packet, so
/// no property can fail. <c>default</c> is not a packet.
/// </remarks>
internal readonly ref struct RtpReader
{
    private const int FixedHeaderLength = 12;
    private const int ExtensionHeaderLength = 4;

    private readonly ReadOnlySpan<byte> _packet;

    private RtpReader(ReadOnlySpan<byte> packet, int headerLength, int paddingLength)
    {
        _packet = packet;
        HeaderLength = headerLength;
        PaddingLength = paddingLength;
    }

    /// <summary>The whole packet as given to <see cref="TryRead"/>.</summary>
    public ReadOnlySpan<byte> Packet => _packet;

    /// <summary>Bytes before the payload: fixed header, contributing sources and header extension.</summary>
    public int HeaderLength { get; }

    /// <summary>Bytes of padding at the end, its count byte included; 0–255.</summary>
    public int PaddingLength { get; }

    /// <summary>The marker bit; for video the last packet of a frame, for Opus the first after silence.</summary>
    public bool Marker => (_packet[1] & 0x80) != 0;

    /// <summary>The payload type, 0–127.</summary>
    public PayloadType PayloadType => new((byte)(_packet[1] & 0x7F));

    /// <summary>The sequence number.</summary>
    public SequenceNumber SequenceNumber => new(BinaryPrimitives.ReadUInt16BigEndian(_packet[2..]));

    /// <summary>The media timestamp in units of the payload's clock; it wraps.</summary>
    public uint Timestamp => BinaryPrimitives.ReadUInt32BigEndian(_packet[4..]);

    /// <summary>The synchronization source.</summary>
    public Ssrc Ssrc => new(BinaryPrimitives.ReadUInt32BigEndian(_packet[8..]));

    /// <summary>The payload without padding; empty for a packet that only probes the path.</summary>
    public ReadOnlySpan<byte> Payload => _packet[HeaderLength..^PaddingLength];

    /// <summary>Whether there is a header extension, of whatever profile.</summary>
    public bool HasExtension => (_packet[0] & 0x10) != 0;

    /// <summary>Reads a packet.</summary>
    /// <param name="packet">One decrypted packet, without authentication tag; the reader points into it.</param>
    /// <param name="reader">The packet, valid as long as the bytes are.</param>
    /// <returns>False when the version is not 2 or when a length in the packet points outside it.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, out RtpReader reader)
    {
        reader = default;
        if (!TryReadHeaderLength(packet, out var headerLength)) return false;

        var paddingLength = 0;
        if ((packet[0] & 0x20) != 0)
        {
            // The count includes its own byte, so zero is as wrong as too many.
            paddingLength = packet[^1];
            if (paddingLength == 0 || paddingLength > packet.Length - headerLength) return false;
        }

        reader = new RtpReader(packet, headerLength, paddingLength);
        return true;
    }

    /// <summary>Reads the header alone, which SRTP does not hide (RFC 3711 §3.1): the reader has no payload and no padding.</summary>
    /// <param name="packet">A packet, encrypted or not; its header is enough.</param>
    /// <param name="reader">The header, valid as long as the bytes are.</param>
    /// <returns>False when the version is not 2 or when a length in the header points outside what is there.</returns>
    public static bool TryReadHeader(ReadOnlySpan<byte> packet, out RtpReader reader)
    {
        var isWhole = TryReadHeaderLength(packet, out var length);
        reader = isWhole ? new RtpReader(packet[..length], length, 0) : default;
        return isWhole;
    }

    /// <summary>Reads where the header ends, which SRTP does not hide (RFC 3711 §3.1): fixed header, contributing sources, extension.</summary>
    /// <param name="packet">A packet, encrypted or not.</param>
    /// <param name="length">12 bytes or more, and no more than the packet has.</param>
    /// <returns>False when the version is not 2 or when a length in the packet points outside it.</returns>
    public static bool TryReadHeaderLength(ReadOnlySpan<byte> packet, out int length)
    {
        length = FixedHeaderLength;
        if (packet.Length < FixedHeaderLength || packet[0] >> 6 != 2) return false;

        length += 4 * (packet[0] & 0x0F);
        if ((packet[0] & 0x10) == 0) return length <= packet.Length;
        if (packet.Length < length + ExtensionHeaderLength) return false;

        length += ExtensionHeaderLength + 4 * BinaryPrimitives.ReadUInt16BigEndian(packet[(length + 2)..]);
        return length <= packet.Length;
    }

    /// <summary>Finds a header extension element (RFC 8285), in the one-byte (0xBEDE) or the two-byte form (0x100X).</summary>
    /// <param name="id">The identifier from SDP: 1–14, in the two-byte form up to 255.</param>
    /// <param name="data">The element's data, 0–255 bytes inside the packet; the first element's, when the identifier repeats.</param>
    /// <returns>False when there is no such element, or when the elements before it do not add up.</returns>
    public bool TryGetExtension(byte id, out ReadOnlySpan<byte> data)
    {
        data = default;
        if (!HasExtension || id == 0) return false;

        var start = FixedHeaderLength + 4 * (_packet[0] & 0x0F);
        var profile = BinaryPrimitives.ReadUInt16BigEndian(_packet[start..]);
        var elements = _packet[(start + ExtensionHeaderLength)..HeaderLength];
        if (profile == HeaderExtensionForms.OneByte) return TryFindOneByte(elements, id, out data);
        return (profile & 0xFFF0) == HeaderExtensionForms.TwoByte && TryFindTwoByte(elements, id, out data);
    }

    private static bool TryFindOneByte(ReadOnlySpan<byte> elements, byte id, out ReadOnlySpan<byte> data)
    {
        data = default;
        for (var at = 0; at < elements.Length;)
        {
            var header = elements[at++];
            if (header == 0) continue;

            // RFC 8285 §4.2: identifier 15, and 0 with a length, end the elements whatever follows.
            var found = header >> 4;
            if (found is 0 or 15) return false;

            var length = (header & 0x0F) + 1;
            if (length > elements.Length - at) return false;
            if (found == id)
            {
                data = elements.Slice(at, length);
                return true;
            }

            at += length;
        }

        return false;
    }

    private static bool TryFindTwoByte(ReadOnlySpan<byte> elements, byte id, out ReadOnlySpan<byte> data)
    {
        data = default;
        for (var at = 0; at < elements.Length;)
        {
            var found = elements[at++];
            if (found == 0) continue;
            if (at == elements.Length) return false;

            int length = elements[at++];
            if (length > elements.Length - at) return false;
            if (found == id)
            {
                data = elements.Slice(at, length);
                return true;
            }

            at += length;
        }

        return false;
    }
}
