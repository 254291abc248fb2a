namespace Streaming.Rtc.Srtp;

/// <summary>An SRTP protection profile by its number in use_srtp (RFC 5764 §4.1.2, RFC 7714 §14.2).</summary>
public enum SrtpProfile : ushort
{
    /// <summary>AES-128 in counter mode with an 80-bit HMAC-SHA1 tag (RFC 3711).</summary>
    AesCm128HmacSha1Tag80 = 1,

    /// <summary>AES-128 in Galois/counter mode with a 128-bit tag (RFC 7714).</summary>
    AeadAes128Gcm = 7,
}
