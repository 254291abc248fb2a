using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Net;

/// <summary>Runs the DTLS of one worker on a thread beside it.</summary>
/// <remarks>The worker's thread calls <see cref="IHandshaker"/>; the associations belong to the thread here, for all their life.</remarks>
internal sealed class HandshakeThread : IHandshaker, IDisposable
{
    /// <summary>Datagrams that may wait; more are dropped, and DTLS sends them again.</summary>
    public const int QueueLimit = 4_096;

    // Fine enough for the first repeat of a flight after 50–100 ms.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<Work> _work = new();
    private readonly AutoResetEvent _ready = new(false);
    private readonly DtlsAssociations _associations;
    private readonly ILogger _logger;
    private readonly TimeSpan _idleInterval;
    private readonly Thread _thread;
    private int _queuedDatagrams;
    private int _waiting;
    private volatile bool _stopping;
    private volatile bool _died;

    /// <summary>Makes the thread; it does not run yet.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="certificate">Ours.</param>
    /// <param name="post">Takes what comes of it to the worker; called on this thread.</param>
    /// <param name="logger">For failures.</param>
    /// <param name="idleInterval">How long it waits at most while no timer runs; a second by default.</param>
    /// <param name="gcm">Which code does the AES-GCM of SRTP.</param>
    public HandshakeThread(
        string name,
        DtlsCertificate certificate,
        Action<RtcCommand> post,
        ILogger logger,
        TimeSpan? idleInterval = null,
        GcmKind gcm = GcmKind.Auto)
    {
        _logger = logger;
        _idleInterval = idleInterval ?? IdleInterval;
        _associations = new DtlsAssociations(certificate, post, logger, gcm);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    private enum WorkKind
    {
        Open,
        Receive,
        Close,
    }

    /// <summary>Whether it can take work; without it nobody connects any more.</summary>
    public bool IsRunning => !_died;

    /// <summary>Lets it run.</summary>
    public void Start() => _thread.Start();

    /// <inheritdoc/>
    public void Open(TransportId transport, DtlsRole role, ReadOnlyMemory<byte> expectedFingerprint) =>
        Enqueue(new Work(WorkKind.Open, transport, Role: role, Fingerprint: expectedFingerprint));

    /// <inheritdoc/>
    public bool Receive(TransportId transport, ReadOnlySpan<byte> datagram)
    {
        if (_died)
        {
            return false;
        }

        if (Interlocked.Increment(ref _queuedDatagrams) > QueueLimit)
        {
            Interlocked.Decrement(ref _queuedDatagrams);
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(datagram.Length);   // returned by Handle
        datagram.CopyTo(buffer);
        Enqueue(new Work(WorkKind.Receive, transport, buffer, datagram.Length));
        return true;
    }

    /// <inheritdoc/>
    public void Close(TransportId transport) => Enqueue(new Work(WorkKind.Close, transport));

    /// <summary>Ends every association with a close_notify, which is posted like everything else, and the thread.</summary>
    public void Dispose()
    {
        _stopping = true;
        _ready.Set();
        if (_thread.IsAlive && !_thread.Join(StopLimit))
        {
            _logger.ThreadLeftRunning(_thread.Name!, StopLimit);
        }

        // The event is left to its finalizer: the worker may be about to set it.
    }

    private void Run()
    {
        try
        {
            var nextSweep = Instant.LongAgo;
            while (!_stopping)
            {
                var now = Clock.Now();

                // A few at a time: a flood must not keep the others' flights from being repeated.
                for (var i = 0; i < 64 && _work.TryDequeue(out var work); i++)
                {
                    Handle(now, work);
                }

                if (now >= nextSweep)
                {
                    _associations.Tick(now);
                    nextSweep = now + SweepInterval;
                }

                WaitForWork(_associations.AreTimersRunning ? nextSweep - Clock.Now() : _idleInterval);
            }

            _associations.CloseAll();
        }
        catch (Exception e)
        {
            _died = true;
            _logger.HandshakesDied(e, _thread.Name!);
        }
    }

    private void Handle(Instant now, in Work work)
    {
        switch (work.Kind)
        {
            case WorkKind.Open:
                _associations.Open(now, work.Transport, work.Role, work.Fingerprint);
                break;
            case WorkKind.Receive:
                Interlocked.Decrement(ref _queuedDatagrams);
                _associations.Receive(now, work.Transport, work.Buffer.AsSpan(0, work.Length));
                ArrayPool<byte>.Shared.Return(work.Buffer!);
                break;
            case WorkKind.Close:
                _associations.Close(work.Transport);
                break;
        }
    }

    private void Enqueue(in Work work)
    {
        _work.Enqueue(work);

        // The exchange also orders the enqueuing before the look at the flag; see WaitForWork.
        if (Interlocked.Exchange(ref _waiting, 0) == 1)
        {
            _ready.Set();
        }
    }

    private void WaitForWork(TimeSpan wait)
    {
        if (wait <= TimeSpan.Zero)
        {
            return;
        }

        // Flag first, then look: whoever enqueues after the look sees the flag.
        Interlocked.Exchange(ref _waiting, 1);
        if (_work.IsEmpty && !_stopping)
        {
            _ready.WaitOne(wait);
        }

        Volatile.Write(ref _waiting, 0);
    }

    private readonly record struct Work(
        WorkKind Kind,
        TransportId Transport,
        byte[]? Buffer = null,
        int Length = 0,
        DtlsRole Role = DtlsRole.Server,
        ReadOnlyMemory<byte> Fingerprint = default);
}
