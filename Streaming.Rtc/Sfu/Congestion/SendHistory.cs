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
/// A ring of the last <see cref="Capacity"/> numbers, 2 s of 500 packets/s, in one array per field: 12 kB, allocated with the first packet.
/// Numbers are unwrapped into indices that only grow.
/// </remarks>
internal sealed class SendHistory
{
    /// <summary>How many numbers are remembered.</summary>
    public const int Capacity = 1024;

    private const int Mask = Capacity - 1;

    private Instant[] _sentAt = [];
    private ushort[] _bytes = [];
    private PacketFate[] _fates = [];

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
        if (_fates.Length == 0) Allocate(number);

        var index = Unwrap(number);
        if (index < Next) return -1;

        for (var skipped = Math.Max(Next, index - Capacity); skipped < index; skipped++) _fates[skipped & Mask] = PacketFate.Unknown;
        var slot = (int)(index & Mask);
        _sentAt[slot] = now;
        _bytes[slot] = (ushort)Math.Clamp(bytes, 0, ushort.MaxValue);
        _fates[slot] = PacketFate.InFlight;
        Next = index + 1;
        Oldest = Math.Max(Oldest, Next - Capacity);
        return index;
    }

    /// <summary>The index that a number has: the nearest to the newest, ahead or behind.</summary>
    public long Unwrap(SequenceNumber number) => Next - 1 + number.DistanceFrom(new SequenceNumber(unchecked((ushort)(Next - 1))));

    /// <summary>What became of a packet.</summary>
    public PacketFate FateOf(long index) => index < Oldest || index >= Next ? PacketFate.Unknown : _fates[index & Mask];

    /// <summary>Writes down what became of a packet.</summary>
    /// <param name="index">One whose fate is known.</param>
    /// <param name="fate">The new fate.</param>
    public void SetFate(long index, PacketFate fate) => _fates[index & Mask] = fate;

    /// <summary>When a packet left.</summary>
    /// <param name="index">One whose fate is known.</param>
    public Instant SentAt(long index) => _sentAt[index & Mask];

    /// <summary>A packet's size on the wire.</summary>
    /// <param name="index">One whose fate is known.</param>
    public int Bytes(long index) => _bytes[index & Mask];

    private void Allocate(SequenceNumber first)
    {
        _sentAt = new Instant[Capacity];
        _bytes = new ushort[Capacity];
        _fates = new PacketFate[Capacity];
        Next = first.Value;
        Oldest = Next;
    }
}
