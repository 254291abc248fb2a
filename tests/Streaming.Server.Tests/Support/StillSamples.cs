using System.Buffers.Binary;

namespace Streaming.Server.Tests.Support;

/// <summary>Heads of pictures, as encoders write them, with nothing behind that anybody would look at.</summary>
internal static class StillSamples
{
    /// <summary>A lossy WebP (RFC 9649 §2.5) of a size; <paramref name="seed"/> makes it another one.</summary>
    public static byte[] Webp(int width = 1280, int height = 720, byte seed = 0, int length = 400)
    {
        var bytes = Riff("VP8 "u8, length);
        bytes[20] = 0x10;   // a key frame, shown
        ((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]).CopyTo(bytes.AsSpan(23));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(26), (ushort)width);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(28), (ushort)height);
        bytes[^1] = seed;
        return bytes;
    }

    /// <summary>A lossless WebP (RFC 9649 §2.6).</summary>
    public static byte[] LosslessWebp(int width, int height)
    {
        var bytes = Riff("VP8L"u8, 64);
        bytes[20] = 0x2F;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(21), (uint)((width - 1) | ((height - 1) << 14)));
        return bytes;
    }

    /// <summary>An extended WebP (RFC 9649 §2.7).</summary>
    public static byte[] ExtendedWebp(int width, int height, bool moves = false)
    {
        var bytes = Riff("VP8X"u8, 64);
        bytes[20] = (byte)(moves ? 0x12 : 0x10);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(24), (ushort)(width - 1));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(27), (ushort)(height - 1));
        return bytes;
    }

    /// <summary>A JPEG (ITU-T T.81) with an application segment before its frame header.</summary>
    public static byte[] Jpeg(int width, int height, byte frame = 0xC0)
    {
        byte[] bytes =
        [
            0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x04, 0x4A, 0x46, 0xFF, 0xFF, frame, 0x00, 0x11, 0x08, (byte)(height >> 8), (byte)height, (byte)(width >> 8),
            (byte)width, 0x03, 0x01, 0x22, 0x00, 0x02, 0x11, 0x01, 0x03, 0x11, 0x01, 0xFF, 0xD9,
        ];
        return bytes;
    }

    private static byte[] Riff(ReadOnlySpan<byte> chunk, int length)
    {
        var bytes = new byte[length];
        "RIFF"u8.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)(length - 8));
        "WEBP"u8.CopyTo(bytes.AsSpan(8));
        chunk.CopyTo(bytes.AsSpan(12));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), (uint)(length - 20));
        return bytes;
    }
}
