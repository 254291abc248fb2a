namespace Streaming.Client;

/// <summary>How long to wait before each attempt to come back: a few quick ones, then a steady pace, for ever.</summary>
public sealed class ReconnectPolicy
{
    private static readonly TimeSpan[] DefaultDelays =
    [
        TimeSpan.Zero,
        TimeSpan.FromSeconds(0.5),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(2),
        TimeSpan.FromSeconds(4),
        TimeSpan.FromSeconds(5),
    ];

    /// <summary>The wait before the first, second, … attempt; the last one repeats. 0, 0.5, 1, 2, 4, 5 s by default.</summary>
    public IReadOnlyList<TimeSpan> Delays
    {
        get;
        init => field = value.Count > 0 && value.All(d => d >= TimeSpan.Zero)
            ? value
            : throw new ArgumentException("At least one delay, and none negative.", nameof(value));
    } = DefaultDelays;

    /// <summary>
    /// The share by which a wait may be shorter or longer, 0–1; 0.3 by default. Without it a class that lost its server returns at once.
    /// </summary>
    public double Jitter
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "0 to 1.");
    } = 0.3;

    /// <summary>A connection that lasted as long as this was good: the next loss begins with the first delay. 5 s by default.</summary>
    public TimeSpan Proven { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The wait before an attempt.</summary>
    /// <param name="attempt">0 for the first attempt after a loss.</param>
    /// <param name="chance">A random number in 0–1, for the jitter.</param>
    public TimeSpan Delay(int attempt, double chance)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(attempt);
        var delay = Delays[Math.Min(attempt, Delays.Count - 1)];
        return delay * (1 + (Jitter * ((2 * chance) - 1)));
    }
}
