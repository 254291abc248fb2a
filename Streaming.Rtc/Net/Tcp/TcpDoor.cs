using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Streaming.Rtc.Net.Tcp;

/// <summary>The one TCP port of all workers: takes connections within <see cref="TcpLimits"/>, and ends those that are of no use.</summary>
/// <remarks>Runs on the pool. A connection costs the workers nothing before its first check.</remarks>
internal sealed class TcpDoor : IDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromMilliseconds(500);

    private readonly Socket _listener;
    private readonly TcpLimits _limits;
    private readonly TcpGate _gate;
    private readonly Func<int, TcpConnections?> _workers;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<uint, Entered> _connections = [];
    private Timer? _sweep;
    private uint _lastNumber;
    private volatile bool _stopping;
    private volatile bool _accepts;

    /// <param name="listener">A socket of <see cref="TcpPorts.Open"/>; from now on this door's own.</param>
    /// <param name="limits">How many, and how long.</param>
    /// <param name="workers">Finds a worker's connections by its index; null when there is none.</param>
    /// <param name="counters">What all connections share.</param>
    /// <param name="logger">For an accept that fails.</param>
    public TcpDoor(Socket listener, TcpLimits limits, Func<int, TcpConnections?> workers, TcpCounters counters, ILogger logger)
    {
        (_listener, _limits, _workers, Counters, _logger) = (listener, limits, workers, counters, logger);
        _gate = new TcpGate(limits);
        LocalEndPoint = (IPEndPoint)listener.LocalEndPoint!;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>What its connections come to.</summary>
    public TcpCounters Counters { get; }

    /// <summary>Connections that are open.</summary>
    public int Count => _gate.Count;

    /// <summary>Whether it takes connections.</summary>
    public bool IsRunning => _accepts;

    /// <summary>Begins to take connections.</summary>
    public void Start()
    {
        _accepts = true;
        _sweep = new Timer(_ => Sweep(Clock.Now()), null, SweepInterval, SweepInterval);
        _ = AcceptAsync();
    }

    /// <summary>Takes no more, lets the last words leave, and closes everything. Takes half a second at most.</summary>
    public void Dispose()
    {
        _stopping = true;
        _listener.Dispose();
        _sweep?.Dispose();
        var until = Clock.Now() + FarewellLimit;
        while (Clock.Now() < until && _connections.Any(entry => entry.Value.Connection.IsSending))
        {
            Thread.Sleep(5);
        }

        foreach (var (_, entered) in _connections)
        {
            entered.Connection.Close(TcpEnd.Stopped);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stopping)
        {
            try
            {
                Enter(await _listener.AcceptAsync().ConfigureAwait(false));
            }
            catch (Exception) when (_stopping)
            {
                break;   // the listener was closed
            }
            catch (SocketException e)
            {
                // No descriptor is left, or a connection was gone before we took it.
                _logger.TcpAcceptFailed(e.SocketErrorCode);
                await Task.Delay(PauseAfterFailure).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                _logger.TcpDied(e, LocalEndPoint);
                break;
            }
        }

        _accepts = false;
    }

    private void Enter(Socket socket)
    {
        if (!TryPrepare(socket, out var from))
        {
            socket.Dispose();
            Counters.Count(TcpEnd.Gone);
        }
        else if (!_gate.TryEnter(from))
        {
            socket.Dispose();
            Counters.Count(TcpEnd.Refused);
        }
        else
        {
            var number = ++_lastNumber == 0 ? ++_lastNumber : _lastNumber;
            var connection = new TcpConnection(socket, from.By(number), Clock.Now(), _workers, Counters);
            _ = ServeAsync(new Entered(connection));
        }
    }

    private async Task ServeAsync(Entered entered)
    {
        var number = entered.Connection.Address.Connection;
        _connections[number] = entered;
        if (_stopping)
        {
            entered.Connection.Close(TcpEnd.Stopped);
        }

        try
        {
            await entered.Connection.ReadAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _logger.TcpConnectionFailed(e, entered.Connection.Address);
        }
        finally
        {
            _connections.TryRemove(number, out _);
            _gate.Leave(entered.Connection.Address, entered.TryLeave());
        }
    }

    private void Sweep(Instant now)
    {
        foreach (var (_, entered) in _connections)
        {
            if (entered.Connection.IsChecked)
            {
                entered.Check(_gate);
            }

            if (entered.Connection.Overdue(now, _limits) is { } end)
            {
                entered.Connection.Close(end);
            }
        }
    }

    private static bool TryPrepare(Socket socket, out TransportAddress from)
    {
        try
        {
            from = TransportAddress.From((IPEndPoint)socket.RemoteEndPoint!);
            socket.NoDelay = true;
            TcpPorts.KeepShort(socket);
            return true;
        }
        catch (SocketException)
        {
            from = default;   // gone already
            return false;
        }
    }

    /// <summary>A connection, and how the gate counts it.</summary>
    private sealed class Entered(TcpConnection connection)
    {
        private const int New = 0, Checked = 1, Left = 2;
        private readonly Lock _lock = new();
        private int _state;

        public TcpConnection Connection => connection;

        public void Check(TcpGate gate)
        {
            lock (_lock)
            {
                if (_state == New)
                {
                    _state = Checked;
                    gate.Checked(connection.Address);
                }
            }
        }

        /// <summary>No check is counted from here on.</summary>
        /// <returns>Whether one was.</returns>
        public bool TryLeave()
        {
            lock (_lock)
            {
                var was = _state;
                _state = Left;
                return was == Checked;
            }
        }
    }
}
