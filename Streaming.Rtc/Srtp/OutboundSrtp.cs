using System.Buffers.Binary;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Srtp;

/// <summary>Protects all that we send to one peer: hands out one <see cref="OutboundSrtpStream"/> per SSRC, and does RTCP itself.</summary>
/// <remarks>Owned by one thread at a time.</remarks>
internal sealed class OutboundSrtp : IDisposable
{
    private const int RtcpHeaderLength = 8;

    private readonly SrtpCipher _cipher;
    private OutboundSrtpStream[] _streams = [];
    private uint _nextRtcpIndex;

    /// <summary>Derives and sets the keys.</summary>
    /// <param name="keys">What the handshake gave.</param>
    /// <param name="gcm">Which code does AES-GCM.</param>
    internal OutboundSrtp(SrtpKeys keys, GcmKind gcm = GcmKind.Auto)
    {
        Profile = keys.Profile;
        _cipher = SrtpCipher.Create(keys.Profile, keys.LocalKey, keys.LocalSalt, encrypts: true, gcm);
    }

    /// <summary>The negotiated profile.</summary>
    internal SrtpProfile Profile { get; }

    /// <summary>By how many bytes protected RTP is longer: 16 (GCM) or 10.</summary>
    internal int RtpOverhead => _cipher.TagLength;

    /// <summary>By how many bytes protected RTCP is longer: 20 (GCM) or 14.</summary>
    internal int RtcpOverhead => _cipher.TagLength + SrtpCipher.RtcpWordLength;

    /// <summary>The stream of an SSRC. The same SSRC gets the same stream again: a second counter would use every nonce twice.</summary>
    /// <remarks>For setting up; keep what it returns.</remarks>
    internal OutboundSrtpStream Open(Ssrc ssrc)
    {
        if (Array.Find(_streams, opened => opened.Ssrc == ssrc) is { } known)
            return known;

        var stream = new OutboundSrtpStream(ssrc, _cipher);
        _streams = [.. _streams, stream];
        return stream;
    }

    /// <summary>Writes the protected form of a compound packet.</summary>
    /// <param name="compound">8 to <see cref="SrtpCipher.MaxPayload"/> bytes; exactly where <paramref name="destination"/> begins, or apart from it.</param>
    /// <param name="destination">At least <see cref="RtcpOverhead"/> bytes longer.</param>
    /// <returns>The length written.</returns>
    /// <exception cref="ArgumentException">A span is too short, or the packet too long.</exception>
    /// <exception cref="InvalidOperationException">All 2^31 indices are used up; the key must not be used any more (RFC 3711 §9.2).</exception>
    internal int ProtectRtcp(ReadOnlySpan<byte> compound, Span<byte> destination)
    {
        var length = compound.Length + RtcpOverhead;
        if (compound.Length < RtcpHeaderLength || destination.Length < length)
            throw new ArgumentException("Too short for RTCP and its protection.", nameof(destination));
        if (compound.Length > SrtpCipher.MaxPayload)
            throw new ArgumentException($"Too long for a packet; {SrtpCipher.MaxPayload} bytes are the most.", nameof(compound));
        if (_nextRtcpIndex >= SrtpCipher.EncryptedFlag)
            throw new InvalidOperationException("The SRTCP key is used up.");

        // One counter for all senders of this side keeps each sender's indices rising, which is all a receiver asks for.
        var word = SrtpCipher.EncryptedFlag | _nextRtcpIndex++;
        var ssrc = new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(compound[4..]));
        var header = destination[..RtcpHeaderLength];
        compound[..RtcpHeaderLength].CopyTo(header);
        _cipher.ProtectRtcp(ssrc, word, header, compound[RtcpHeaderLength..], destination[RtcpHeaderLength..length]);
        return length;
    }

    /// <inheritdoc/>
    public void Dispose() => _cipher.Dispose();
}
