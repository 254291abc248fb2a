using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Srtp;

/// <summary>The session keys of one direction at work: knows a profile's nonces, layouts and tags, and nothing of streams.</summary>
/// <remarks>
/// Used by one thread at a time. Nothing here allocates after construction. Whoever calls must never protect two different packets under one
/// SSRC and index: with GCM that gives the authentication key away.
/// </remarks>
internal abstract class SrtpCipher : IDisposable
{
    /// <summary>The E flag of the SRTCP word: this packet is encrypted (RFC 3711 §3.4).</summary>
    internal const uint EncryptedFlag = 0x8000_0000;

    /// <summary>Length of the SRTCP word that carries E flag and index.</summary>
    internal const int RtcpWordLength = 4;

    /// <summary>The longest payload in bytes, RTP padding included; a datagram of Ethernet holds less than half of it.</summary>
    internal const int MaxPayload = 4_000;

    /// <summary>Length of the authentication tag in bytes.</summary>
    internal abstract int TagLength { get; }

    /// <summary>Makes the cipher of one direction.</summary>
    /// <param name="profile">The negotiated profile.</param>
    /// <param name="masterKey">16 bytes.</param>
    /// <param name="masterSalt">12 or 14 bytes.</param>
    /// <param name="encrypts">Which direction.</param>
    /// <param name="gcm">Which code does AES-GCM.</param>
    internal static SrtpCipher Create(
        SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, bool encrypts, GcmKind gcm = GcmKind.Auto)
    {
        var rtp = SrtpSessionKeys.Derive(profile, masterKey, masterSalt, rtcp: false);
        var rtcp = SrtpSessionKeys.Derive(profile, masterKey, masterSalt, rtcp: true);
        return profile == SrtpProfile.AeadAes128Gcm ? new SrtpGcmCipher(rtp, rtcp, encrypts, gcm) : new SrtpCmCipher(rtp, rtcp);
    }

    /// <inheritdoc cref="GcmKey.Touch"/>
    internal virtual int Touch() => 0;

    /// <summary>Encrypts an RTP payload and authenticates it with its header.</summary>
    /// <param name="ssrc">The stream.</param>
    /// <param name="index">Rollover counter and sequence number, 48 bits.</param>
    /// <param name="header">The whole RTP header with CSRCs and extension.</param>
    /// <param name="payload">At most <see cref="MaxPayload"/> bytes; either exactly where <paramref name="output"/> begins or apart from it.</param>
    /// <param name="output">Takes ciphertext and tag: as long as the payload and <see cref="TagLength"/>, exactly.</param>
    internal abstract void ProtectRtp(Ssrc ssrc, ulong index, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> output);

    /// <summary>Checks and decrypts an RTP payload in place; on failure what it holds is worthless.</summary>
    /// <param name="ssrc">The stream.</param>
    /// <param name="index">The guessed index, 48 bits.</param>
    /// <param name="header">The whole RTP header.</param>
    /// <param name="protectedPayload">Ciphertext and tag; at least <see cref="TagLength"/> bytes, and at most <see cref="MaxPayload"/> more.</param>
    internal abstract bool TryUnprotectRtp(Ssrc ssrc, ulong index, ReadOnlySpan<byte> header, Span<byte> protectedPayload);

    /// <summary>Encrypts RTCP after its first header.</summary>
    /// <param name="ssrc">The sender named in the first header.</param>
    /// <param name="word"><see cref="EncryptedFlag"/> and the 31-bit SRTCP index.</param>
    /// <param name="header">The first 8 bytes of the compound packet.</param>
    /// <param name="payload">The rest, at most <see cref="MaxPayload"/> bytes; either exactly where <paramref name="output"/> begins or apart from it.</param>
    /// <param name="output">Takes ciphertext, tag and word: longer than the payload by <see cref="TagLength"/> + 4, exactly.</param>
    internal abstract void ProtectRtcp(Ssrc ssrc, uint word, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> output);

    /// <summary>Finds the SRTCP word, which the profiles keep in different places.</summary>
    /// <param name="protectedPayload">All after the first header; at least <see cref="TagLength"/> + 4 bytes.</param>
    internal abstract uint ReadRtcpWord(ReadOnlySpan<byte> protectedPayload);

    /// <summary>Checks and decrypts RTCP in place; on failure what it holds is worthless.</summary>
    /// <param name="ssrc">The sender named in the first header.</param>
    /// <param name="word">What <see cref="ReadRtcpWord"/> found.</param>
    /// <param name="header">The first 8 bytes of the compound packet.</param>
    /// <param name="protectedPayload">All after them; at least <see cref="TagLength"/> + 4 bytes, and at most <see cref="MaxPayload"/> more.</param>
    internal abstract bool TryUnprotectRtcp(Ssrc ssrc, uint word, ReadOnlySpan<byte> header, Span<byte> protectedPayload);

    /// <inheritdoc/>
    public abstract void Dispose();
}
