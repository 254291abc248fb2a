namespace Streaming.Rtc.Srtp;

/// <summary>One AES-128-GCM key at work (NIST SP 800-38D with a 96-bit nonce and a 128-bit tag), by one of the ways of <see cref="GcmKind"/>.</summary>
/// <remarks>
/// Setting a key costs several times what a packet costs; afterwards nothing is allocated. Used by one thread at a time. Whoever calls must
/// never encrypt twice under one nonce: that gives the authentication key away.
/// </remarks>
internal abstract class GcmKey : IDisposable
{
    /// <summary>Length of the key in bytes.</summary>
    internal const int KeyLength = SrtpProfiles.KeyLength;

    /// <summary>Length of the tag in bytes.</summary>
    internal const int TagLength = 16;

    /// <summary>Encrypts and authenticates.</summary>
    /// <param name="nonce">Never used before under this key.</param>
    /// <param name="associated">What is authenticated only.</param>
    /// <param name="plaintext">At most <see cref="SrtpCipher.MaxPayload"/> bytes; exactly where <paramref name="output"/> begins, or apart from it.</param>
    /// <param name="output">Takes ciphertext and tag; at least that long.</param>
    /// <exception cref="ArgumentException"><paramref name="plaintext"/> is too long, or <paramref name="output"/> too short.</exception>
    internal abstract void Encrypt(GcmNonce nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plaintext, Span<byte> output);

    /// <summary>Checks and decrypts in place; on failure what <paramref name="payload"/> holds is worthless.</summary>
    /// <param name="nonce">As it was encrypted under.</param>
    /// <param name="associated">What is authenticated only.</param>
    /// <param name="payload">Ciphertext, then plaintext; at most <see cref="SrtpCipher.MaxPayload"/> bytes.</param>
    /// <param name="tag">16 bytes, apart from <paramref name="payload"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="payload"/> is too long, or <paramref name="tag"/> not a tag.</exception>
    internal abstract bool TryDecrypt(GcmNonce nonce, ReadOnlySpan<byte> associated, Span<byte> payload, ReadOnlySpan<byte> tag);

    /// <summary>Reads what encrypting a short packet reads of the key: it is in the cache then.</summary>
    /// <returns>Nothing of meaning; whoever calls must use it, or nothing is read.</returns>
    internal virtual int Touch() => 0;

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Refuses what the ways do not take.</summary>
    private protected static void Check(int length, int room, int needed)
    {
        if (length > SrtpCipher.MaxPayload || room < needed)
            Refuse(length);
    }

    private static void Refuse(int length) => throw new ArgumentException(
        length > SrtpCipher.MaxPayload
            ? $"{length} bytes are too long for a packet; {SrtpCipher.MaxPayload} are the most."
            : "Too short for ciphertext and tag.");
}
