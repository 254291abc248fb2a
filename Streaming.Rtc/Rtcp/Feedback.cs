using System.Buffers.Binary;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Rtcp;

/// <summary>One stream that a FIR asks a key frame of (RFC 5104 §4.3.1.1).</summary>
/// <param name="Ssrc">The stream.</param>
/// <param name="SequenceNumber">The request's own number; a repeat has the same and asks for nothing new.</param>
internal readonly record struct FirEntry(Ssrc Ssrc, byte SequenceNumber);

/// <summary>The report blocks of a report, in order, without allocation.</summary>
internal ref struct ReportBlockEnumerator
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Enumerates <paramref name="count"/> blocks.</summary>
    /// <param name="blocks">At least 24 bytes per block; what follows them is a profile's own and left alone.</param>
    /// <param name="count">The number of blocks.</param>
    internal ReportBlockEnumerator(ReadOnlySpan<byte> blocks, int count) => _rest = blocks[..(count * RtcpFormat.ReportBlockLength)];

    /// <summary>The block at hand.</summary>
    public ReportBlock Current { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly ReportBlockEnumerator GetEnumerator() => this;

    /// <summary>Steps on; false at the end.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty) return false;

        Current = ReportBlock.Read(_rest);
        _rest = _rest[RtcpFormat.ReportBlockLength..];
        return true;
    }
}

/// <summary>A run of SSRCs, in order, without allocation.</summary>
internal ref struct SsrcEnumerator
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Enumerates <paramref name="count"/> SSRCs.</summary>
    /// <param name="sources">At least four bytes per SSRC.</param>
    /// <param name="count">The number of SSRCs.</param>
    internal SsrcEnumerator(ReadOnlySpan<byte> sources, int count) => _rest = sources[..(count * RtcpFormat.SsrcLength)];

    /// <summary>The SSRC at hand.</summary>
    public Ssrc Current { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly SsrcEnumerator GetEnumerator() => this;

    /// <summary>Steps on; false at the end.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty) return false;

        Current = new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(_rest));
        _rest = _rest[RtcpFormat.SsrcLength..];
        return true;
    }
}

/// <summary>The sequence numbers of a NACK, in order, without allocation (RFC 4585 §6.2.1).</summary>
/// <remarks>
/// Each entry is one number (PID) and a mask of the sixteen that follow it (BLP). A datagram of 1 500 bytes can name over 6 000 numbers,
/// the same ones over and over: who answers bounds what it sends.
/// </remarks>
internal ref struct NackEnumerator
{
    private ReadOnlySpan<byte> _rest;
    private SequenceNumber _first;
    private uint _mask;
    private int _offset;

    /// <summary>Enumerates the entries of a NACK; bytes that fill no entry are left alone.</summary>
    internal NackEnumerator(ReadOnlySpan<byte> entries) => _rest = entries;

    /// <summary>The sequence number at hand.</summary>
    public readonly SequenceNumber Current => _first + _offset;

    /// <summary>For <c>foreach</c>.</summary>
    public readonly NackEnumerator GetEnumerator() => this;

    /// <summary>Steps on; false at the end.</summary>
    public bool MoveNext()
    {
        if (_mask != 0)
        {
            // Bit 0 of the mask is the number right after the first.
            _offset = System.Numerics.BitOperations.TrailingZeroCount(_mask) + 1;
            _mask &= _mask - 1;
            return true;
        }

        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out var entry)) return false;

        _rest = _rest[RtcpFormat.NackEntryLength..];
        _first = new SequenceNumber((ushort)(entry >> 16));
        _mask = entry & 0xFFFF;
        _offset = 0;
        return true;
    }
}

/// <summary>The entries of a FIR, in order, without allocation (RFC 5104 §4.3.1.1).</summary>
internal ref struct FirEnumerator
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Enumerates the entries of a FIR; bytes that fill no entry are left alone.</summary>
    internal FirEnumerator(ReadOnlySpan<byte> entries) => _rest = entries;

    /// <summary>The entry at hand.</summary>
    public FirEntry Current { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly FirEnumerator GetEnumerator() => this;

    /// <summary>Steps on; false at the end.</summary>
    public bool MoveNext()
    {
        if (_rest.Length < RtcpFormat.FirEntryLength) return false;

        Current = new FirEntry(new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(_rest)), _rest[4]);
        _rest = _rest[RtcpFormat.FirEntryLength..];
        return true;
    }
}
