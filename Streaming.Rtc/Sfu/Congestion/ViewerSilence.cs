namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>How long a viewer has left unanswered what was sent.</summary>
/// <remarks>Who is sent nothing need not answer: only packets that nobody has spoken of count.</remarks>
internal struct ViewerSilence()
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    private Instant _unansweredSince = Instant.Never;
    private Instant _nextStep = Instant.Never;

    /// <summary>The estimate before the silence, in bit/s; 0 while there is none.</summary>
    public double Before { get; private set; }

    /// <summary>When the first unanswered packet left.</summary>
    public readonly Instant Since => _unansweredSince;

    /// <summary>Something has left since the viewer spoke last.</summary>
    /// <param name="first">When the first of it left; told again it changes nothing.</param>
    public void NoteSent(Instant first)
    {
        if (_unansweredSince == Instant.Never) _unansweredSince = first;
    }

    /// <summary>Whether the estimate should sink by another step: half a second over the round trip has passed, or another half.</summary>
    /// <param name="now">The time.</param>
    /// <param name="target">The estimate, remembered at the first step.</param>
    /// <param name="roundTrip">The round trip.</param>
    public bool Asks(Instant now, double target, TimeSpan roundTrip)
    {
        if (_unansweredSince == Instant.Never) return false;
        if (Before == 0) _nextStep = _unansweredSince + Step + roundTrip;
        if (now < _nextStep) return false;

        if (Before == 0) Before = target;
        _nextStep = now + Step;
        return true;
    }

    /// <summary>The viewer has spoken.</summary>
    public void End() => (_unansweredSince, Before) = (Instant.Never, 0);
}
