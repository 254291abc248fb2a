using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Streaming.Rtc;

namespace Streaming.Tests.Shared.Links;

/// <summary>Takes a datagram, which is valid until this returns.</summary>
internal delegate void DatagramHandler(ReadOnlySpan<byte> datagram);

/// <summary>What a <see cref="LinkEmulator"/> may take and what it keeps.</summary>
internal sealed record LinkEmulatorOptions
{
    /// <summary>Of its luck.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The most clients; a datagram of one more is dropped.</summary>
    public int MostFlows { get; init; } = 64;

    /// <summary>The most bytes that are held for later; what would be more is dropped.</summary>
    public long MostHeldBytes { get; init; } = 16 << 20;

    /// <summary>Looks at each datagram that reaches a client, on the link's own thread.</summary>
    public DatagramHandler? OnDelivered { get; init; }

    /// <summary>How many of the clients' last datagrams are kept for <see cref="LinkEmulator.Seen"/>.</summary>
    public int Remembered { get; init; }
}

/// <summary>A UDP relay on loopback that loses, delays and limits what passes, as its <see cref="LinkProfile"/> says.</summary>
/// <remarks>
/// Clients send to <see cref="Near"/> instead of to the server; each address and port of theirs has a link of its own, which begins with its
/// first datagram. (A browser tries several before it stays with one.) One thread does everything, and looks at the clock about once a
/// millisecond.
/// </remarks>
internal sealed class LinkEmulator : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly IPEndPoint _server;
    private readonly LinkEmulatorOptions _options;
    private readonly Socket _near;
    private readonly Thread _thread;
    private readonly byte[] _buffer = LinkFlow.MakeBuffer();
    private readonly PriorityQueue<Held, (Instant Due, long Order)> _held = new();
    private readonly ConcurrentQueue<byte[]> _seen = new();
    private readonly ConcurrentQueue<LinkProfile> _changes = new();
    private readonly SocketAddress _from;
    private LinkFlow[] _flows = [];   // replaced, never changed
    private LinkProfile _profile;
    private long _heldBytes;
    private long _order;
    private long _refusedFlows;
    private volatile bool _stopping;

    /// <summary>Stands in front of a server's UDP port.</summary>
    /// <param name="server">On loopback.</param>
    /// <param name="profile">The link of every client.</param>
    /// <param name="options">Limits and seed.</param>
    public LinkEmulator(IPEndPoint server, LinkProfile profile, LinkEmulatorOptions? options = null)
    {
        (_server, _profile, _options) = (server, profile, options ?? new LinkEmulatorOptions());
        _near = LinkFlow.Open(server.Address);
        _from = new SocketAddress(server.AddressFamily);
        Near = (IPEndPoint)_near.LocalEndPoint!;
        _thread = new Thread(Run) { Name = "link", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Where clients must send to.</summary>
    public IPEndPoint Near { get; }

    /// <summary>Towards the clients.</summary>
    public LinkCounters Down { get; } = new();

    /// <summary>Towards the server.</summary>
    public LinkCounters Up { get; } = new();

    /// <summary>How many addresses and ports clients have sent from.</summary>
    public int Flows => Volatile.Read(ref _flows).Length;

    /// <summary>Datagrams dropped because their client was one too many.</summary>
    public long RefusedFlows => Volatile.Read(ref _refusedFlows);

    /// <summary>What clients sent lately.</summary>
    public IReadOnlyCollection<byte[]> Seen => _seen;

    /// <summary>Why it stopped by itself; null while it does not.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Makes every client's link another one; its first step begins when this is noticed, within some 20 ms.</summary>
    public void Change(LinkProfile profile) => _changes.Enqueue(profile);

    /// <summary>Sends to the server at once, as if the first client had.</summary>
    /// <returns>Whether the system took the datagram.</returns>
    public bool Inject(ReadOnlySpan<byte> datagram) =>
        Volatile.Read(ref _flows) is [var first, ..] && TrySend(first.Far, datagram);

    public void Dispose()
    {
        _stopping = true;
        _thread.Join(TimeSpan.FromSeconds(10));
        _near.Dispose();
        foreach (var flow in _flows)
        {
            flow.Dispose();
        }

        while (_held.TryDequeue(out var held, out _))
        {
            ArrayPool<byte>.Shared.Return(held.Bytes);
        }
    }

    private static Instant Now() => new(Stopwatch.GetElapsedTime(0).Ticks);

    private void Run()
    {
        try
        {
            var ready = new List<Socket>();
            while (!_stopping)
            {
                ApplyChanges();
                var wait = PassDue();
                ready.Clear();
                ready.Add(_near);
                ready.AddRange(_flows.Select(flow => flow.Far));
                Socket.Select(ready, null, null, (int)wait.TotalMicroseconds);
                foreach (var socket in ready)
                {
                    Drain(socket);
                }
            }
        }
        catch (Exception e)
        {
            Fault = e;   // the test sees that nothing passes any more, and why
        }
    }

    private void ApplyChanges()
    {
        while (_changes.TryDequeue(out var profile))
        {
            _profile = profile;
            foreach (var flow in _flows)
            {
                flow.Change(Now(), profile);
            }
        }
    }

    /// <summary>Passes on what is due.</summary>
    /// <returns>How long nothing else is.</returns>
    private TimeSpan PassDue()
    {
        while (_held.TryPeek(out var held, out var at))
        {
            var wait = at.Due - Now();
            if (wait > TimeSpan.Zero) return wait < ShortestWait ? ShortestWait : wait < LongestWait ? wait : LongestWait;

            _held.Dequeue();
            _heldBytes -= held.Length + LinkWay.HeaderBytes;
            Pass(held.Flow, held.IsUp, held.Bytes.AsSpan(0, held.Length));
            ArrayPool<byte>.Shared.Return(held.Bytes);
        }

        return LongestWait;
    }

    /// <summary>Takes in what waits at a socket, a bounded number at a time so that others get their turn.</summary>
    private void Drain(Socket socket)
    {
        var flow = Array.Find(_flows, flow => flow.Far == socket);
        for (var i = 0; i < 64 && (i == 0 || socket.Available > 0); i++)
        {
            try
            {
                if (flow is not null)
                {
                    Take(flow, isUp: false, socket.Receive(_buffer));
                    continue;
                }

                var length = socket.ReceiveFrom(_buffer, SocketFlags.None, _from);
                Remember(length);
                if (FlowOf(_from) is { } client)
                {
                    Take(client, isUp: true, length);
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
            {
                // The other end was not there for a moment.
            }
        }
    }

    private void Remember(int length)
    {
        if (_options.Remembered == 0) return;

        _seen.Enqueue(_buffer[..length]);
        while (_seen.Count > _options.Remembered)
        {
            _seen.TryDequeue(out _);
        }
    }

    private LinkFlow? FlowOf(SocketAddress client)
    {
        if (Array.Find(_flows, flow => flow.Client.Equals(client)) is { } known) return known;

        if (_flows.Length == _options.MostFlows)
        {
            Interlocked.Increment(ref _refusedFlows);
            return null;
        }

        var copy = new SocketAddress(client.Family, client.Size);
        client.Buffer.Span[..client.Size].CopyTo(copy.Buffer.Span);
        var flow = new LinkFlow(copy, _server, _profile, _options.Seed + (_flows.Length * 7_919), Now());
        Volatile.Write(ref _flows, [.. _flows, flow]);
        return flow;
    }

    private void Take(LinkFlow flow, bool isUp, int length)
    {
        var (model, counters) = isUp ? (flow.Up, Up) : (flow.Down, Down);
        counters.NoteReceived();
        var now = Now();
        var fate = model.Take(now, length, out var arrival);
        if (fate != LinkFate.Delivered)
        {
            counters.NoteDropped(fate);
        }
        else if (arrival <= now && _held.Count == 0)   // nothing overtakes what is due and not passed yet
        {
            Pass(flow, isUp, _buffer.AsSpan(0, length));
        }
        else if (_heldBytes + length + LinkWay.HeaderBytes > _options.MostHeldBytes)
        {
            counters.NoteOverflowed();
        }
        else
        {
            var bytes = ArrayPool<byte>.Shared.Rent(length);
            _buffer.AsSpan(0, length).CopyTo(bytes);
            _heldBytes += length + LinkWay.HeaderBytes;
            _held.Enqueue(new Held(flow, isUp, bytes, length), (arrival, _order++));
        }
    }

    private void Pass(LinkFlow flow, bool isUp, ReadOnlySpan<byte> datagram)
    {
        var isSent = isUp ? TrySend(flow.Far, datagram) : TrySendTo(_near, flow.Client, datagram);
        if (isSent)
        {
            (isUp ? Up : Down).NoteDelivered(datagram.Length);
            if (!isUp)
            {
                _options.OnDelivered?.Invoke(datagram);
            }
        }
        else
        {
            (isUp ? Up : Down).NoteRefused();
        }
    }

    private static bool TrySend(Socket connected, ReadOnlySpan<byte> datagram)
    {
        connected.Send(datagram, SocketFlags.None, out var error);
        return error == SocketError.Success;
    }

    private static bool TrySendTo(Socket socket, SocketAddress to, ReadOnlySpan<byte> datagram)
    {
        try
        {
            socket.SendTo(datagram, SocketFlags.None, to);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private readonly record struct Held(LinkFlow Flow, bool IsUp, byte[] Bytes, int Length);
}
