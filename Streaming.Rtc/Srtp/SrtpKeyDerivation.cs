using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Streaming.Rtc.Srtp;

/// <summary>What a derived key is for (RFC 3711 §4.3.1, §4.3.2).</summary>
internal enum SrtpKeyLabel : byte
{
    RtpEncryption = 0,
    RtpAuthentication = 1,
    RtpSalt = 2,
    RtcpEncryption = 3,
    RtcpAuthentication = 4,
    RtcpSalt = 5,
}

/// <summary>The key derivation of RFC 3711 §4.3 with a derivation rate of zero: keys are derived once.</summary>
internal static class SrtpKeyDerivation
{
    /// <summary>Fills <paramref name="output"/> with AES-CM keystream (RFC 3711 §4.3.3).</summary>
    /// <param name="masterKey">16 bytes.</param>
    /// <param name="masterSalt">14 bytes, or 12, which count as followed by two zero bytes (RFC 7714 §11).</param>
    /// <param name="label">What the key is for.</param>
    /// <param name="output">As long as the key wanted.</param>
    internal static void Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, SrtpKeyLabel label, Span<byte> output)
    {
        using var aes = Aes.Create();
        aes.SetKey(masterKey);

        Span<byte> counter = stackalloc byte[16];
        Span<byte> keystream = stackalloc byte[16];
        counter.Clear();
        masterSalt.CopyTo(counter);

        // The key identifier is the label and a 48-bit index, here 0, right-aligned under the 14 bytes of salt.
        counter[7] ^= (byte)label;

        for (ushort block = 0; output.Length > 0; block++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(counter[14..], block);
            aes.EncryptEcb(counter, keystream, PaddingMode.None);
            var length = Math.Min(keystream.Length, output.Length);
            keystream[..length].CopyTo(output);
            output = output[length..];
        }

        keystream.Clear();
    }
}
