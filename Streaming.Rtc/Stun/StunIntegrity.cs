using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using static Streaming.Rtc.Stun.StunFormat;

namespace Streaming.Rtc.Stun;

/// <summary>The value of MESSAGE-INTEGRITY (RFC 8489 §14.5): HMAC-SHA1 over what precedes it.</summary>
internal static class StunIntegrity
{
    /// <summary>Computes the value.</summary>
    /// <param name="covered">The message up to the attribute, at most <see cref="MaxMessageLength"/> bytes; what its length field says does not matter.</param>
    /// <param name="key">The password's bytes.</param>
    /// <param name="destination">20 bytes.</param>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 8445 §7.2.2 prescribes MESSAGE-INTEGRITY, which is HMAC-SHA1.")]
    public static void Compute(ReadOnlySpan<byte> covered, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        // The length field is hashed as if the message ended with this attribute. The message is not ours to patch, so a copy is.
        Span<byte> copy = stackalloc byte[MaxMessageLength];
        copy = copy[..covered.Length];
        covered.CopyTo(copy);
        var length = covered.Length - HeaderLength + AttributeHeaderLength + IntegrityLength;
        BinaryPrimitives.WriteUInt16BigEndian(copy[2..], (ushort)length);
        HMACSHA1.HashData(key, copy, destination);
    }
}
