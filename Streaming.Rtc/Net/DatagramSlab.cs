namespace Streaming.Rtc.Net;

/// <summary>Where one round of received datagrams lies: fixed slots in pinned memory.</summary>
/// <remarks>A span into it is good until the next <see cref="IUdpPort.Receive"/>; whoever keeps bytes copies them.</remarks>
internal sealed class DatagramSlab(int slots = 128)
{
    /// <summary>Room per datagram; larger ones arrive truncated, see <see cref="IsOversized"/>.</summary>
    public const int SlotSize = 2048;

    private readonly TransportAddress[] _from = new TransportAddress[slots];
    private readonly int[] _lengths = new int[slots];

    /// <summary>How many datagrams fit.</summary>
    public int Slots => slots;

    /// <summary>All slots, one behind the other; pinned for good.</summary>
    public byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(slots * SlotSize, pinned: true);

    /// <summary>How many datagrams the last round brought.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the last round brought as many as fit, so that more may be waiting.</summary>
    public bool IsFull => Count == slots;

    /// <summary>Forgets the last round.</summary>
    public void Clear()
    {
#if DEBUG
        Buffer.AsSpan(0, Count * SlotSize).Fill(0xDD);   // a late reader shows itself
#endif
        Count = 0;
    }

    /// <summary>The next free slot; a port that receives several at once fills this and those behind it.</summary>
    public Memory<byte> Free => Buffer.AsMemory(Count * SlotSize, SlotSize);

    /// <summary>Notes that slot <see cref="Count"/> was filled.</summary>
    /// <param name="from">Who sent it.</param>
    /// <param name="length">Its length in bytes; <see cref="SlotSize"/> when it was truncated.</param>
    public void Fill(TransportAddress from, int length)
    {
        _from[Count] = from;
        _lengths[Count] = length;
        Count++;
    }

    /// <summary>Who sent datagram <paramref name="index"/>.</summary>
    public TransportAddress From(int index) => _from[index];

    /// <summary>Whether datagram <paramref name="index"/> filled its slot, which means that its end may be missing.</summary>
    public bool IsOversized(int index) => _lengths[index] >= SlotSize;

    /// <summary>The bytes of datagram <paramref name="index"/>.</summary>
    public Span<byte> Datagram(int index) => Buffer.AsSpan(index * SlotSize, _lengths[index]);
}
