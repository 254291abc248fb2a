using System.Buffers.Binary;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Srtp;

/// <summary>Checks and decrypts all that one peer sends.</summary>
/// <remarks>
/// Owned by one thread at a time. A stream is remembered only once a packet of it has proved authentic (RFC 3711 §3.3.1), so nobody but the
/// peer can make this grow or throw a stream out of step; and the peer can make it grow to <see cref="MostStreams"/>.
/// </remarks>
internal sealed class InboundSrtp : IDisposable
{
    /// <summary>How many SSRCs of RTP, and as many of RTCP, a peer may use.</summary>
    internal const int MostStreams = 64;

    private const int RtcpHeaderLength = 8;

    // Video that is sent again may come hundreds of packets late.
    private const int RtpWindow = 1024;
    private const int RtcpWindow = 128;

    private readonly SrtpCipher _cipher;
    private readonly ReplayTable _rtp = new(MostStreams, RtpWindow);
    private readonly ReplayTable _rtcp = new(MostStreams, RtcpWindow);

    /// <summary>Derives and sets the keys.</summary>
    /// <param name="keys">What the handshake gave.</param>
    /// <param name="gcm">Which code does AES-GCM.</param>
    internal InboundSrtp(SrtpKeys keys, GcmKind gcm = GcmKind.Auto) =>
        _cipher = SrtpCipher.Create(keys.Profile, keys.RemoteKey, keys.RemoteSalt, encrypts: false, gcm);

    /// <summary>Checks and decrypts one RTP packet in place.</summary>
    /// <param name="datagram">The packet; when this returns false its payload may be spoilt.</param>
    /// <param name="length">Length of header and payload, without the tag.</param>
    /// <param name="reason">Why it is dropped; <see cref="DropReason.None"/> when it is not.</param>
    internal bool TryUnprotect(Span<byte> datagram, out int length, out DropReason reason)
    {
        length = 0;
        reason = DropReason.SrtpMalformed;
        if (!RtpReader.TryReadHeaderLength(datagram, out var headerLength)
            || datagram.Length - headerLength - _cipher.TagLength is < 0 or > SrtpCipher.MaxPayload)
            return false;

        var sequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        var ssrc = new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]));
        var window = _rtp.Find(ssrc);
        if (window is null && _rtp.IsFull)
        {
            reason = DropReason.RtpUnknownSsrc;
            return false;
        }

        var index = window is null ? sequenceNumber : PacketIndex.Estimate(window.Highest, sequenceNumber);
        if (index < 0 || window?.MayAccept(index) == false)
        {
            reason = DropReason.SrtpReplay;
            return false;
        }

        // RFC 3711 §3.3.1: the rollover counter is a guess, to be believed only once the tag checks out.
        if (!_cipher.TryUnprotectRtp(ssrc, (ulong)index, datagram[..headerLength], datagram[headerLength..]))
        {
            reason = DropReason.SrtpAuthentication;
            return false;
        }

        (window ?? _rtp.Add(ssrc)).Accept(index);
        length = datagram.Length - _cipher.TagLength;
        reason = DropReason.None;
        return true;
    }

    /// <summary>Checks and decrypts one compound RTCP packet in place.</summary>
    /// <param name="datagram">The packet; when this returns false all after its first header may be spoilt.</param>
    /// <param name="length">Length without index and tag.</param>
    /// <param name="reason">Why it is dropped; <see cref="DropReason.None"/> when it is not.</param>
    internal bool TryUnprotectRtcp(Span<byte> datagram, out int length, out DropReason reason)
    {
        length = 0;
        reason = DropReason.SrtpMalformed;
        var overhead = _cipher.TagLength + SrtpCipher.RtcpWordLength;
        if (datagram.Length - RtcpHeaderLength - overhead is < 0 or > SrtpCipher.MaxPayload || datagram[0] >> 6 != 2)
            return false;

        var ssrc = new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]));
        var window = _rtcp.Find(ssrc);
        if (window is null && _rtcp.IsFull)
        {
            reason = DropReason.RtpUnknownSsrc;
            return false;
        }

        var header = datagram[..RtcpHeaderLength];
        var protectedPayload = datagram[RtcpHeaderLength..];
        var word = _cipher.ReadRtcpWord(protectedPayload);
        long index = word & ~SrtpCipher.EncryptedFlag;
        if (window?.MayAccept(index) == false)
        {
            reason = DropReason.SrtpReplay;
            return false;
        }

        // Neither profile allows RTCP that is not encrypted (RFC 5764 §4.1.2), so a cleared E flag was cleared on the way.
        if ((word & SrtpCipher.EncryptedFlag) == 0 || !_cipher.TryUnprotectRtcp(ssrc, word, header, protectedPayload))
        {
            reason = DropReason.SrtpAuthentication;
            return false;
        }

        (window ?? _rtcp.Add(ssrc)).Accept(index);
        length = datagram.Length - overhead;
        reason = DropReason.None;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _cipher.Dispose();
}
