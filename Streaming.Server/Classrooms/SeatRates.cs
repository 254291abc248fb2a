using Streaming.Contracts;

namespace Streaming.Server.Classrooms;

/// <summary>How often a member may still take a seat or open and close media by HTTP: each such call is news to the whole class.</summary>
/// <remarks>Per class and member, whatever the number of connections; safe for threads. An inspector's calls are counted apart.</remarks>
internal sealed class SeatRates(TimeProvider time)
{
    /// <summary>How many calls may come at once: some devices that come back together, each with its media and its seat.</summary>
    public const int Burst = 10;

    /// <summary>How many come back in a second. Whoever comes back asks less often: 0, 0.5, 1, 2, 4, 5 s and so on.</summary>
    public const int PerSecond = 1;

    /// <summary>What is said to who asks more often.</summary>
    public static readonly Refusal TooOften = new(HubErrors.Busy, "This member comes and goes too often; wait a moment.");

    private const int TidyEvery = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Class, string Member, bool IsObserver), CallBucket> _buckets = [];
    private int _untilTidy = TidyEvery;

    public bool TryTake(Identity who)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            Tidy(now);
            var key = (who.Class, who.Member, who.Role == Role.Inspector);
            if (!_buckets.TryGetValue(key, out var bucket))
            {
                _buckets[key] = bucket = new CallBucket(Burst, PerSecond, now);
            }

            return bucket.TryTake(now);
        }
    }

    // Only who called within the last seconds is remembered.
    private void Tidy(DateTimeOffset now)
    {
        if (--_untilTidy > 0)
        {
            return;
        }

        foreach (var (key, bucket) in _buckets)
        {
            if (bucket.IsFull(now))
            {
                _buckets.Remove(key);
            }
        }

        _untilTidy = Math.Max(TidyEvery, _buckets.Count);
    }
}
