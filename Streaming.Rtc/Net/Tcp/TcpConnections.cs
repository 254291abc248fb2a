using System.Collections.Concurrent;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Net.Tcp;

/// <summary>The TCP connections of one worker: what has come by them, and what leaves by them.</summary>
/// <remarks>Only <see cref="Ready"/> is for other threads; everything else is the worker's own.</remarks>
/// <param name="nudge">Wakes the worker.</param>
internal sealed class TcpConnections(Action nudge)
{
    // Then others have their turn.
    private const int MostInARow = 16;

    private readonly ConcurrentQueue<TcpConnection> _ready = new();
    private readonly Dictionary<uint, TcpConnection> _byNumber = [];
    private readonly List<TcpConnection> _dirty = [];
    private TcpConnection? _current;
    private int _inARow;

    /// <summary>The time of the worker's round.</summary>
    public Instant Now { get; set; }

    /// <summary>Whether there is something to take.</summary>
    public bool HasReady => _current is not null || !_ready.IsEmpty;

    /// <summary>A connection has something to take, or has ended. Any thread may say so; nobody waits.</summary>
    public void Ready(TcpConnection connection)
    {
        if (connection.TryQueue())
        {
            _ready.Enqueue(connection);
            nudge();
        }
    }

    /// <summary>Takes the next datagram.</summary>
    /// <param name="destination">At least <see cref="FrameReader.Longest"/> bytes.</param>
    /// <param name="from">Who sent it.</param>
    /// <param name="length">Its length in bytes.</param>
    public bool TryTake(Span<byte> destination, out TransportAddress from, out int length)
    {
        while (true)
        {
            if (_current is null && !TryBegin())
            {
                (from, length) = (default, 0);
                return false;
            }

            var current = _current!;
            if (_inARow < MostInARow && current.TryTake(destination, out length))
            {
                _inARow++;
                from = current.Address;
                return true;
            }

            End(current);
        }
    }

    /// <summary>Takes a datagram that is to leave; it does with the next <see cref="Flush"/>.</summary>
    public void Send(TransportAddress to, ReadOnlySpan<byte> datagram)
    {
        if (!_byNumber.TryGetValue(to.Connection, out var connection))
        {
            return;   // its connection has ended; the peer comes back by another, or its consent runs out
        }

        connection.Add(Now, datagram);
        if (!connection.IsDirty)
        {
            connection.IsDirty = true;
            _dirty.Add(connection);
        }
    }

    /// <summary>A valid check came by a connection.</summary>
    public void Checked(TransportAddress from, in TcpPeer peer)
    {
        if (_byNumber.TryGetValue(from.Connection, out var connection))
        {
            connection.Check(Now, peer);
        }
    }

    /// <summary>Lets leave what was taken since the last time.</summary>
    public void Flush()
    {
        foreach (var connection in _dirty)
        {
            connection.IsDirty = false;
            connection.Pump();
        }

        _dirty.Clear();
    }

    private bool TryBegin()
    {
        if (!_ready.TryDequeue(out var next))
        {
            return false;
        }

        (_current, _inARow) = (next, 0);
        _byNumber.TryAdd(next.Address.Connection, next);
        return true;
    }

    private void End(TcpConnection current)
    {
        if (_inARow == MostInARow)
        {
            _ready.Enqueue(current);   // it stays queued, behind the others
        }
        else if (!current.TryUnqueue())
        {
            _ready.Enqueue(current);
        }
        else if (current.HasEnded)
        {
            _byNumber.Remove(current.Address.Connection);
        }

        _current = null;
    }
}
