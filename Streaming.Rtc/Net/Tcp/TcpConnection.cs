using System.Net.Sockets;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Stun;

namespace Streaming.Rtc.Net.Tcp;

/// <summary>One TCP connection that carries a transport's datagrams: its socket, and the two rings between it and its worker.</summary>
/// <remarks>
/// The pool reads and writes the socket; the worker's thread takes from one ring, puts into the other, and never touches the socket. Which
/// worker that is, the first datagram says: a check, whose user fragment that worker has made.
/// </remarks>
internal sealed class TcpConnection : IThreadPoolWorkItem
{
    // What has been handed to the socket is beyond recall: on a slow link a little more would be a second of speech.
    private const int ChunkBytes = 4_096;
    private const int ReadBytes = 4_096;
    private const int IncomingBytes = 16 * 1024;
    private static readonly TimeSpan PauseForRoom = TimeSpan.FromMilliseconds(1);

    private readonly Socket _socket;
    private readonly Func<int, TcpConnections?> _workers;
    private readonly TcpCounters _counters;
    private readonly FrameReader _frames = new();
    private readonly Instant _accepted;
    private FrameRing? _incoming;
    private TcpOutbox? _outbox;
    private byte[]? _chunk;
    private TcpConnections? _worker;
    private TcpPeer _peer;
    private int _queued;
    private int _pumping;
    private int _closed;
    private bool _ended;
    private long _checkedAt = long.MinValue;
    private long _sendingSince = long.MaxValue;

    /// <param name="socket">Accepted; from now on this connection's own.</param>
    /// <param name="address">The peer's address, with the connection's number.</param>
    /// <param name="accepted">When.</param>
    /// <param name="workers">Finds a worker's connections by its index; null when there is none.</param>
    /// <param name="counters">What all connections share.</param>
    public TcpConnection(Socket socket, TransportAddress address, Instant accepted, Func<int, TcpConnections?> workers, TcpCounters counters)
    {
        (_socket, Address, _accepted, _workers, _counters) = (socket, address, accepted, workers, counters);
    }

    /// <summary>The peer's address, with the connection's number.</summary>
    public TransportAddress Address { get; }

    /// <summary>Whether a valid check has come.</summary>
    public bool IsChecked => Volatile.Read(ref _checkedAt) != long.MinValue;

    /// <summary>Whether nothing more is read: when the ring is empty, too, the worker may forget it. For the worker.</summary>
    public bool HasEnded => Volatile.Read(ref _ended);

    /// <summary>Whether what the worker has put in is still to leave.</summary>
    public bool IsSending => Volatile.Read(ref _closed) == 0 && Volatile.Read(ref _outbox) is { } outbox
        && (!outbox.IsEmpty || Volatile.Read(ref _pumping) == 1);

    /// <summary>Whether it is among the worker's <see cref="TcpConnections"/> that have left something to send. For the worker.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Notes that it stands in the worker's queue.</summary>
    /// <returns>False when it already does.</returns>
    public bool TryQueue() => Interlocked.Exchange(ref _queued, 1) == 0;

    /// <summary>The worker has taken it out of its queue for good; whoever adds something queues it anew.</summary>
    /// <returns>False when something was added meanwhile: it is still queued.</returns>
    public bool TryUnqueue()
    {
        Interlocked.Exchange(ref _queued, 0);
        return _incoming!.IsEmpty || !TryQueue();
    }

    /// <summary>Takes a datagram that has arrived. For the worker.</summary>
    /// <param name="destination">At least <see cref="FrameReader.Longest"/> bytes.</param>
    /// <param name="length">The datagram's length.</param>
    public bool TryTake(Span<byte> destination, out int length)
    {
        if (!_incoming!.TryPeek(out length, out _))
        {
            return false;
        }

        _incoming.Take(destination);
        return true;
    }

    /// <summary>Puts in a datagram that is to leave, or drops and counts it. For the worker; <see cref="Pump"/> sends it.</summary>
    public void Add(Instant now, ReadOnlySpan<byte> datagram)
    {
        var outbox = _outbox;
        if (outbox is null)
        {
            // Only now: whoever is not answered costs no more than what is read of it.
            _chunk = GC.AllocateUninitializedArray<byte>(ChunkBytes);
            Volatile.Write(ref _outbox, outbox = new TcpOutbox { Peer = _peer });
        }

        if (!outbox.TryAdd(now, datagram, out var isPicture))
        {
            _counters.Dropped(_peer, isPicture ? 1 : 0, isPicture ? 0 : 1);
        }

        if (outbox.IsHalfFull)
        {
            Pump();
        }
    }

