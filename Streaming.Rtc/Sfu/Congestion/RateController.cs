namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>What the rate controller is doing (draft-ietf-rmcat-gcc-02 §5.5).</summary>
public enum RateState
{
    /// <summary>The rate stays: a queue drains, or something is lost.</summary>
    Hold,

    /// <summary>The rate grows.</summary>
    Increase,

    /// <summary>The rate has just fallen.</summary>
    Decrease,
}

/// <summary>What a feedback tells the rate controller.</summary>
/// <param name="Use">What the delays say.</param>
/// <param name="Acked">What reaches the viewer, in bit/s, the link's own loss made good; 0 when it is not known.</param>
/// <param name="Latest">The same of the last 150 ms: a queue that has just begun to grow passes more than before; 0 when it is not known.</param>
/// <param name="Sent">What was sent, in bit/s, over the same time; 0 when it is not known.</param>
/// <param name="RoundTrip">The round trip.</param>
/// <param name="MayGrow">Whether nothing else speaks against growing.</param>
/// <param name="Most">Above this nothing is gained, in bit/s.</param>
internal readonly record struct RateSample(BandwidthUse Use, double Acked, double Latest, double Sent, TimeSpan RoundTrip, bool MayGrow, double Most);

/// <summary>Additive increase near the limit, multiplicative far from it, multiplicative decrease (draft-ietf-rmcat-gcc-02 §5.5).</summary>
internal sealed class RateController(EstimatorOptions options)
{
    /// <summary>To which share of what passes the rate falls at over-use.</summary>
    public const double DecreaseFactor = 0.85;

    /// <summary>The share that is kept at least when as much has passed in the last moment: over half a second, one who had only begun to send more passed little.</summary>
    private const double KeptShare = 0.7;

    /// <summary>Bits of a full packet on the wire.</summary>
    public const double FullPacketBits = 1_200 * 8;

    private const double GrowthPerSecond = 1.08;
    private const double SlowestGrowth = 1_000;
    private const double MostOverAcked = 1.5;
    private const double Allowance = 10_000;
    private const double FullUse = 0.75;
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(1);

    private LinkCapacity _capacity;
    private Instant _updatedAt = Instant.LongAgo;
    private Instant _decreasedAt = Instant.LongAgo;

    /// <summary>The rate, in bit/s, within the options' bounds.</summary>
    public double Target { get; private set; } = options.Start;

    /// <summary>What is being done.</summary>
    public RateState State { get; private set; } = RateState.Hold;

    /// <summary>Takes what a feedback tells.</summary>
    /// <returns>Whether the rate has changed.</returns>
    public bool Update(Instant now, in RateSample sample)
    {
        var step = now - _updatedAt;
        if (step > LongestStep) step = LongestStep;
        _updatedAt = now;

        // §5.5: over-use leads to decrease, a draining queue to hold, and a calm path from decrease over hold to increase.
        State = sample.Use switch
        {
            BandwidthUse.OverUse => RateState.Decrease,
            BandwidthUse.UnderUse => RateState.Hold,
            _ when !sample.MayGrow || State == RateState.Decrease => RateState.Hold,
            _ => RateState.Increase,
        };
        return State switch
        {
            RateState.Decrease => Decrease(now, sample),
            RateState.Increase => Increase(now, sample, step),
            _ => false,
        };
    }

    /// <summary>Falls to 85 % of what passes.</summary>
    /// <returns>Whether the rate has changed; not when the last decrease cannot have shown itself yet.</returns>
    public bool Decrease(Instant now, in RateSample sample)
    {
        var shows = TimeSpan.FromMilliseconds(Math.Clamp(sample.RoundTrip.TotalMilliseconds, 50, 300));
        if (now - _decreasedAt < shows && sample.Acked > Target / 2) return false;

        State = RateState.Decrease;
        var isFull = sample.Sent <= 0 || sample.Sent >= FullUse * Target || sample.Acked < DecreaseFactor * sample.Sent;
        var passed = Math.Max(sample.Acked, Math.Min(sample.Latest, Target * KeptShare / DecreaseFactor));
        if (sample.Acked > 0 && isFull) _capacity.Note(now, passed);

        // Who sends little has not filled the link by himself: the estimate falls, but not to a share of that little.
        var reduced = sample.Acked <= 0 ? Target * DecreaseFactor
            : isFull ? DecreaseFactor * passed
            : Math.Max(Target * DecreaseFactor, sample.Acked);
        if (reduced >= Target) return false;

        _decreasedAt = now;
        return Set(reduced);
    }

    /// <summary>Falls by a factor, whatever passes.</summary>
    /// <param name="factor">Below 1.</param>
    /// <param name="floor">Not below this, in bit/s.</param>
    public bool Reduce(double factor, double floor) => Target > floor && Set(Math.Max(floor, Target * factor));

    /// <summary>Rises to what a probe has found.</summary>
    /// <param name="found">In bit/s; a rate below the present one changes nothing.</param>
    public bool Raise(double found)
    {
        if (found <= Target) return false;

        if (found > _capacity.Mean) _capacity.Forget();
        return Set(found);
    }

    private bool Increase(Instant now, in RateSample sample, TimeSpan step)
    {
        if (sample.Acked <= 0) return false;

        // What nobody tries nobody knows: an application that sends little finds more by probing only.
        var most = Math.Min(sample.Most, (MostOverAcked * sample.Acked) + Allowance);
        if (Target >= most) return false;

        var seconds = step.TotalSeconds;
        var grown = _capacity.IsNear(now, Target, sample.Acked)
            ? Target + (Additive(sample.RoundTrip) * seconds)
            : Math.Max(Target * Math.Pow(GrowthPerSecond, seconds), Target + (SlowestGrowth * seconds));
        return Set(Math.Min(most, grown));
    }

    /// <summary>Half a packet per response time (round trip and 100 ms of the detector), in bit/s per second.</summary>
    private double Additive(TimeSpan roundTrip)
    {
        var packet = Math.Min(FullPacketBits, Target / 30);
        return Math.Max(SlowestGrowth, 0.5 * packet / (roundTrip.TotalSeconds + 0.1));
    }

    private bool Set(double target)
    {
        var before = Target;
        Target = Math.Clamp(target, options.Minimum, options.Maximum);
        return Target != before;
    }
}
