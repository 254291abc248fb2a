namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>Decides when a queue that stands is to be drained by sending less, and when it is none of ours.</summary>
/// <remarks>Beyond the draft, whose detector sees only queues that grow.</remarks>
internal sealed class StandingQueue
{
    /// <summary>After so many attempts that changed nothing the delay is the path's own, or somebody else's queue.</summary>
    private const int MostAttempts = 4;

    private static readonly TimeSpan Tolerated = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Effect = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan LongQueue = TimeSpan.FromMilliseconds(250);

    private readonly QueueDelay _delay = new();
    private Instant _actedAt = Instant.LongAgo;
    private TimeSpan _standingThen;
    private int _attempts;

    /// <summary>How long packets stand in queues.</summary>
    public TimeSpan Standing => _delay.Standing;

    /// <summary>Whether a queue of over a quarter of a second is to be drained before anything else.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>Takes a packet that has arrived; see <see cref="QueueDelay.Add"/>.</summary>
    public void Add(long sentAt, long arrivedAt) => _delay.Add(sentAt, arrivedAt);

    /// <summary>Forgets the last delays, after a pause.</summary>
    public void Forget()
    {
        IsDraining = false;
        _delay.Forget();
    }

    /// <summary>The longest queue that is left alone: 60 ms, and a full packet's own time on a slow link.</summary>
    /// <param name="target">The rate of now, in bit/s, above 0.</param>
    public static TimeSpan Limit(double target) => Tolerated + TimeSpan.FromSeconds(RateController.FullPacketBits / target);

    /// <summary>Whether less is to be sent for the queue's sake.</summary>
    /// <param name="now">The time.</param>
    /// <param name="target">The rate of now, in bit/s, above 0.</param>
    /// <param name="roundTrip">The round trip; an attempt is judged after one and 600 ms.</param>
    public bool Asks(Instant now, double target, TimeSpan roundTrip)
    {
        var standing = _delay.Standing;
        if (standing > LongQueue) IsDraining = true;
        if (standing < Limit(target))
        {
            (_attempts, IsDraining) = (0, false);
            return false;
        }

        if (now - _actedAt < roundTrip + Effect) return false;

        _attempts = standing > _standingThen * 0.9 ? _attempts + 1 : 1;
        (_actedAt, _standingThen) = (now, standing);
        if (_attempts <= MostAttempts) return true;

        (_attempts, IsDraining) = (0, false);
        _delay.Rebase();
        return false;
    }
}
