namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>How long packets stand in queues, over the shortest way that they have had in the last half minute.</summary>
/// <remarks>
/// The gradient sees that a queue grows, not that it stands: a flow that fills a slow link's buffer and then sends exactly what passes
/// has a delay of seconds and a slope of none. Taken as the shortest delay of what came in the last 300 ms, so that neither jitter nor a
/// large picture counts. Clocks need not agree; that they drift apart by 100 ppm makes 3 ms in half a minute.
/// </remarks>
internal sealed class QueueDelay
{
    private const long RecentTicks = 100 * TimeSpan.TicksPerMillisecond;
    private const long BaseTicks = 5 * TimeSpan.TicksPerSecond;

    private MinimumWindow _recent = new(RecentTicks, 3);
    private MinimumWindow _base = new(BaseTicks, 6);

    /// <summary>How long packets stand in queues; zero before anything is known.</summary>
    public TimeSpan Standing => _recent.IsEmpty ? TimeSpan.Zero : new TimeSpan(Math.Max(0, _recent.Least - _base.Least));

    /// <summary>Takes a packet that has arrived.</summary>
    /// <param name="sentAt">When it left, in ticks of our clock.</param>
    /// <param name="arrivedAt">When it came, in ticks of the viewer's clock.</param>
    public void Add(long sentAt, long arrivedAt)
    {
        var delay = arrivedAt - sentAt;
        _recent.Add(arrivedAt, delay);   // by arrival: before a queue that grows, sending time runs ahead
        _base.Add(arrivedAt, delay);
    }

    /// <summary>Takes the delay of now as that of an empty path: it is longer than it was, and sending less does not help.</summary>
    public void Rebase()
    {
        var least = _recent.Least;
        _base.Clear();
        if (!_recent.IsEmpty) _base.Add(_recent.Newest, least);
    }

    /// <summary>Forgets the last delays and keeps the shortest.</summary>
    public void Forget() => _recent.Clear();
}
