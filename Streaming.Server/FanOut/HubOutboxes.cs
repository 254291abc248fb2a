using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using Streaming.Server.Telemetry;

namespace Streaming.Server.FanOut;

/// <summary>The outboxes of all open connections, and the clock over those that do not drain.</summary>
/// <remarks>Safe for threads.</remarks>
internal sealed partial class HubOutboxes : IDisposable
{
    /// <summary>How often connections that wait are looked at. The timer stands while there are none.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, HubOutbox> _open = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly HashSet<HubOutbox> _waiting = [];
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly long _started;
    private readonly ILogger _members;
    private readonly ILogger _inspectors;
    private bool _looking;

    public HubOutboxes(OutboxLimits limits, TimeProvider time, ILoggerFactory loggers)
    {
        (Limits, _time, _started) = (limits, time, time.GetTimestamp());
        _members = loggers.CreateLogger<HubOutboxes>();
        _inspectors = loggers.CreateLogger(StreamingMeters.InspectionName);
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public OutboxLimits Limits { get; }

    /// <summary>What members' connections have met with.</summary>
    public OutboxCounts Members { get; } = new();

    /// <summary>What inspectors' connections have met with.</summary>
    public OutboxCounts Observers { get; } = new();

    /// <summary>Monotonic time.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_started);

    /// <summary>How many connections wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    public void Add(HubConnectionContext connection) => _open[connection.ConnectionId] = new HubOutbox(connection, this);

    public void Remove(string connection)
    {
        if (_open.TryRemove(connection, out var outbox))
        {
            outbox.End();
        }
    }

    /// <summary>The way to a connection; null when it is gone.</summary>
    public HubOutbox? Find(string connection) => _open.GetValueOrDefault(connection);

    /// <summary>What waits for members or for inspectors, in bytes.</summary>
    public long WaitingBytes(bool ofObservers)
    {
        HubOutbox[] waiting;
        lock (_gate)
        {
            waiting = [.. _waiting];
        }

        return waiting.Where(outbox => outbox.IsObserver == ofObservers).Sum(outbox => (long)outbox.WaitingBytes);
    }

    /// <summary>A connection has begun to wait.</summary>
    public void Watch(HubOutbox outbox)
    {
        lock (_gate)
        {
            _waiting.Add(outbox);
            if (!_looking)
            {
                _looking = _timer.Change(LookInterval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>It drains again, or is gone.</summary>
    public void Unwatch(HubOutbox outbox)
    {
        lock (_gate)
        {
            _waiting.Remove(outbox);
        }
    }

    public void DroppedToSnapshots(HubOutbox outbox)
    {
        CountsOf(outbox).DroppedToSnapshots();
        LogToSnapshots(LoggerOf(outbox));
    }

    public void Closed(HubOutbox outbox)
    {
        CountsOf(outbox).Closed();
        LogClosed(LoggerOf(outbox));
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        HubOutbox[] waiting;
        lock (_gate)
        {
            waiting = [.. _waiting];
            _looking = waiting.Length > 0 && _timer.Change(LookInterval, Timeout.InfiniteTimeSpan);
        }

        var now = Now;
        foreach (var outbox in waiting)
        {
            outbox.Tick(now);
        }
    }

    private OutboxCounts CountsOf(HubOutbox outbox) => outbox.IsObserver ? Observers : Members;

    private ILogger LoggerOf(HubOutbox outbox) => outbox.IsObserver ? _inspectors : _members;

    [LoggerMessage(190, LogLevel.Information, "A hub connection does not drain: what waited for it is thrown away, and a snapshot will take its place.")]
    private static partial void LogToSnapshots(ILogger logger);

    [LoggerMessage(191, LogLevel.Warning, "A hub connection does not drain and is closed.")]
    private static partial void LogClosed(ILogger logger);
}

/// <summary>How often connections did not drain.</summary>
internal sealed class OutboxCounts
{
    private long _toSnapshots;
    private long _closed;

    /// <summary>How often one was dropped to snapshots.</summary>
    public long ToSnapshots => Interlocked.Read(ref _toSnapshots);

    /// <summary>How many were closed.</summary>
    public long ClosedConnections => Interlocked.Read(ref _closed);

    public void DroppedToSnapshots() => Interlocked.Increment(ref _toSnapshots);

    public void Closed() => Interlocked.Increment(ref _closed);
}
