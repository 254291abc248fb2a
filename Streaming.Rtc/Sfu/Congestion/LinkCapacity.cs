namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>The rate at which the link was last found full: mean and deviation of what passed at over-use (draft-ietf-rmcat-gcc-02 §5.5).</summary>
internal struct LinkCapacity
{
    private const double Weight = 0.3;
    private const double LeastDeviation = 0.04;

    /// <summary>After so long without over-use the link may have become another.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private double _deviation;
    private Instant _at;

    /// <summary>The mean, in bit/s; 0 when nothing is known.</summary>
    public double Mean { get; private set; }

    /// <summary>Takes what passed while the link was full.</summary>
    public void Note(Instant now, double acked)
    {
        var off = Math.Abs(acked - Mean);
        if (Mean == 0 || off > 3 * Deviation)
        {
            Mean = acked;
            _deviation = 0;
        }
        else
        {
            _deviation += Weight * (off - _deviation);
            Mean += Weight * (acked - Mean);
        }

        _at = now;
    }

    /// <summary>Whether a rate is so near that it should be approached carefully. What passes above it makes the limit forgotten.</summary>
    public bool IsNear(Instant now, double target, double acked)
    {
        if (Mean != 0 && (acked > Mean + (3 * Deviation) || now - _at > Lifetime)) Forget();
        return Mean != 0 && target > Mean - (3 * Deviation);
    }

    /// <summary>Forgets the limit.</summary>
    public void Forget() => Mean = 0;

    private readonly double Deviation => Math.Max(_deviation, LeastDeviation * Mean);
}
