using System.Buffers.Binary;

namespace Streaming.Rtc.Rtp;

/// <summary>How large a picture is, in pixels.</summary>
public readonly record struct PictureSize(int Width, int Height)
{
    /// <summary>Reads the size that a key frame says of itself.</summary>
    /// <param name="codec">The codec; of others than VP8 nothing is read.</param>
    /// <param name="payload">The first packet's payload, without padding.</param>
    /// <param name="size">The size.</param>
    /// <returns>False when the packet says none.</returns>
    internal static bool TryRead(Codec codec, ReadOnlySpan<byte> payload, out PictureSize size)
    {
        // RFC 6386 §9.1: frame tag of three bytes, start code 9d 01 2a, then width and height in 14 bits each, with two of scaling on top.
        size = default;
        if (codec != Codec.Vp8 || !Vp8Descriptor.TryRead(payload, out var descriptor) || !descriptor.IsKeyFrame) return false;
        if (payload[descriptor.Length..] is not [_, _, _, 0x9D, 0x01, 0x2A, _, _, _, _, ..]) return false;

        var data = payload[(descriptor.Length + 6)..];
        size = new PictureSize(
            BinaryPrimitives.ReadUInt16LittleEndian(data) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(data[2..]) & 0x3FFF);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Width}x{Height}";
}
