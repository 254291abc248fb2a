namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>What the loss of the last while asks for.</summary>
internal enum LossVerdict
{
    /// <summary>Little is lost: the rate may grow.</summary>
    Grow,

    /// <summary>Something is lost: the rate stays.</summary>
    Hold,

    /// <summary>Much is lost: the rate falls.</summary>
    Decrease,
}

/// <summary>The loss-based controller (draft-ietf-rmcat-gcc-02 §6), with the loss that is the link's own set apart.</summary>
/// <remarks>
/// The draft lets loss below 2 % grow the rate, above 10 % shrink it by half the loss. On a radio link that loses 20 % whatever is
/// sent, that ends at nothing. So the loss is watched while the rate falls: a queue that overflows, or a policer, lets the same pass as
/// before, and less is lost; what is lost beyond that is the link's own, and only the excess over it counts.
/// </remarks>
internal sealed class LossController
{
    private const double Little = 0.02;
    private const double Much = 0.10;
    private const double MostOwn = 0.4;
    private const int FewestPackets = 60;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);

    private int _sent;
    private int _lost;
    private long _bytes;
    private bool _hasQueue;
    private Instant _began = Instant.LongAgo;
    private Instant _firstSent = Instant.Never;
    private Instant _lastSent = Instant.LongAgo;
    private double _anchorRate;
    private double _anchorLoss;

    /// <summary>The share of packets lost in the last window, 0–1.</summary>
    public double Loss { get; private set; }

    /// <summary>The share that the link loses whatever is sent, 0–0.4.</summary>
    public double Own { get; private set; }

    /// <summary>What the last window asks for.</summary>
    public LossVerdict Verdict { get; private set; }

    /// <summary>The share that is lost over the link's own, 0–1.</summary>
    public double Excess => Math.Max(0, Loss - Own);

    /// <summary>Counts a packet whose fate is known now.</summary>
    public void Add(Instant sentAt, int bytes, bool isLost)
    {
        _sent++;
        _bytes += bytes;
        if (isLost) _lost++;
        _firstSent = Instant.Earlier(_firstSent, sentAt);
        if (sentAt > _lastSent) _lastSent = sentAt;
    }

    /// <summary>A packet that was counted as lost has come late; it is counted again.</summary>
    public void Restore() => _lost = Math.Max(0, _lost - 1);

    /// <summary>A queue was seen: what is lost meanwhile may have overflowed it.</summary>
    public void NoteQueue() => _hasQueue = true;

    /// <summary>Begins the window afresh: what was lost in it does not count.</summary>
    public void Forget(Instant now)
    {
        (_sent, _lost, _bytes, _hasQueue) = (0, 0, 0, false);
        (_began, _firstSent, _lastSent) = (now, Instant.Never, Instant.LongAgo);
    }

    /// <summary>Judges the window once it has 60 packets and 500 ms.</summary>
    /// <param name="now">The time.</param>
    /// <returns>Whether there is a new <see cref="Verdict"/>.</returns>
    public bool TryJudge(Instant now)
    {
        if (_sent < FewestPackets || now - _began < Shortest) return false;

        Loss = Math.Clamp(_lost / (double)_sent, 0, 1);
        var rate = _bytes * 8 / Math.Max(0.1, (_lastSent - _firstSent).TotalSeconds);
        LearnOwn(rate);
        Verdict = Excess > Much ? LossVerdict.Decrease : Excess < Little ? LossVerdict.Grow : LossVerdict.Hold;
        if (Excess > Much && _anchorRate == 0) (_anchorRate, _anchorLoss) = (rate, Loss);
        if (Excess < Little) _anchorRate = 0;
        Forget(now);
        return true;
    }

    /// <summary>The factor by which the rate falls.</summary>
    public double Factor => 1 - (0.5 * Excess);

    private void LearnOwn(double sentRate)
    {
        if (Loss < Own) Own += 0.25 * (Loss - Own);
        if (_hasQueue || _anchorRate == 0 || sentRate >= 0.95 * _anchorRate) return;

        // With the capacity that let the anchor's share pass, this much would be lost now.
        var expected = Math.Max(0, 1 - (_anchorRate * (1 - _anchorLoss) / Math.Max(1, sentRate)));
        var own = (Loss - expected) / (1 - expected);
        if (own > Own) Own = Math.Min(MostOwn, Own + (0.6 * (own - Own)));
    }
}
