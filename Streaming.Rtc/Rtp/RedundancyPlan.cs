namespace Streaming.Rtc.Rtp;

/// <summary>Decides how many earlier payloads a viewer's voice packets carry: as many as its loss asks for and its budget allows.</summary>
/// <remarks>
/// With a share p lost at random, n copies leave p to the power n + 1 unheard: one copy makes 0.6 % of 8 %, two make 0.8 % of 20 %. Up it
/// goes at once, for what is not heard now is gone; down one copy at a time after ten calm seconds. What the budget forbids is given up at
/// once, and not tried again before the hold is over and a tenth of room is there; the hold doubles when what was added had to go again soon.
/// </remarks>
internal struct RedundancyPlan
{
    /// <summary>The most copies.</summary>
    public const int MostCopies = 2;

    /// <summary>From this loss on there is one copy.</summary>
    public const double FirstFrom = 0.02;

    /// <summary>Below this loss the first copy is given up.</summary>
    public const double FirstUntil = 0.01;

    /// <summary>From this loss on there are two copies.</summary>
    public const double SecondFrom = 0.08;

    /// <summary>Below this loss the second copy is given up.</summary>
    public const double SecondUntil = 0.05;

    private const double Room = 1.1;
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(80);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private Instant _calmSince;
    private Instant _heldUntil;
    private Instant _addedAt = Instant.LongAgo;
    private TimeSpan _hold = Hold;
    private TimeSpan _nextHold = Hold;
    private bool _isCalm;

    /// <summary>Begins without copies.</summary>
    public RedundancyPlan() => _heldUntil = Instant.LongAgo;

    /// <summary>How long the loss must be low before a copy is given up.</summary>
    public static TimeSpan Calm => TimeSpan.FromSeconds(10);

    /// <summary>How long nothing is added after the budget took something away.</summary>
    public static TimeSpan Hold => TimeSpan.FromSeconds(5);

    /// <summary>How many earlier payloads each packet carries now, 0–2.</summary>
    public int Copies { get; private set; }

    /// <summary>Decides anew.</summary>
    /// <param name="now">The time.</param>
    /// <param name="loss">Share of the viewer's packets that were lost lately, 0–1. What is no number says nothing, and changes nothing.</param>
    /// <param name="budget">What voice may cost on the wire, its own payloads included, in bit/s.</param>
    /// <param name="voice">What it sends.</param>
    /// <returns><see cref="Copies"/>.</returns>
    public int Update(Instant now, double loss, double budget, in VoiceShape voice)
    {
        var allowed = Affordable(voice, budget);
        if (Copies > allowed)
        {
            // Copies that were too much for the link soon after they had been added are tried again later each time.
            (Copies, _heldUntil, _isCalm) = (allowed, now + _hold, false);
            _nextHold = now - _addedAt >= Soon ? Hold : _hold * 2 < LongestHold ? _hold * 2 : LongestHold;
            return Copies;
        }

        if (double.IsNaN(loss)) return Copies;

        var wanted = loss >= SecondFrom ? 2 : loss >= FirstFrom ? 1 : 0;
        var kept = loss >= SecondUntil ? 2 : loss >= FirstUntil ? 1 : 0;
        if (kept >= Copies)
        {
            _isCalm = false;
            if (wanted > Copies && now >= _heldUntil) Add(now, Math.Min(wanted, Affordable(voice, budget / Room)));
        }
        else if (!_isCalm)
        {
            (_isCalm, _calmSince) = (true, now);
        }
        else if (now - _calmSince >= Calm)
        {
            Copies--;
            _calmSince = now;
        }

        return Copies;
    }

    private void Add(Instant now, int copies)
    {
        if (copies > Copies) (Copies, _addedAt, _hold) = (copies, now, _nextHold);
    }

    private static int Affordable(in VoiceShape voice, double budget)
    {
        var copies = 0;
        while (copies < MostCopies && voice.BitsPerSecond(copies + 1) <= budget)
        {
            copies++;
        }

        return copies;
    }
}
