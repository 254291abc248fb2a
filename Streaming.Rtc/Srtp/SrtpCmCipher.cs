using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Srtp;

/// <summary>AES_CM_128_HMAC_SHA1_80 (RFC 3711 §4) by OpenSSL. Counter mode is the same in both directions.</summary>
internal sealed class SrtpCmCipher : SrtpCipher
{
    /// <summary>Length of the tag in bytes: the digest's first 80 bits.</summary>
    internal const int Tag = 10;

    private const int IvLength = 16;

    private readonly EvpCipher _rtp;
    private readonly EvpCipher _rtcp;
    private readonly EvpHmac _rtpHmac;
    private readonly EvpHmac _rtcpHmac;
    private readonly byte[] _rtpSalt;
    private readonly byte[] _rtcpSalt;
    private NonceRecord? _rtpNonces;
    private NonceRecord? _rtcpNonces;

    internal SrtpCmCipher(SrtpSessionKeys rtp, SrtpSessionKeys rtcp)
    {
        OpenSsl.Initialize();
        _rtp = new EvpCipher(OpenSsl.Aes128Ctr(), rtp.Encryption, encrypts: true);
        _rtcp = new EvpCipher(OpenSsl.Aes128Ctr(), rtcp.Encryption, encrypts: true);
        _rtpHmac = new EvpHmac(rtp.Authentication);
        _rtcpHmac = new EvpHmac(rtcp.Authentication);
        _rtpSalt = rtp.Salt;
        _rtcpSalt = rtcp.Salt;
    }

    /// <inheritdoc/>
    internal override int TagLength => Tag;

    /// <inheritdoc/>
    internal override void ProtectRtp(Ssrc ssrc, ulong index, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> output)
    {
        Record(ref _rtpNonces, _rtpSalt, ssrc, index);
        Apply(_rtp, _rtpSalt, ssrc, index, payload, output);

        Span<byte> digest = stackalloc byte[EvpHmac.DigestLength];
        ComputeRtpDigest(index, header, output[..payload.Length], digest);
        digest[..Tag].CopyTo(output[payload.Length..]);
    }

    /// <inheritdoc/>
    internal override bool TryUnprotectRtp(Ssrc ssrc, ulong index, ReadOnlySpan<byte> header, Span<byte> protectedPayload)
    {
        var payload = protectedPayload[..^Tag];
        Span<byte> digest = stackalloc byte[EvpHmac.DigestLength];
        ComputeRtpDigest(index, header, payload, digest);
        if (!CryptographicOperations.FixedTimeEquals(digest[..Tag], protectedPayload[^Tag..]))
            return false;

        Apply(_rtp, _rtpSalt, ssrc, index, payload, payload);
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>RFC 3711 §3.4: header, ciphertext, word, tag.</remarks>
    internal override void ProtectRtcp(Ssrc ssrc, uint word, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> output)
    {
        Record(ref _rtcpNonces, _rtcpSalt, ssrc, word & ~EncryptedFlag);
        Apply(_rtcp, _rtcpSalt, ssrc, word & ~EncryptedFlag, payload, output);

        var wordBytes = output.Slice(payload.Length, RtcpWordLength);
        BinaryPrimitives.WriteUInt32BigEndian(wordBytes, word);
        Span<byte> digest = stackalloc byte[EvpHmac.DigestLength];
        _rtcpHmac.Compute(header, output[..payload.Length], wordBytes, digest);
        digest[..Tag].CopyTo(output[(payload.Length + RtcpWordLength)..]);
    }

    /// <inheritdoc/>
    internal override uint ReadRtcpWord(ReadOnlySpan<byte> protectedPayload) =>
        BinaryPrimitives.ReadUInt32BigEndian(protectedPayload[^(Tag + RtcpWordLength)..]);

    /// <inheritdoc/>
    internal override bool TryUnprotectRtcp(Ssrc ssrc, uint word, ReadOnlySpan<byte> header, Span<byte> protectedPayload)
    {
        var payload = protectedPayload[..^(Tag + RtcpWordLength)];
        Span<byte> digest = stackalloc byte[EvpHmac.DigestLength];
        _rtcpHmac.Compute(header, payload, protectedPayload.Slice(payload.Length, RtcpWordLength), digest);
        if (!CryptographicOperations.FixedTimeEquals(digest[..Tag], protectedPayload[^Tag..]))
            return false;

        Apply(_rtcp, _rtcpSalt, ssrc, word & ~EncryptedFlag, payload, payload);
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
        _rtpHmac.Dispose();
        _rtcpHmac.Dispose();
    }

    // RFC 3711 §4.2: the rollover counter is authenticated although it is not sent.
    private void ComputeRtpDigest(ulong index, ReadOnlySpan<byte> header, ReadOnlySpan<byte> ciphertext, Span<byte> digest)
    {
        Span<byte> rollover = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(rollover, (uint)(index >> 16));
        _rtpHmac.Compute(header, ciphertext, rollover, digest);
    }

    // The lowest 16 bits of an IV count blocks.
    [Conditional("RECORD_NONCES")]
    private static void Record(ref NonceRecord? used, ReadOnlySpan<byte> salt, Ssrc ssrc, ulong index)
    {
        Span<byte> iv = stackalloc byte[IvLength];
        WriteIv(iv, salt, ssrc, index);
        (used ??= new NonceRecord()).Add(BinaryPrimitives.ReadUInt128BigEndian(iv) >> 16);
    }

    // RFC 3711 §4.1.1: IV = salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16.
    private static void WriteIv(Span<byte> iv, ReadOnlySpan<byte> salt, Ssrc ssrc, ulong index)
    {
        var high = BinaryPrimitives.ReadUInt64BigEndian(salt) ^ ssrc.Value;
        var low = ((ulong)BinaryPrimitives.ReadUInt32BigEndian(salt[8..]) << 32) | ((ulong)BinaryPrimitives.ReadUInt16BigEndian(salt[12..]) << 16);
        BinaryPrimitives.WriteUInt64BigEndian(iv, high);
        BinaryPrimitives.WriteUInt64BigEndian(iv[8..], low ^ (index << 16));
    }

    private static void Apply(EvpCipher cipher, ReadOnlySpan<byte> salt, Ssrc ssrc, ulong index, ReadOnlySpan<byte> input, Span<byte> output)
    {
        Span<byte> iv = stackalloc byte[IvLength];
        WriteIv(iv, salt, ssrc, index);
        cipher.Begin(iv);
        cipher.Transform(input, output);
    }
}
