using System.Buffers.Binary;

namespace Streaming.Rtc.Rtp;

/// <summary>
/// The header extension that numbers the packets of all streams of a connection (draft-holmer-rmcat-transport-wide-cc-extensions-01 §2):
/// 16 bits that wrap, named <see cref="HeaderExtensionUris.TransportCc"/>.
/// </summary>
internal static class TransportNumber
{
    /// <summary>Bytes of the element's data.</summary>
    public const int Length = 2;

    /// <summary>Bytes of a header that has this element and no other.</summary>
    public const int HeaderLength = RtpWriter.HeaderLength + 8;

    /// <summary>Where the number lies in such a header, so that it can be changed in place.</summary>
    public const int OffsetInHeader = RtpWriter.HeaderLength + 5;

    /// <summary>Reads a packet's transport number.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="id">The extension's identifier from SDP; 0 when it was not negotiated.</param>
    /// <param name="number">The number.</param>
    /// <returns>False when the packet has none, or one of another length.</returns>
    public static bool TryRead(in RtpReader packet, byte id, out SequenceNumber number)
    {
        number = default;
        if (!packet.TryGetExtension(id, out var data) || data.Length != Length) return false;

        number = new SequenceNumber(BinaryPrimitives.ReadUInt16BigEndian(data));
        return true;
    }

    /// <summary>Writes the element's data: the number alone, to change it in place or to place it among other elements.</summary>
    /// <param name="data">At least <see cref="Length"/> bytes.</param>
    /// <param name="number">The number.</param>
    public static void Write(Span<byte> data, SequenceNumber number) => BinaryPrimitives.WriteUInt16BigEndian(data, number.Value);

    /// <summary>Writes the header extension that follows a fixed header, with this element alone, in the one-byte form (RFC 8285 §4.2).</summary>
    /// <remarks>One store of eight bytes, for the reason that <see cref="RtpWriter"/> gives.</remarks>
    /// <param name="extension">At least 8 bytes.</param>
    /// <param name="id">The element's identifier, 1–14.</param>
    /// <param name="number">The number.</param>
    public static void WriteExtension(Span<byte> extension, byte id, SequenceNumber number)
    {
        const ulong Form = (ulong)HeaderExtensionForms.OneByte << 48 | 1UL << 32;
        ArgumentOutOfRangeException.ThrowIfZero(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(id, HeaderExtensionForms.LargestOneByteId);
        var element = (ulong)(uint)(id << 4 | (Length - 1)) << 24 | (ulong)number.Value << 8;
        BinaryPrimitives.WriteUInt64BigEndian(extension, Form | element);
    }
}