    /// <summary>Lets the pool send what waits. For the worker; never waits, and allocates nothing.</summary>
    public void Pump()
    {
        if (Interlocked.Exchange(ref _pumping, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>A valid check came by this connection. For the worker.</summary>
    public void Check(Instant now, in TcpPeer peer)
    {
        _peer = peer;
        _outbox?.Peer = peer;
        Volatile.Write(ref _checkedAt, now.Ticks);
    }

    /// <summary>Why it has to be closed by now, if it has to.</summary>
    public TcpEnd? Overdue(Instant now, TcpLimits limits)
    {
        var last = Volatile.Read(ref _checkedAt);
        var since = Volatile.Read(ref _sendingSince);
        return last == long.MinValue ? (now - _accepted > limits.CheckWithin ? TcpEnd.Unchecked : null)
            : now - new Instant(last) > limits.CheckAgainWithin ? TcpEnd.ConsentExpired
            : since != long.MaxValue && now - new Instant(since) > limits.TakeWithin ? TcpEnd.Stuck
            : null;
    }

    /// <summary>Reads until the connection ends, and closes it.</summary>
    public async Task ReadAsync()
    {
        var end = TcpEnd.Gone;
        try
        {
            var bytes = new byte[ReadBytes];
            while (end == TcpEnd.Gone && await _socket.ReceiveAsync(bytes, SocketFlags.None).ConfigureAwait(false) is > 0 and var length)
            {
                for (var at = 0; at < length && end == TcpEnd.Gone;)
                {
                    await RoomAsync().ConfigureAwait(false);
                    at += TakeIn(bytes.AsSpan(at, length - at), ref end);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Reset, unreachable, or closed by us.
        }
        finally
        {
            Close(end);
            Volatile.Write(ref _ended, true);
            _worker?.Ready(this);
        }
    }

    /// <summary>Closes it; closing twice is closing once.</summary>
    public void Close(TcpEnd end)
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            _counters.Count(end);
            _socket.Dispose();
        }
    }

    /// <summary>Sends what waits, on a thread of the pool.</summary>
    void IThreadPoolWorkItem.Execute() => _ = SendAsync();

    private async Task SendAsync()
    {
        try
        {
            do
            {
                while (Compose(out var length))
                {
                    Volatile.Write(ref _sendingSince, Clock.Now().Ticks);
                    for (var sent = 0; sent < length;)
                    {
                        sent += await _socket.SendAsync(_chunk.AsMemory(sent, length - sent), SocketFlags.None).ConfigureAwait(false);
                    }

                    Volatile.Write(ref _sendingSince, long.MaxValue);
                }

                Interlocked.Exchange(ref _pumping, 0);   // then look again: whoever adds something after the look finds nobody sending
            }
            while (!_outbox!.IsEmpty && Interlocked.Exchange(ref _pumping, 1) == 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Close(TcpEnd.Gone);   // nobody sends any more: the flag stays up
        }
    }

    private bool Compose(out int length)
    {
        length = _outbox!.Compose(Clock.Now(), _chunk, out var stale);
        if (stale != default)
        {
            _counters.Dropped(_outbox.Peer, stale.Pictures, stale.Voice);
        }

        return length > 0;
    }

    // A worker that does not keep up is felt by the peer, as it is with every TCP connection: nothing of what was received is dropped.
    private async ValueTask RoomAsync()
    {
        while (_incoming is { } ring && !ring.Fits(FrameReader.Longest) && Volatile.Read(ref _closed) == 0)
        {
            await Task.Delay(PauseForRoom).ConfigureAwait(false);
        }
    }

    // At most one datagram, for which there is room.
    private int TakeIn(ReadOnlySpan<byte> input, ref TcpEnd end)
    {
        var rest = input;
        switch (_frames.Next(ref rest, out var datagram))
        {
            case FrameOutcome.Broken:
                end = TcpEnd.Broken;
                break;
            case FrameOutcome.Whole when _worker is null && !TryFindWorker(datagram):
                end = TcpEnd.Stranger;
                break;
            case FrameOutcome.Whole:
                _incoming!.TryWrite(Clock.Now(), datagram);
                _worker!.Ready(this);
                break;
        }

        return input.Length - rest.Length;
    }

    private bool TryFindWorker(ReadOnlySpan<byte> datagram)
    {
        if (!StunReader.TryRead(datagram, out var request) || !request.IsBinding || request.Class != StunClass.Request
            || !request.TrySplitUsername(out var receiver, out _)
            || !WorkerFragment.TryRead(receiver, out var index) || _workers(index) is not { } worker)
        {
            return false;
        }

        _incoming = new FrameRing(IncomingBytes);
        _worker = worker;
        return true;
    }
}
