namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>Between which rates the estimate towards a viewer may move. All in bit/s on the wire, whatever the caller counts as such.</summary>
public sealed record EstimatorOptions
{
    /// <summary>The estimate before anything is known: voice and a small picture, so that a weak link is not flooded.</summary>
    public int Start { get; init; } = 300_000;

    /// <summary>The least that is ever estimated; below it not even speech goes through.</summary>
    public int Minimum { get; init; } = 30_000;

    /// <summary>The most that is ever estimated.</summary>
    public int Maximum { get; init; } = 4_000_000;

    /// <summary>How far a link that says nothing may pull the estimate down: enough for speech, which begins again at once when it returns.</summary>
    public int SilentFloor { get; init; } = 50_000;

    /// <summary>Checks that the rates are in order.</summary>
    /// <exception cref="ArgumentException">They are not; the message says how they should be.</exception>
    public void Validate()
    {
        if (Minimum < 8_000 || Maximum > 1_000_000_000 || Minimum > SilentFloor || SilentFloor > Maximum || Start < Minimum || Start > Maximum)
        {
            throw new ArgumentException(
                $"8000 ≤ Minimum ≤ SilentFloor ≤ Maximum ≤ 10⁹ and Minimum ≤ Start ≤ Maximum is asked for, not {this}.");
        }
    }
}
