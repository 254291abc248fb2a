using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Srtp;

/// <summary>One SSRC that we send: keeps its rollover counter.</summary>
/// <remarks>
/// The first sequence number should lie below 32,768: were the first packets lost around a wrap, the receiver could not know the counter
/// (RFC 3711 §3.3.1). No sequence number may be protected twice with different content; what is sent again goes out as RTX.
/// </remarks>
internal sealed class OutboundSrtpStream
{
    private readonly SrtpCipher _cipher;
    private long _highest = -1;
    private ReplayWindow? _used;

    internal OutboundSrtpStream(Ssrc ssrc, SrtpCipher cipher) => (Ssrc, _cipher) = (ssrc, cipher);

    /// <summary>Which stream this is.</summary>
    internal Ssrc Ssrc { get; }

    /// <summary>Writes header, ciphertext and tag.</summary>
    /// <param name="header">The whole RTP header with CSRCs and extension; may already lie at the beginning of <paramref name="destination"/>.</param>
    /// <param name="payload">Exactly at its place in <paramref name="destination"/>, or apart from it; then encrypting is the only copy.</param>
    /// <param name="destination">At least header, payload and <see cref="OutboundSrtp.RtpOverhead"/> long.</param>
    /// <returns>The length written.</returns>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short, or <paramref name="header"/> is.</exception>
    internal int Protect(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        var length = header.Length + payload.Length + _cipher.TagLength;
        if (header.Length < 12 || destination.Length < length)
            throw new ArgumentException("Too short for the protected packet.", nameof(destination));

        var sequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        Debug.Assert(BinaryPrimitives.ReadUInt32BigEndian(header[8..]) == Ssrc.Value, "The header names another stream.");

        if (!Unsafe.AreSame(ref MemoryMarshal.GetReference(header), ref MemoryMarshal.GetReference(destination)))
            header.CopyTo(destination);

        var index = Advance(sequenceNumber);
        GuardNonce(index);
        _cipher.ProtectRtp(Ssrc, (ulong)index, destination[..header.Length], payload, destination[header.Length..length]);
        return length;
    }

    private long Advance(ushort sequenceNumber)
    {
        var index = _highest < 0 ? sequenceNumber : PacketIndex.Estimate(_highest, sequenceNumber);
        if (index > _highest)
            _highest = index;
        return index;
    }

    // Costs a release build nothing; in tests it catches what nobody would ever see: two packets under one nonce.
    [Conditional("DEBUG")]
    private void GuardNonce(long index)
    {
        _used ??= new ReplayWindow(4096);
        if (index >= 0 && _used.Highest - index < 4096 && !_used.MayAccept(index))
            throw new UnreachableException($"Sequence number {(ushort)index} of {Ssrc} is protected twice.");

        if (_used.MayAccept(index))
            _used.Accept(index);
    }
}
