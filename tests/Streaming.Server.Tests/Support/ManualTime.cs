namespace Streaming.Server.Tests.Support;

/// <summary>A clock that stands still until a test moves it; timers fire while it moves, in order.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _running = new(true);
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = new(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Whoever asks for the time waits until what is returned is disposed: loops stand still.</summary>
    public IDisposable Hold()
    {
        _running.Reset();
        return new Held(_running);
    }

    /// <summary>Whether somebody, or so many, wait for exactly so long.</summary>
    public bool IsAwaited(TimeSpan span, int by = 1)
    {
        lock (_gate)
        {
            return _timers.Count(timer => timer.Due == _now + span) >= by;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        _running.Wait();
        lock (_gate)
        {
            return _now;
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (true)
        {
            ManualTimer? next;
            lock (_gate)
            {
                next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
                _now = next?.Due > _now ? next.Due.Value : next is null ? end : _now;
                if (next is null)
                {
                    return;
                }

                next.Due = null;
            }

            next.Fire();
        }
    }

    private sealed class Held(ManualResetEventSlim running) : IDisposable
    {
        public void Dispose() => running.Set();
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? Due { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime;
                if (!time._timers.Contains(this))
                {
                    time._timers.Add(this);
                }

                return true;
            }
        }

        public void Dispose()
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
