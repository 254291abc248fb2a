namespace Streaming.Rtc.Net;

/// <summary>How long a worker waits for the rest of a picture that has begun to come, so that a watcher's packets leave together.</summary>
/// <remarks>
/// A frame's packets come within half a millisecond, and what they cost to send lies in the call, not in the bytes. How much a call saved
/// is worth depends on how many watchers a packet goes to; to a few it goes at once. Only members count: when something leaves must not
/// tell that somebody watches unseen.
/// </remarks>
/// <param name="longest">The length from <see cref="FullWidth"/> watchers on.</param>
internal sealed class GatherWindow(TimeSpan longest)
{
    /// <summary>Below this many watchers per packet nothing is gathered.</summary>
    public const int LeastWidth = 8;

    /// <summary>From this many on the window is as long as it gets.</summary>
    public const int FullWidth = 64;

    private const double Share = 1 / 16.0;   // of a round in the average
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(200);
    private long _received;
    private long _forwarded;
    private double _width;
    private Instant _lastMedia = Instant.LongAgo;

    /// <summary>How long to gather in the next round.</summary>
    public TimeSpan Length { get; private set; }

    /// <summary>A round is over.</summary>
    /// <param name="now">When it began.</param>
    /// <param name="received">Packets from publishers so far.</param>
    /// <param name="forwarded">Packets to members so far.</param>
    public void RoundEnded(Instant now, long received, long forwarded)
    {
        var packets = received - _received;
        if (packets > 0)
        {
            _width += (((forwarded - _forwarded) / (double)packets) - _width) * Share;
            _lastMedia = now;
        }
        else if (now - _lastMedia > Idle)
        {
            _width = 0;
        }

        (_received, _forwarded) = (received, forwarded);
        Length = _width < LeastWidth ? TimeSpan.Zero : longest * Math.Min(1, _width / FullWidth);
    }
}
