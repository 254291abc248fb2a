namespace Streaming.Rtc.Srtp;

/// <summary>The session keys of one direction of RTP or of RTCP.</summary>
/// <param name="Encryption">16 bytes.</param>
/// <param name="Authentication">20 bytes of HMAC-SHA1 key; empty for GCM.</param>
/// <param name="Salt">12 or 14 bytes.</param>
internal sealed record SrtpSessionKeys(byte[] Encryption, byte[] Authentication, byte[] Salt)
{
    /// <summary>Derives the session keys from a master key, for RTP or for RTCP.</summary>
    internal static SrtpSessionKeys Derive(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, bool rtcp)
    {
        var first = rtcp ? SrtpKeyLabel.RtcpEncryption : SrtpKeyLabel.RtpEncryption;
        var encryption = new byte[SrtpProfiles.KeyLength];
        var authentication = new byte[profile == SrtpProfile.AeadAes128Gcm ? 0 : 20];
        var salt = new byte[SrtpProfiles.SaltLength(profile)];
        SrtpKeyDerivation.Derive(masterKey, masterSalt, first, encryption);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, first + 1, authentication);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, first + 2, salt);
        return new SrtpSessionKeys(encryption, authentication, salt);
    }
}
