namespace Streaming.Rtc.Srtp;

/// <summary>What follows from a profile.</summary>
internal static class SrtpProfiles
{
    internal const int KeyLength = 16;

    /// <summary>OpenSSL's names of the profiles we speak, best first. GCM costs half of CM with HMAC.</summary>
    internal static string Names(SrtpProfile? only) => only switch
    {
        null => "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80",
        SrtpProfile.AeadAes128Gcm => "SRTP_AEAD_AES_128_GCM",
        SrtpProfile.AesCm128HmacSha1Tag80 => "SRTP_AES128_CM_SHA1_80",
        _ => throw new ArgumentOutOfRangeException(nameof(only), only, "Not a profile we speak."),
    };

    /// <summary>Whether a negotiated number is a profile we speak.</summary>
    internal static bool TryFrom(nuint number, out SrtpProfile profile)
    {
        profile = (SrtpProfile)(ushort)number;
        return number is (nuint)(ushort)SrtpProfile.AesCm128HmacSha1Tag80 or (nuint)(ushort)SrtpProfile.AeadAes128Gcm;
    }

    /// <summary>Bytes of master salt: 14 (RFC 3711 §8.2) or 12 (RFC 7714 §12).</summary>
    internal static int SaltLength(SrtpProfile profile) => profile == SrtpProfile.AeadAes128Gcm ? 12 : 14;

    /// <summary>Bytes that both ends' keys and salts take in the DTLS exporter's output.</summary>
    internal static int ExporterLength(SrtpProfile profile) => 2 * (KeyLength + SaltLength(profile));
}
