using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Streaming.Rtc.Net.Tcp;

/// <summary>Datagrams on their way between the worker's thread and the pool: a ring of bytes, each datagram with the time at which it was put in.</summary>
/// <remarks>One thread at a time writes and one reads; neither ever waits for the other, and nothing is allocated after the ring itself.</remarks>
internal sealed class FrameRing
{
    private const int HeaderLength = sizeof(long);   // the time in ms above 16 bits of length
    private const int LengthBits = 16;

    private readonly byte[] _bytes;
    private readonly int _mask;
    private long _written;
    private long _read;

    /// <param name="capacity">Bytes, headers of 8 bytes included; a power of two.</param>
    public FrameRing(int capacity)
    {
        Debug.Assert(BitOperations.IsPow2(capacity), "The ring is indexed by a mask.");
        _bytes = GC.AllocateUninitializedArray<byte>(capacity);
        _mask = capacity - 1;
    }

    /// <summary>Bytes in use, headers included.</summary>
    public int Used => (int)(Volatile.Read(ref _written) - Volatile.Read(ref _read));

    /// <summary>Whether there is nothing to read.</summary>
    public bool IsEmpty => Used == 0;

    /// <summary>Whether a datagram of a length would fit now; for the writer, to whom it stays true.</summary>
    public bool Fits(int length) => Used + Occupied(length) <= _bytes.Length;

    /// <summary>Puts a copy of a datagram in.</summary>
    /// <param name="now">The time.</param>
    /// <param name="datagram">1 to 65 535 bytes.</param>
    /// <returns>False when there is no room.</returns>
    public bool TryWrite(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (!Fits(datagram.Length))
        {
            return false;
        }

        var header = (Milliseconds(now) << LengthBits) | (uint)datagram.Length;
        MemoryMarshal.Write(At(_written, HeaderLength), in header);
        var first = At(_written + HeaderLength, datagram.Length);
        datagram[..first.Length].CopyTo(first);
        datagram[first.Length..].CopyTo(_bytes);
        Volatile.Write(ref _written, _written + Occupied(datagram.Length));
        return true;
    }

    /// <summary>How long the oldest datagram has been in here; zero when there is none. For both sides.</summary>
    public TimeSpan Waiting(Instant now)
    {
        // The writer may read behind the reader's back: only it would overwrite the place.
        var read = Volatile.Read(ref _read);
        return read == Volatile.Read(ref _written) ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Milliseconds(now) - (Header(read) >> LengthBits));
    }

    /// <summary>Looks at the oldest datagram.</summary>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="start">Its first bytes, 8 at most.</param>
    public bool TryPeek(out int length, out ReadOnlySpan<byte> start)
    {
        if (IsEmpty)
        {
            length = 0;
            start = default;
            return false;
        }

        length = (ushort)Header(_read);
        start = At(_read + HeaderLength, Math.Min(length, sizeof(long)));
        return true;
    }

    /// <summary>Copies the oldest datagram out and gives its place back. After <see cref="TryPeek"/>.</summary>
    /// <param name="destination">At least its length.</param>
    public void Take(Span<byte> destination)
    {
        var length = (ushort)Header(_read);
        var first = At(_read + HeaderLength, length);
        first.CopyTo(destination);
        _bytes.AsSpan(0, length - first.Length).CopyTo(destination[first.Length..]);
        Skip();
    }

    /// <summary>Gives the oldest datagram's place back unread. After <see cref="TryPeek"/>.</summary>
    public void Skip() => Volatile.Write(ref _read, _read + Occupied((ushort)Header(_read)));

    private static long Milliseconds(Instant now) => now.Ticks / TimeSpan.TicksPerMillisecond;

    // Whole headers, so that a header never lies across the ring's end.
    private static int Occupied(int length) => HeaderLength + ((length + HeaderLength - 1) & -HeaderLength);

    private long Header(long position) => MemoryMarshal.Read<long>(At(position, HeaderLength));

    // As much as lies in one piece.
    private Span<byte> At(long position, int length)
    {
        var offset = (int)(position & _mask);
        return _bytes.AsSpan(offset, Math.Min(length, _bytes.Length - offset));
    }
}
