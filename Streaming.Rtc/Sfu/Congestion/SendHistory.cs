using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>What has become of a packet, as far as is known.</summary>
internal enum PacketFate : byte
{
    /// <summary>Nothing was sent under the number, or too long ago.</summary>
    Unknown = 0,

    /// <summary>It is on its way.</summary>
    InFlight,

    /// <summary>The viewer has said that it has not come; it may still be late.</summary>
    Lost,

    /// <summary>The viewer has it.</summary>
    Received,
}

/// <summary>What was sent to one viewer under which transport number: when, how large, and what became of it.</summary>
/// <remarks>
/// A ring of the last <see cref="Capacity"/> numbers, 2 s of 500 packets/s, in 8 kB. A packet is one word, so that a picture is a cache line or two:
/// when it is a viewer's turn all of its memory has gone cold. Numbers are unwrapped into indices that only grow.
/// </remarks>
internal sealed class SendHistory
{
    /// <summary>How many numbers are remembered.</summary>
    public const int Capacity = 1024;

    private const int Mask = Capacity - 1;

    // A word: 46 bits of the time in ticks, which go on for 81 days, 16 of the size, 2 of the fate.
    private const int FateBits = 2;
    private const int BytesBits = 16;
    private const int TimeShift = FateBits + BytesBits;
    private const ulong FateMask = (1 << FateBits) - 1;
    private const long TimeMask = (1L << (64 - TimeShift)) - 1;

    private bool _hasBegun;
    private Instant _newestSent;
    private Words _words;   // in the object itself: an array would have its length, which is checked, on a line of its own

    /// <summary>The index that follows the newest packet's.</summary>
    public long Next { get; private set; }

    /// <summary>The oldest index that is remembered.</summary>
    public long Oldest { get; private set; }

    /// <summary>Notes a packet that leaves.</summary>
    /// <param name="now">When.</param>
    /// <param name="number">Its transport number, after the one before; numbers that are left out were never sent.</param>
    /// <param name="bytes">Its size on the wire, 0–65 535; more is taken as that.</param>
    /// <returns>Its index; −1 when the number does not come after the one before, and nothing was noted.</returns>
    public long Note(Instant now, SequenceNumber number, int bytes)
    {
        if (!_hasBegun) (_hasBegun, Next, Oldest, _newestSent) = (true, number.Value, number.Value, now);

        var index = Unwrap(number);
        if (index < Next) return -1;

        for (var skipped = Math.Max(Next, index - Capacity); skipped < index; skipped++) Word(skipped) = Pack(now, 0, PacketFate.Unknown);
        Word(index) = Pack(now, Math.Clamp(bytes, 0, ushort.MaxValue), PacketFate.InFlight);
        if (now > _newestSent) _newestSent = now;
        Next = index + 1;
        Oldest = Math.Max(Oldest, Next - Capacity);
        return index;
    }

    /// <summary>The index that a number has: the nearest to the newest, ahead or behind.</summary>
    public long Unwrap(SequenceNumber number) => Next - 1 + number.DistanceFrom(new SequenceNumber(unchecked((ushort)(Next - 1))));

    /// <summary>What became of a packet.</summary>
    public PacketFate FateOf(long index) => index < Oldest || index >= Next ? PacketFate.Unknown : (PacketFate)(Word(index) & FateMask);

    /// <summary>Writes down what became of a packet.</summary>
    /// <param name="index">One whose fate is known.</param>
    /// <param name="fate">The new fate.</param>
    public void SetFate(long index, PacketFate fate) => Word(index) = (Word(index) & ~FateMask) | (ulong)fate;

    /// <summary>When a packet left.</summary>
    /// <param name="index">One that is remembered.</param>
    public Instant SentAt(long index) => new(_newestSent.Ticks - ((_newestSent.Ticks - (long)(Word(index) >> TimeShift)) & TimeMask));

    /// <summary>A packet's size on the wire.</summary>
    /// <param name="index">One whose fate is known.</param>
    public int Bytes(long index) => (ushort)(Word(index) >> FateBits);

    /// <summary>Has the memory fetched that noting a number will need, while there is something else to do.</summary>
    public unsafe void Prefetch(SequenceNumber number)
    {
        if (Sse.IsSupported)
        {
            // A hint by address: should a collection move the object meanwhile, a line was fetched in vain.
            Sse.Prefetch0(Unsafe.AsPointer(ref Word(number.Value)));
        }
    }

    private static ulong Pack(Instant at, int bytes, PacketFate fate) => ((ulong)at.Ticks << TimeShift) | ((ulong)bytes << FateBits) | (ulong)fate;

    private ref ulong Word(long index) => ref _words[(int)index & Mask];

    [InlineArray(Capacity)]
    private struct Words
    {
        private ulong _first;
    }
}
