using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Net.Tcp;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Net;

/// <summary>One UDP port, some TCP connections, one engine, and the thread that owns them: stop 1 and stop 6 of a packet's path.</summary>
/// <remarks>Only <see cref="Post"/> and the figures are for other threads; everything else happens on the worker's own, without locks.</remarks>
public sealed class RtcWorker : IDisposable
{
    // Enough for full calls to the kernel; what a large room queues beyond it, the batch sends by itself.
    private const int FlushAt = 128;

    // As many as a slab of datagrams holds: whatever comes by TCP, datagrams and commands have their turn.
    private const int MostFrames = 128;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly IUdpPort _port;
    private readonly HandshakeThread _handshakes;
    private readonly GuardedEngine _engine;
    private readonly ILogger _logger;
    private readonly DatagramSlab _slab = new();
    private readonly byte[] _frame = GC.AllocateUninitializedArray<byte>(DatagramSlab.SlotSize, pinned: true);
    private readonly SendBatch _batch;
    private readonly ConcurrentQueue<RtcCommand> _inbox = new();
    private readonly Thread _thread;
    private readonly GatherWindow _window;
    private bool _saidUnsegmented;
    private int _waiting;
    private volatile bool _stopping;
    private volatile bool _ended;

    /// <summary>Makes a worker; it does not run yet.</summary>
    /// <param name="index">Its place in the pool, from 0.</param>
    /// <param name="port">Its port, from now on its own.</param>
    /// <param name="certificate">The certificate that all workers share.</param>
    /// <param name="candidates">The port's <see cref="Candidates"/>.</param>
    /// <param name="options">What all workers share.</param>
    /// <param name="events">Where to tell what happens; a writer that never waits.</param>
    /// <param name="logger">For faults.</param>
    /// <param name="gcm">Which code does the AES-GCM of SRTP.</param>
    internal RtcWorker(
        int index,
        IUdpPort port,
        DtlsCertificate certificate,
        IReadOnlyList<HostCandidate> candidates,
        RtcOptions options,
        ChannelWriter<RtcEvent> events,
        ILogger logger,
        GcmKind gcm = GcmKind.Auto)
    {
        Index = index;
        Candidates = candidates;
        LocalEndPoint = port.LocalEndPoint;
        _port = port;
        _logger = logger;
        Tcp = new TcpConnections(Nudge);
        _batch = new SendBatch(new WorkerSink(port, Tcp));
        _window = new GatherWindow(options.GatherWindow);
        _handshakes = new HandshakeThread($"dtls-{index}", certificate, Post, logger, gcm: gcm);
        var engine = new RtcEngine(options.Engine, _handshakes, Drops);
        Counters = engine.Counters;
        _engine = new GuardedEngine(index, engine, _batch, events, logger);
        _thread = new Thread(Run) { Name = $"rtc-{index}", IsBackground = true, Priority = ThreadPriority.AboveNormal };
    }

    /// <summary>Its place in the pool, from 0.</summary>
    public int Index { get; }

    /// <summary>Where its socket is bound.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Where browsers reach it, for the SDP of every transport that it serves; most wanted first.</summary>
    public IReadOnlyList<HostCandidate> Candidates { get; }

    /// <summary>The TCP connections whose first check named this worker.</summary>
    internal TcpConnections Tcp { get; }

    /// <summary>What it has moved.</summary>
    public RtcCounters Counters { get; }

    /// <summary>What it has dropped on receiving.</summary>
    public DropCounters Drops { get; } = new();

    /// <summary>Datagrams that the kernel refused to send.</summary>
    public long SendFailures => _port.SendFailures;

    /// <summary>Messages that the kernel took; a segmented send carries several <see cref="DatagramsSent"/>.</summary>
    public long MessagesSent => _port.Messages;

    /// <summary>Datagrams that the kernel took.</summary>
    public long DatagramsSent => _port.Datagrams;

    /// <summary>Whether packets for one watcher leave as one segmented send.</summary>
    public bool IsSegmenting => _port.IsSegmenting;

    /// <summary>What its thread costs.</summary>
    public WorkerGauges Gauges { get; } = new();

    /// <summary>Whether its thread runs; one that has died does not come back.</summary>
    public bool IsRunning => _thread.IsAlive && !_ended && _handshakes.IsRunning;

    /// <summary>Makes the ICE credentials of a transport that this worker is to serve: by them a TCP connection finds here.</summary>
    public IceCredentials NewCredentials() => WorkerFragment.Generate(Index);

