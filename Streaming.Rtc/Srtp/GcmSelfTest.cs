using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Streaming.Rtc.Srtp;

/// <summary>Compares a way of doing AES-GCM with the framework's own, before anything is sent by it.</summary>
/// <remarks>Takes a millisecond or two, and the compiling of what is tested; so the first packet finds it compiled.</remarks>
internal static class GcmSelfTest
{
    // Around blocks, vectors and steps; then packets of voice and of video, and the longest.
    private static ReadOnlySpan<short> Lengths =>
    [
        0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 79, 80, 81, 88, 95, 96, 97, 111, 112, 113, 127, 128, 129, 143, 144, 145, 191, 192, 193,
        255, 256, 257, 383, 384, 385, 511, 512, 513, 1_060, 1_088, 1_188, 1_500, SrtpCipher.MaxPayload,
    ];

    private static ReadOnlySpan<byte> AssociatedLengths => [12, 16, 20, 28, 48, 64, 68, 72, 140];

    /// <summary>Makes a key for one direction.</summary>
    /// <param name="key">16 bytes.</param>
    /// <param name="encrypts">Which direction.</param>
    internal delegate GcmKey KeySetter(ReadOnlySpan<byte> key, bool encrypts);

    /// <summary>What is wrong with a way; null when nothing is.</summary>
    internal static string? Failure(KeySetter setKey)
    {
        try
        {
            return Compare(setKey);
        }
        catch (Exception e)
        {
            return $"it threw {e.GetType().Name}: {e.Message.TrimEnd('.')}";
        }
    }

    private static string? Compare(KeySetter setKey)
    {
        var random = new Random(38);
        Span<byte> keyBytes = stackalloc byte[GcmKey.KeyLength];
        random.NextBytes(keyBytes);
        using var reference = new AesGcm(keyBytes, GcmKey.TagLength);
        using var encryptor = setKey(keyBytes, encrypts: true);
        using var decryptor = setKey(keyBytes, encrypts: false);
        var round = 0;
        foreach (var length in Lengths)
        {
            for (var i = 0; i < 3; i++, round++)
            {
                var associated = new byte[AssociatedLengths[round % AssociatedLengths.Length]];
                var plaintext = new byte[length];
                random.NextBytes(associated);
                random.NextBytes(plaintext);
                if (Compare(reference, encryptor, decryptor, round, associated, plaintext) is { } failure)
                    return $"{failure}, at {length} bytes and {associated.Length} of header";
            }
        }

        return null;
    }

    private static string? Compare(AesGcm reference, GcmKey encryptor, GcmKey decryptor, int round, byte[] associated, byte[] plaintext)
    {
        var nonce = new GcmNonce(0x0123_4567_89AB_CDEF * (ulong)(round + 1), (uint)round);
        Span<byte> nonceBytes = stackalloc byte[GcmNonce.Length];
        nonce.Write(nonceBytes);
        var expected = new byte[plaintext.Length + GcmKey.TagLength];
        reference.Encrypt(nonceBytes, plaintext, expected.AsSpan(0, plaintext.Length), expected.AsSpan(plaintext.Length), associated);

        var output = new byte[expected.Length];
        encryptor.Encrypt(nonce, associated, plaintext, output);
        if (!output.AsSpan().SequenceEqual(expected))
            return "it encrypts differently";

        var inPlace = new byte[expected.Length];
        plaintext.CopyTo(inPlace, 0);
        encryptor.Encrypt(nonce, associated, inPlace.AsSpan(0, plaintext.Length), inPlace);
        if (!inPlace.AsSpan().SequenceEqual(expected))
            return "it encrypts differently in place";

        if (!TryDecrypt(decryptor, nonce, associated, inPlace) || !inPlace.AsSpan(0, plaintext.Length).SequenceEqual(plaintext))
            return "it does not decrypt what is genuine";

        // One bit anywhere: ciphertext, tag, header.
        var bit = (int)(BinaryPrimitives.ReverseEndianness((uint)round * 2_654_435_761) % (uint)((expected.Length + associated.Length) * 8));
        var forged = bit / 8 < expected.Length ? expected : associated;
        forged[(bit / 8) - (forged == associated ? expected.Length : 0)] ^= (byte)(1 << (bit % 8));
        return TryDecrypt(decryptor, nonce, associated, expected) ? "it accepts a packet with a forged bit" : null;
    }

    private static bool TryDecrypt(GcmKey decryptor, GcmNonce nonce, byte[] associated, byte[] packet) =>
        decryptor.TryDecrypt(nonce, associated, packet.AsSpan(..^GcmKey.TagLength), packet.AsSpan(^GcmKey.TagLength..));
}
