namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>When to probe for more, at what rate, and what the last probe has found.</summary>
/// <remarks>
/// One probe at a time. The first goes out at three times the start, once the path is known to be calm, and at six times when that
/// passed: unlike elsewhere not both at once, for a weak link would stand for a second. Later ones go to twice the estimate: at once after one that
/// found more, else every few seconds. What a probe itself holds up is no over-use (<see cref="IsUnderWay"/>).
/// </remarks>
internal sealed class ProbePlan(EstimatorOptions options)
{
    private const int LargestPacket = 1_100;
    private const int LeastBytes = 800;
    private const int FewestPackets = 5;
    private const int MostPackets = 40;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(200);
    private const double FoundMore = 1.15;
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private ProbeCluster _cluster;
    private ProbeResult _result;
    private Instant _takenAt;
    private Instant _quietUntil = Instant.LongAgo;
    private Instant _nextAt = Instant.LongAgo;
    private TimeSpan _interval = ShortestInterval;
    private double _initial = 3;
    private byte _id;
    private ProbeStage _stage;

    private enum ProbeStage
    {
        None,
        Planned,
        Sending,
    }

    /// <summary>Whether packets may still stand behind a probe.</summary>
    public bool IsUnderWay(Instant now) => _stage == ProbeStage.Sending || now < _quietUntil;

    /// <summary>Plans a probe if it is time for one.</summary>
    /// <param name="now">The time.</param>
    /// <param name="target">The estimate, in bit/s.</param>
    /// <param name="most">Above this nothing is gained, in bit/s.</param>
    /// <param name="jitter">How much delays vary; a probe that is short beside it measures the jitter.</param>
    public void Plan(Instant now, double target, double most, TimeSpan jitter)
    {
        if (_stage != ProbeStage.None || now < _nextAt || target >= 0.95 * most) return;

        var rate = _initial > 0 ? Math.Max(_initial * options.Start, target * 2) : target * 2;
        Plan(Math.Min(rate, most * 1.1), jitter);
    }

    /// <summary>Plans a probe at once: a link that has returned is tried at what it was.</summary>
    public void PlanReturn(double rate)
    {
        if (_stage != ProbeStage.Sending) Plan(rate, TimeSpan.Zero);
    }

    /// <summary>Puts the next probe off, and drops one that is planned: the path is not calm.</summary>
    public void Postpone(Instant now)
    {
        if (_stage == ProbeStage.Planned) _stage = ProbeStage.None;
        _initial = 0;
        var earliest = now + TimeSpan.FromSeconds(1);
        if (_nextAt < earliest) _nextAt = earliest;
    }

    /// <summary>Takes the planned probe, to be sent from now on.</summary>
    public bool TryTake(Instant now, out ProbeCluster cluster)
    {
        cluster = _cluster;
        if (_stage != ProbeStage.Planned) return false;

        (_stage, _takenAt, _result) = (ProbeStage.Sending, now, default);
        return true;
    }

    /// <summary>Notes a packet of a probe that leaves.</summary>
    public void NoteSent(byte id, long index)
    {
        if (_stage == ProbeStage.Sending && id == _cluster.Id && _result.Sent < _cluster.Packets) _result.NoteSent(index);
    }

    /// <summary>Notes a packet that has arrived.</summary>
    public void NoteReceived(long index, long sentAt, long arrivedAt, int bytes)
    {
        if (_stage == ProbeStage.Sending && _result.Holds(index)) _result.NoteReceived(sentAt, arrivedAt, bytes);
    }

    /// <summary>Judges the probe once all of it is told of, or gives it up.</summary>
    /// <param name="now">The time.</param>
    /// <param name="told">The index up to which the viewer has spoken.</param>
    /// <param name="target">The estimate, in bit/s.</param>
    /// <param name="roundTrip">The round trip; a probe is waited for so long and a second.</param>
    /// <param name="found">What passed, in bit/s.</param>
    /// <returns>False while there is no result, or when there is none.</returns>
    public bool TryJudge(Instant now, long told, double target, TimeSpan roundTrip, out double found)
    {
        found = 0;
        if (_stage != ProbeStage.Sending) return false;

        var isComplete = _result.Sent >= _cluster.Packets && told > _result.LastIndex;
        if (!isComplete && now - _takenAt < roundTrip + Patience + (_cluster.Spacing * _cluster.Packets)) return false;

        _stage = ProbeStage.None;
        _quietUntil = now + roundTrip + TimeSpan.FromMilliseconds(200);
        var isMeasured = _result.TryMeasure(_cluster, out found);
        var isMore = isMeasured && found > FoundMore * target;
        _initial = isMore && _initial == 3 ? 6 : 0;
        _interval = isMore ? ShortestInterval : TimeSpan.FromTicks(Math.Min(_interval.Ticks * 5 / 4, LongestInterval.Ticks));
        _nextAt = isMore ? now : now + _interval;
        return isMeasured;
    }

    private void Plan(double bitrate, TimeSpan jitter)
    {
        var rate = (int)Math.Clamp(bitrate, options.Minimum, options.Maximum * 1.1);
        var lasts = TimeSpan.FromTicks(Math.Min(Longest.Ticks, (Shortest + (2 * jitter)).Ticks));
        var bytes = Math.Max(LeastBytes, rate / 8 * lasts.TotalSeconds);
        var packets = Math.Clamp((int)Math.Ceiling(bytes / LargestPacket), FewestPackets, MostPackets);
        _id = _id == byte.MaxValue ? (byte)1 : (byte)(_id + 1);
        _cluster = new ProbeCluster(_id, rate, packets, Math.Min(LargestPacket, (int)(bytes / packets)));
        _stage = ProbeStage.Planned;
    }
}
