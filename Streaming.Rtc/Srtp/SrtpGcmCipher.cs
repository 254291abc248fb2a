using System.Buffers.Binary;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Srtp;

/// <summary>AEAD_AES_128_GCM (RFC 7714) by OpenSSL.</summary>
internal sealed class SrtpGcmCipher : SrtpCipher
{
    /// <summary>Length of the tag in bytes.</summary>
    internal const int Tag = 16;

    private const int IvLength = 12;

    private readonly EvpCipher _rtp;
    private readonly EvpCipher _rtcp;
    private readonly byte[] _rtpSalt;
    private readonly byte[] _rtcpSalt;

    internal SrtpGcmCipher(SrtpSessionKeys rtp, SrtpSessionKeys rtcp, bool encrypts)
    {
        OpenSsl.Initialize();
        _rtp = new EvpCipher(OpenSsl.Aes128Gcm(), rtp.Encryption, encrypts);
        _rtcp = new EvpCipher(OpenSsl.Aes128Gcm(), rtcp.Encryption, encrypts);
        _rtpSalt = rtp.Salt;
        _rtcpSalt = rtcp.Salt;
    }

    /// <inheritdoc/>
    internal override int TagLength => Tag;

    /// <inheritdoc/>
    internal override void ProtectRtp(Ssrc ssrc, ulong index, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> output)
    {
        Span<byte> iv = stackalloc byte[IvLength];
        WriteIv(iv, _rtpSalt, ssrc, index);
        _rtp.Begin(iv);
        _rtp.Authenticate(header);
        _rtp.Transform(payload, output);
        _rtp.WriteTag(output[payload.Length..]);
    }

    /// <inheritdoc/>
    internal override bool TryUnprotectRtp(Ssrc ssrc, ulong index, ReadOnlySpan<byte> header, Span<byte> protectedPayload)
    {
        var payload = protectedPayload[..^Tag];
        Span<byte> iv = stackalloc byte[IvLength];
        WriteIv(iv, _rtpSalt, ssrc, index);
        _rtp.Begin(iv);
        _rtp.Authenticate(header);
        _rtp.Transform(payload, payload);
        return _rtp.MatchesTag(protectedPayload[^Tag..]);
    }

    /// <inheritdoc/>
    /// <remarks>RFC 7714 §9.3: header, ciphertext, tag, word; the word is authenticated as it is sent.</remarks>
    internal override void ProtectRtcp(Ssrc ssrc, uint word, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> output)
    {
        BeginRtcp(ssrc, word, header);
        _rtcp.Transform(payload, output);
        _rtcp.WriteTag(output.Slice(payload.Length, Tag));
        BinaryPrimitives.WriteUInt32BigEndian(output[(payload.Length + Tag)..], word);
    }

    /// <inheritdoc/>
    internal override uint ReadRtcpWord(ReadOnlySpan<byte> protectedPayload) =>
        BinaryPrimitives.ReadUInt32BigEndian(protectedPayload[^RtcpWordLength..]);

    /// <inheritdoc/>
    internal override bool TryUnprotectRtcp(Ssrc ssrc, uint word, ReadOnlySpan<byte> header, Span<byte> protectedPayload)
    {
        var payload = protectedPayload[..^(Tag + RtcpWordLength)];
        BeginRtcp(ssrc, word, header);
        _rtcp.Transform(payload, payload);
        return _rtcp.MatchesTag(protectedPayload.Slice(payload.Length, Tag));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    private void BeginRtcp(Ssrc ssrc, uint word, ReadOnlySpan<byte> header)
    {
        Span<byte> bytes = stackalloc byte[IvLength];
        WriteIv(bytes, _rtcpSalt, ssrc, word & ~EncryptedFlag);
        _rtcp.Begin(bytes);
        _rtcp.Authenticate(header);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, word);
        _rtcp.Authenticate(bytes[..RtcpWordLength]);
    }

    // RFC 7714 §8.1 and §9.1: 00 00, SSRC, 48-bit index, under the salt. An SRTCP index has its upper bits zero.
    private static void WriteIv(Span<byte> iv, ReadOnlySpan<byte> salt, Ssrc ssrc, ulong index)
    {
        var high = BinaryPrimitives.ReadUInt32BigEndian(salt) ^ (ssrc.Value >> 16);
        var low = BinaryPrimitives.ReadUInt64BigEndian(salt[4..]) ^ ((ulong)ssrc.Value << 48) ^ (index & 0xFFFF_FFFF_FFFF);
        BinaryPrimitives.WriteUInt32BigEndian(iv, high);
        BinaryPrimitives.WriteUInt64BigEndian(iv[4..], low);
    }
}
