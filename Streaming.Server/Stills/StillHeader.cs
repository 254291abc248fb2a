using System.Buffers.Binary;

namespace Streaming.Server.Stills;

/// <summary>What a picture's first bytes say of it.</summary>
/// <param name="MediaType"><c>image/webp</c> or <c>image/jpeg</c>.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
internal readonly record struct StillHeader(string MediaType, int Width, int Height)
{
    public const string Webp = "image/webp";
    public const string Jpeg = "image/jpeg";

    /// <summary>Reads the head of a still picture in WebP or JPEG; false for everything else, and for one that moves.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out StillHeader header)
    {
        header = default;
        var isRead = bytes is [0xFF, 0xD8, 0xFF, ..] ? TryReadJpeg(bytes, out header)
            : bytes.Length > 30 && bytes[..4].SequenceEqual("RIFF"u8) && bytes[8..12].SequenceEqual("WEBP"u8) && TryReadWebp(bytes[12..], out header);
        return isRead && header is { Width: > 0, Height: > 0 };
    }

    // RFC 9649 §2.4–2.7: the first chunk tells the size, each of the three kinds in its own way.
    private static bool TryReadWebp(ReadOnlySpan<byte> chunk, out StillHeader header)
    {
        header = default;
        var data = chunk[8..];
        if (chunk[..4].SequenceEqual("VP8 "u8) && (data[0] & 1) == 0 && data[3..6] is [0x9D, 0x01, 0x2A])
        {
            header = new(Webp, Short(data, 6) & 0x3FFF, Short(data, 8) & 0x3FFF);
        }
        else if (chunk[..4].SequenceEqual("VP8L"u8) && data[0] == 0x2F)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
            header = new(Webp, (int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1);
        }
        else if (chunk[..4].SequenceEqual("VP8X"u8) && (data[0] & 0x02) == 0)
        {
            header = new(Webp, Triple(data, 4) + 1, Triple(data, 7) + 1);
        }

        return header.MediaType is not null;

        static int Short(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadUInt16LittleEndian(data[at..]);
        static int Triple(ReadOnlySpan<byte> data, int at) => data[at] | (data[at + 1] << 8) | (data[at + 2] << 16);
    }

    // ITU-T T.81 §B.1–B.2: segments up to the frame header, which tells the size.
    private static bool TryReadJpeg(ReadOnlySpan<byte> bytes, out StillHeader header)
    {
        header = default;
        var rest = bytes[2..];
        while (rest is [0xFF, var marker, _, _, ..])
        {
            if (marker == 0xFF)
            {
                rest = rest[1..];   // fill bytes may stand before a marker
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                if (length < 8 || rest.Length < 9)
                {
                    return false;
                }

                header = new(Jpeg, BinaryPrimitives.ReadUInt16BigEndian(rest[7..]), BinaryPrimitives.ReadUInt16BigEndian(rest[5..]));
                return true;
            }

            if (marker is 0xD9 or 0xDA or < 0xC0 || length < 2 || rest.Length < 2 + length)
            {
                return false;
            }

            rest = rest[(2 + length)..];
        }

        return false;
    }
}
