using System.Buffers.Binary;
using System.Diagnostics;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Srtp;

/// <summary>AEAD_AES_128_GCM (RFC 7714).</summary>
internal sealed class SrtpGcmCipher : SrtpCipher
{
    /// <summary>Length of the tag in bytes.</summary>
    internal const int Tag = GcmKey.TagLength;

    private const int RtcpHeaderLength = 8;

    private readonly GcmKey _rtp;
    private readonly GcmKey _rtcp;
    private readonly GcmNonce _rtpSalt;
    private readonly GcmNonce _rtcpSalt;
    private NonceRecord? _rtpNonces;
    private NonceRecord? _rtcpNonces;

    /// <summary>Sets the keys of one direction.</summary>
    /// <param name="rtp">For RTP.</param>
    /// <param name="rtcp">For RTCP.</param>
    /// <param name="encrypts">Which direction.</param>
    /// <param name="gcm">By which code.</param>
    internal SrtpGcmCipher(SrtpSessionKeys rtp, SrtpSessionKeys rtcp, bool encrypts, GcmKind gcm = GcmKind.Auto)
    {
        _rtp = GcmChoice.Machine.SetKey(gcm, rtp.Encryption, encrypts);
        _rtcp = GcmChoice.Machine.SetKey(gcm, rtcp.Encryption, encrypts);
        _rtpSalt = GcmNonce.Read(rtp.Salt);
        _rtcpSalt = GcmNonce.Read(rtcp.Salt);
    }

    /// <inheritdoc/>
    internal override int TagLength => Tag;

    /// <inheritdoc/>
    internal override int Touch() => _rtp.Touch();

    /// <inheritdoc/>
    internal override void ProtectRtp(Ssrc ssrc, ulong index, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> output)
    {
        var nonce = GcmNonce.Of(_rtpSalt, ssrc, index);
        Record(ref _rtpNonces, nonce);
        _rtp.Encrypt(nonce, header, payload, output);
    }

    /// <inheritdoc/>
    internal override bool TryUnprotectRtp(Ssrc ssrc, ulong index, ReadOnlySpan<byte> header, Span<byte> protectedPayload) =>
        _rtp.TryDecrypt(GcmNonce.Of(_rtpSalt, ssrc, index), header, protectedPayload[..^Tag], protectedPayload[^Tag..]);

    /// <inheritdoc/>
    /// <remarks>RFC 7714 §9.3: header, ciphertext, tag, word; the word is authenticated as it is sent.</remarks>
    internal override void ProtectRtcp(Ssrc ssrc, uint word, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> output)
    {
        Span<byte> associated = stackalloc byte[RtcpHeaderLength + RtcpWordLength];
        WriteAssociated(header, word, associated);
        var nonce = GcmNonce.Of(_rtcpSalt, ssrc, word & ~EncryptedFlag);
        Record(ref _rtcpNonces, nonce);
        _rtcp.Encrypt(nonce, associated, payload, output);
        BinaryPrimitives.WriteUInt32BigEndian(output[(payload.Length + Tag)..], word);
    }

    /// <inheritdoc/>
    internal override uint ReadRtcpWord(ReadOnlySpan<byte> protectedPayload) =>
        BinaryPrimitives.ReadUInt32BigEndian(protectedPayload[^RtcpWordLength..]);

    /// <inheritdoc/>
    internal override bool TryUnprotectRtcp(Ssrc ssrc, uint word, ReadOnlySpan<byte> header, Span<byte> protectedPayload)
    {
        Span<byte> associated = stackalloc byte[RtcpHeaderLength + RtcpWordLength];
        WriteAssociated(header, word, associated);
        var payload = protectedPayload[..^(Tag + RtcpWordLength)];
        return _rtcp.TryDecrypt(
            GcmNonce.Of(_rtcpSalt, ssrc, word & ~EncryptedFlag), associated, payload, protectedPayload.Slice(payload.Length, Tag));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    [Conditional("RECORD_NONCES")]
    private static void Record(ref NonceRecord? used, GcmNonce nonce) => (used ??= new NonceRecord()).Add(((UInt128)nonce.First << 32) | nonce.Last);

    private static void WriteAssociated(ReadOnlySpan<byte> header, uint word, Span<byte> associated)
    {
        header.CopyTo(associated);
        BinaryPrimitives.WriteUInt32BigEndian(associated[RtcpHeaderLength..], word);
    }
}
