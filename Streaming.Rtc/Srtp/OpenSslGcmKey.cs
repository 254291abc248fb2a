using Streaming.Rtc.Dtls;

namespace Streaming.Rtc.Srtp;

/// <summary>AES-GCM by OpenSSL's EVP interface.</summary>
internal sealed class OpenSslGcmKey : GcmKey
{
    private readonly EvpCipher _cipher;

    /// <summary>Sets the key.</summary>
    /// <param name="key">16 bytes.</param>
    /// <param name="encrypts">A context works in one direction only.</param>
    internal OpenSslGcmKey(ReadOnlySpan<byte> key, bool encrypts)
    {
        OpenSsl.Initialize();
        _cipher = new EvpCipher(OpenSsl.Aes128Gcm(), key, encrypts);
    }

    /// <inheritdoc/>
    internal override void Encrypt(GcmNonce nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plaintext, Span<byte> output)
    {
        Check(plaintext.Length, output.Length, plaintext.Length + TagLength);
        Begin(nonce, associated);
        _cipher.Transform(plaintext, output);
        _cipher.WriteTag(output.Slice(plaintext.Length, TagLength));
    }

    /// <inheritdoc/>
    internal override bool TryDecrypt(GcmNonce nonce, ReadOnlySpan<byte> associated, Span<byte> payload, ReadOnlySpan<byte> tag)
    {
        Check(payload.Length, tag.Length, TagLength);
        Begin(nonce, associated);
        _cipher.Transform(payload, payload);
        return _cipher.MatchesTag(tag[..TagLength]);
    }

    /// <inheritdoc/>
    public override void Dispose() => _cipher.Dispose();

    private void Begin(GcmNonce nonce, ReadOnlySpan<byte> associated)
    {
        Span<byte> iv = stackalloc byte[GcmNonce.Length];
        nonce.Write(iv);
        _cipher.Begin(iv);
        _cipher.Authenticate(associated);
    }
}
