using System.Buffers.Binary;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Srtp;

/// <summary>The 96 bits that must never come twice under one key.</summary>
/// <param name="First">Its first 64 bits, read as big-endian.</param>
/// <param name="Last">Its last 32 bits, read as big-endian.</param>
internal readonly record struct GcmNonce(ulong First, uint Last)
{
    /// <summary>Length in bytes.</summary>
    internal const int Length = 12;

    /// <summary>Reads the 12 bytes of a salt.</summary>
    internal static GcmNonce Read(ReadOnlySpan<byte> salt) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(salt), BinaryPrimitives.ReadUInt32BigEndian(salt[8..]));

    /// <summary>The nonce of a packet: 00 00, SSRC, 48-bit index, under the salt (RFC 7714 §8.1 and §9.1).</summary>
    /// <param name="salt">The session salt.</param>
    /// <param name="ssrc">The stream.</param>
    /// <param name="index">The packet's index; that of SRTCP has its upper bits zero.</param>
    internal static GcmNonce Of(GcmNonce salt, Ssrc ssrc, ulong index) =>
        new(salt.First ^ ((ulong)ssrc.Value << 16) ^ ((index >> 32) & 0xFFFF), salt.Last ^ (uint)index);

    /// <summary>Writes the 12 bytes.</summary>
    internal void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, First);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Last);
    }
}
