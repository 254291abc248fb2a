namespace Streaming.Server.Webhooks;

/// <summary>How one receiver of webhooks does. Safe for threads.</summary>
internal sealed class WebhookReceiver(Uri url)
{
    /// <summary>A receiver that fails for less than this is not talked of: it may be restarting.</summary>
    public static readonly TimeSpan WorthSaying = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private DateTimeOffset? _failingSince;
    private DateTimeOffset _pausedUntil;
    private string _reason = "";
    private bool _isLogged;
    private long _lost;
    private int _untoldLosses;

    /// <summary>Host and port; the rest of the address may be secret.</summary>
    public string Host { get; } = url.Authority;

    /// <summary>Whether it said that it wants no more.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Why the last post failed.</summary>
    public string Reason
    {
        get
        {
            lock (_gate)
            {
                return _reason;
            }
        }
    }

    /// <summary>How many events were given up since the start.</summary>
    public long LostEvents => Interlocked.Read(ref _lost);

    /// <summary>How long it wants to be left alone; null when it does not.</summary>
    public TimeSpan? PausedFor(DateTimeOffset now)
    {
        lock (_gate)
        {
            return _pausedUntil > now ? _pausedUntil - now : null;
        }
    }

    /// <summary>Notes a post that failed.</summary>
    /// <returns>Whether that is worth a line in the log: once until it succeeds again, and not for a moment's failure.</returns>
    public bool Failed(DateTimeOffset now, WebhookAnswer answer)
    {
        lock (_gate)
        {
            _reason = answer.Reason;
            _failingSince ??= now;
            if (now + answer.RetryAfter is { } until && until > _pausedUntil)
            {
                _pausedUntil = until;
            }

            return !_isLogged && now - _failingSince >= WorthSaying && (_isLogged = true);
        }
    }

    /// <summary>Notes a post that was taken.</summary>
    /// <returns>How long none was, when that is worth saying; else null.</returns>
    public TimeSpan? Succeeded(DateTimeOffset now)
    {
        lock (_gate)
        {
            var away = now - _failingSince;
            (_failingSince, _isLogged) = (null, false);
            return away >= WorthSaying ? away : null;
        }
    }

    /// <summary>Notes that it wants no more.</summary>
    public void Leave() => IsGone = true;

    /// <summary>Notes an event that was given up.</summary>
    public void Lost()
    {
        Interlocked.Increment(ref _lost);
        Interlocked.Increment(ref _untoldLosses);
    }

    /// <summary>How many events were given up since the last call.</summary>
    public int TakeLosses() => Interlocked.Exchange(ref _untoldLosses, 0);
}
