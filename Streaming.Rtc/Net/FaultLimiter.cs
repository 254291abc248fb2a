namespace Streaming.Rtc.Net;

/// <summary>Lets one fault in a second into the log: a fault that a datagram can cause must not become a flood of lines.</summary>
internal sealed class FaultLimiter
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private Instant _nextAt = Instant.LongAgo;
    private long _unlogged;

    /// <summary>Whether this fault may be logged.</summary>
    /// <param name="now">The time.</param>
    /// <param name="unlogged">How many were not, since the last that was.</param>
    public bool MayLog(Instant now, out long unlogged)
    {
        if (now < _nextAt)
        {
            unlogged = ++_unlogged;
            return false;
        }

        (unlogged, _unlogged) = (_unlogged, 0);
        _nextAt = now + Interval;
        return true;
    }
}
