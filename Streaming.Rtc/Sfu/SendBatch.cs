using System.Diagnostics;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>Takes a full batch: the kernel's door in production, a simulated network in tests.</summary>
internal interface IDatagramSink
{
    /// <summary>Sends every datagram of the batch, in order. Whatever cannot be sent now is dropped and counted, never waited for.</summary>
    /// <param name="batch">Its bytes may be read until this method returns.</param>
    void Send(SendBatch batch);

    /// <summary>Whether consecutive datagrams of one size for one address leave as one: then it pays to make their sizes equal.</summary>
    bool IsSegmenting => false;

    /// <summary>Sends one datagram by a TCP connection, or drops and counts it; never waits.</summary>
    /// <param name="to">An address with <see cref="TransportAddress.IsTcp"/>.</param>
    /// <param name="datagram">Valid until this method returns.</param>
    void SendByTcp(TransportAddress to, ReadOnlySpan<byte> datagram)
    {
    }

    /// <summary>A check has been verified that came by a TCP connection: it may stay open for a while.</summary>
    /// <param name="from">An address with <see cref="TransportAddress.IsTcp"/>.</param>
    /// <param name="peer">Whose connection it is.</param>
    void CheckedByTcp(TransportAddress from, in TcpPeer peer)
    {
    }
}

/// <summary>What a TCP connection needs to know of the peer behind it.</summary>
/// <param name="Voice">The SSRC of the voice that is sent to it, which is dropped last; zero when it gets none.</param>
/// <param name="IsObserver">Whether its figures are the inspection's.</param>
internal readonly record struct TcpPeer(Ssrc Voice, bool IsObserver);

/// <summary>One datagram of a <see cref="SendBatch"/>.</summary>
/// <param name="To">Where it goes.</param>
/// <param name="Offset">Where it starts in <see cref="SendBatch.Buffer"/>.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct OutgoingDatagram(TransportAddress To, int Offset, int Length);

/// <summary>The datagrams that leave together: written in place, one behind the other, in pinned memory.</summary>
/// <remarks>
/// Belongs to one RTC worker. Datagrams lie without gaps in the order of writing, so that consecutive ones for one address can leave as
/// one segmented send; what goes by TCP leaves the batch at once. When full, the batch sends itself; nobody needs to ask for room.
/// </remarks>
internal sealed class SendBatch(IDatagramSink sink, int datagrams = 256)
{
    /// <summary>The largest datagram: what an Ethernet frame carries over IPv4 without options.</summary>
    public const int MaxDatagram = 1472;

    // Sixteen segmented sends of a frame and a voice packet; more would only leave the processor's cache before they are read again.
    private const int Enough = 112;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(datagrams * MaxDatagram, pinned: true);
    private readonly OutgoingDatagram[] _queued = new OutgoingDatagram[datagrams];
    private int _used;
    private TransportAddress _to;
    private bool _open;

    /// <summary>The bytes of all queued datagrams; pinned for good.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>What is queued, in order of writing.</summary>
    public ReadOnlySpan<OutgoingDatagram> Queued => _queued.AsSpan(0, Count);

    /// <summary>How many datagrams are queued.</summary>
    public int Count { get; private set; }

    /// <inheritdoc cref="IDatagramSink.IsSegmenting"/>
    public bool IsSegmenting => sink.IsSegmenting;

    /// <summary>Opens the next slot.</summary>
    /// <param name="to">Where the datagram will go.</param>
    /// <returns><see cref="MaxDatagram"/> bytes, valid until <see cref="Commit"/>; a slot that is never committed is given to the next caller.</returns>
    public Span<byte> Next(TransportAddress to)
    {
        if (Count == _queued.Length)
        {
            Flush();
        }

        _to = to;
        _open = true;
        return _buffer.AsSpan(_used, MaxDatagram);
    }

    /// <summary>Queues what was written into the open slot.</summary>
    /// <param name="length">Bytes written, 1 to <see cref="MaxDatagram"/>.</param>
    public void Commit(int length)
    {
        Debug.Assert(_open && length is > 0 and <= MaxDatagram, "Commit without Next, or a length outside the slot.");
        _open = false;
        if (_to.IsTcp)
        {
            sink.SendByTcp(_to, _buffer.AsSpan(_used, length));
            return;
        }

        _queued[Count++] = new OutgoingDatagram(_to, _used, length);
        _used += length;
    }

    /// <summary>Queues a copy of a finished datagram.</summary>
    public void Add(TransportAddress to, ReadOnlySpan<byte> datagram)
    {
        datagram.CopyTo(Next(to));
        Commit(datagram.Length);
    }

    /// <inheritdoc cref="IDatagramSink.CheckedByTcp"/>
    public void CheckedByTcp(TransportAddress from, in TcpPeer peer) => sink.CheckedByTcp(from, peer);

    /// <summary>Sends what is queued if that fills the calls to the kernel; between two addresses, so that no run is cut.</summary>
    public void FlushIfEnough()
    {
        if (Count >= Enough)
        {
            Flush();
        }
    }

    /// <summary>Sends what is queued and starts again.</summary>
    public void Flush()
    {
        if (Count > 0)
        {
            sink.Send(this);
        }

        Clear();
    }

    private void Clear()
    {
#if DEBUG
        _buffer.AsSpan(0, _used).Fill(0xDD);   // a late reader shows itself
#endif
        Count = 0;
        _used = 0;
    }
}