    /// <summary>Tells the worker to do something. Any thread may; nobody waits. After the worker's end it does nothing.</summary>
    public void Post(RtcCommand command)
    {
        if (_ended)
        {
            (command as DtlsConnected)?.Session.Dispose();
            return;
        }

        _inbox.Enqueue(command);
        Nudge();
    }

    /// <summary>Tells the worker that there is something to take: a command, or packets in a ring. Any thread may; nobody waits.</summary>
    internal void Nudge()
    {
        // A system call only for a worker that waits. The exchange also orders the enqueuing before the look at the flag; see TimeToWait.
        if (Interlocked.Exchange(ref _waiting, 0) == 1)
        {
            _port.Wake();
        }
    }

    /// <summary>Lets it run.</summary>
    internal void Start()
    {
        _handshakes.Start();
        _thread.Start();
    }

    /// <summary>Says goodbye to every peer, closes the port and ends both threads; its pool calls it. Takes as long as they need, 10 s at most.</summary>
    public void Dispose()
    {
        _handshakes.Dispose();   // first: what it still posts is sent in the worker's last round
        _stopping = true;
        _port.Wake();
        if (!_thread.IsAlive)
        {
            _port.Dispose();   // never started; otherwise its thread has closed it
        }
        else if (!_thread.Join(StopLimit))
        {
            _logger.ThreadLeftRunning(_thread.Name!, StopLimit);
        }
    }

    private void Run()
    {
        try
        {
            Gauges.Start();
            while (!_stopping)
            {
                _port.Receive(_slab, TimeToWait());
                Volatile.Write(ref _waiting, 0);
                var began = Clock.Now();
                ApplyCommands(began);   // first: what has come may be the answer to what they let somebody say
                ReceiveDatagrams(began);
                ReceiveFrames(began);
                var now = GatherRest() ? Clock.Now() : began;
                Round(now);
                _window.RoundEnded(now, Counters.PacketsReceived, Counters.Members.PacketsForwarded);
                Gauges.RoundEnded(now, Clock.Now());
            }

            Round(Clock.Now());
        }
        catch (Exception e)
        {
            _logger.WorkerDied(e, Index);
        }
        finally
        {
            _ended = true;
            _port.Dispose();
        }
    }

    // The rest of a picture is about to come, and what a watcher gets of it together costs hardly more than its first packet alone.
    private bool GatherRest()
    {
        if (_window.Length <= TimeSpan.Zero || _slab.IsFull || !_engine.IsPictureOpen)
        {
            return false;
        }

        _port.Pause(_window.Length);
        _port.Receive(_slab, TimeSpan.Zero);
        var now = Clock.Now();
        ReceiveDatagrams(now);
        ReceiveFrames(now);
        return true;
    }

    private void Round(Instant now)
    {
        Tcp.Now = now;
        _engine.EndRound(now);
        _engine.NoteRelayed();   // what is handed over from here on may belong to a command that the loop below does not find yet
        ApplyCommands(now);
        _engine.ReceiveRelayed(now);
        _engine.Tick(now);
        _engine.PublishEvents();
        _batch.Flush();
        Tcp.Flush();
        if (_port.SegmentationError is { } error && !_saidUnsegmented)
        {
            _saidUnsegmented = true;
            _logger.SegmentationRefused(Index, error);
        }
    }

    private void ApplyCommands(Instant now)
    {
        while (_inbox.TryDequeue(out var command))
        {
            _engine.Apply(now, command);
        }
    }

    private TimeSpan TimeToWait()
    {
        var wait = _engine.NextTick - Clock.Now();
        if (wait <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        // Flag first, then look: whoever posts after the look sees the flag and wakes the port.
        Interlocked.Exchange(ref _waiting, 1);
        return !_inbox.IsEmpty || _engine.HasRelayed || Tcp.HasReady || _stopping ? TimeSpan.Zero : wait < LongestWait ? wait : LongestWait;
    }

    private void ReceiveDatagrams(Instant now)
    {
        for (var i = 0; i < _slab.Count; i++)
        {
            if (_slab.IsOversized(i))
            {
                Drops.Count(DropReason.Oversized);
                continue;
            }

            _engine.Receive(now, _slab.From(i), _slab.Datagram(i));
            if (_batch.Count >= FlushAt)
            {
                _batch.Flush();
            }
        }
    }

    private void ReceiveFrames(Instant now)
    {
        Tcp.Now = now;
        for (var taken = 0; taken < MostFrames && Tcp.TryTake(_frame, out var from, out var length); taken++)
        {
            _engine.Receive(now, from, _frame.AsSpan(0, length));
            if (_batch.Count >= FlushAt)
            {
                _batch.Flush();
            }
        }
    }
}
