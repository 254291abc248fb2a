using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Srtp;

/// <summary>One SSRC that we send: keeps its rollover counter.</summary>
/// <remarks>
/// The first sequence number should lie below 32,768: were the first packets lost around a wrap, the receiver could not know the counter
/// (RFC 3711 §3.3.1). No sequence number is protected twice, for two packets under one nonce give the keys away; what is sent again goes out
/// as RTX.
/// </remarks>
internal sealed class OutboundSrtpStream
{
    /// <summary>How far behind the newest a number may lie: a packet that its publisher had to repeat comes late.</summary>
    internal const int Window = 4096;

    private readonly SrtpCipher _cipher;
    private readonly ReplayWindow _used = new(Window);

    internal OutboundSrtpStream(Ssrc ssrc, SrtpCipher cipher) => (Ssrc, _cipher) = (ssrc, cipher);

    /// <summary>Which stream this is.</summary>
    internal Ssrc Ssrc { get; }

    /// <summary>How many packets were protected.</summary>
    internal long Packets { get; private set; }

    /// <summary>Writes header, ciphertext and tag.</summary>
    /// <param name="header">The whole RTP header with CSRCs and extension; may already lie at the beginning of <paramref name="destination"/>.</param>
    /// <param name="payload">
    /// At most <see cref="SrtpCipher.MaxPayload"/> bytes; exactly at its place in <paramref name="destination"/>, or apart from it; then
    /// encrypting is the only copy.
    /// </param>
    /// <param name="destination">At least header, payload and <see cref="OutboundSrtp.RtpOverhead"/> long.</param>
    /// <returns>The length written; 0 when the sequence number was used before, or is so old that nobody can tell.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="destination"/> is too short, or <paramref name="header"/> is, or <paramref name="payload"/> is too long.
    /// </exception>
    internal int Protect(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        var length = header.Length + payload.Length + _cipher.TagLength;
        if (header.Length < 12 || destination.Length < length)
            throw new ArgumentException("Too short for the protected packet.", nameof(destination));
        if (payload.Length > SrtpCipher.MaxPayload)
            throw new ArgumentException($"Too long for a packet; {SrtpCipher.MaxPayload} bytes are the most.", nameof(payload));

        var sequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        Debug.Assert(BinaryPrimitives.ReadUInt32BigEndian(header[8..]) == Ssrc.Value, "The header names another stream.");

        var index = _used.Highest < 0 ? sequenceNumber : PacketIndex.Estimate(_used.Highest, sequenceNumber);
        if (!_used.MayAccept(index))
            return 0;

        if (!Unsafe.AreSame(ref MemoryMarshal.GetReference(header), ref MemoryMarshal.GetReference(destination)))
            header.CopyTo(destination);

        _used.Accept(index);
        Packets++;
        _cipher.ProtectRtp(Ssrc, (ulong)index, destination[..header.Length], payload, destination[header.Length..length]);
        return length;
    }

    /// <inheritdoc cref="GcmKey.Touch"/>
    internal int Touch() => _cipher.Touch() + _used.Touch() + (int)Packets;

    /// <summary>How many of <see cref="Packets"/> had a number up to this one, as far as <see cref="Window"/> reaches back.</summary>
    internal long PacketsUpTo(SequenceNumber number) =>
        _used.Highest < 0 ? 0 : Packets - _used.CountAfter(PacketIndex.Estimate(_used.Highest, number.Value));
}
