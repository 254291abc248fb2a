namespace Streaming.Rtc.Sfu;

/// <summary>A budget that fills with time.</summary>
/// <param name="capacity">How much can be taken at once; it begins full.</param>
/// <param name="perSecond">How much comes back in a second.</param>
internal struct TokenBucket(int capacity, int perSecond)
{
    private double _tokens = capacity;
    private Instant _at = Instant.LongAgo;

    /// <summary>Takes one.</summary>
    /// <returns>False when nothing is left.</returns>
    public bool TryTake(Instant now)
    {
        if (IsEmpty(now))
        {
            return false;
        }

        _tokens--;
        return true;
    }

    /// <summary>Whether nothing is left.</summary>
    public bool IsEmpty(Instant now)
    {
        _tokens = Math.Min(capacity, _tokens + ((now - _at).TotalSeconds * perSecond));
        _at = now;
        return _tokens < 1;
    }
}
