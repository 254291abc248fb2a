namespace Streaming.Tests.Shared.Links;

/// <summary>How both directions of a link are from a time on.</summary>
/// <param name="From">Since the link began.</param>
/// <param name="Down">Towards the client.</param>
/// <param name="Up">From the client.</param>
internal sealed record LinkStep(TimeSpan From, LinkWay Down, LinkWay Up);

/// <summary>A link as a student may have one. Its numbers are those of one direction, and the other is as bad.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Steps">What it is like over time, in order; the first begins at zero, the last one stays.</param>
internal sealed record LinkProfile(string Name, IReadOnlyList<LinkStep> Steps)
{
    /// <summary>No link at all in between.</summary>
    public static LinkProfile Perfect { get; } = Steady("perfect", LinkWay.Perfect);

    /// <summary>1.5 Mbit/s, 40 ms.</summary>
    public static LinkProfile Home { get; } = Steady("1.5 Mbit/s, 40 ms, 0 %", Way(1_500_000, 40, 0));

    /// <summary>400 kbit/s, 80 ms, 2 % lost.</summary>
    public static LinkProfile Shared { get; } = Steady("400 kbit/s, 80 ms, 2 %", Way(400_000, 80, 0.02));

    /// <summary>200 kbit/s, 120 ms, 5 % lost.</summary>
    public static LinkProfile Weak { get; } = Steady("200 kbit/s, 120 ms, 5 %", Way(200_000, 120, 0.05));

    /// <summary>64 kbit/s, 200 ms, 5 % lost.</summary>
    public static LinkProfile Thin { get; } = Steady("64 kbit/s, 200 ms, 5 %", Way(64_000, 200, 0.05));

    /// <summary>40 kbit/s, 300 ms, 10 % lost.</summary>
    public static LinkProfile Village { get; } = Steady("40 kbit/s, 300 ms, 10 %", Way(40_000, 300, 0.10));

    /// <summary>200 kbit/s, 100 ms, 20 % lost.</summary>
    public static LinkProfile Lossy { get; } = Steady("200 kbit/s, 100 ms, 20 %", Way(200_000, 100, 0.20));

    /// <summary>2 Mbit/s, then 150 kbit/s from 20 s on, then 2 Mbit/s again from 40 s on; 40 ms.</summary>
    public static LinkProfile Dip { get; } = Changing(
        "2 Mbit/s → 150 kbit/s → 2 Mbit/s",
        (TimeSpan.Zero, Way(2_000_000, 40, 0)), (TimeSpan.FromSeconds(20), Way(150_000, 40, 0)), (TimeSpan.FromSeconds(40), Way(2_000_000, 40, 0)));

    /// <summary>2 Mbit/s, 40 ms, and nothing at all from 20 s to 30 s.</summary>
    public static LinkProfile Outage { get; } = Changing(
        "10 s of nothing",
        (TimeSpan.Zero, Way(2_000_000, 40, 0)), (TimeSpan.FromSeconds(20), LinkWay.Down), (TimeSpan.FromSeconds(30), Way(2_000_000, 40, 0)));

    /// <summary>All that a lesson is to be judged on.</summary>
    public static IReadOnlyList<LinkProfile> All { get; } = [Home, Shared, Weak, Thin, Village, Lossy, Dip, Outage];

    /// <summary>The direction towards the client over time.</summary>
    public IReadOnlyList<(TimeSpan From, LinkWay Way)> Down => [.. Steps.Select(step => (step.From, step.Down))];

    /// <summary>The direction from the client over time.</summary>
    public IReadOnlyList<(TimeSpan From, LinkWay Way)> Up => [.. Steps.Select(step => (step.From, step.Up))];

    /// <summary>A link that stays as it is, both directions alike.</summary>
    public static LinkProfile Steady(string name, LinkWay way) => Changing(name, (TimeSpan.Zero, way));

    /// <summary>A link that stays as it is.</summary>
    public static LinkProfile Steady(string name, LinkWay down, LinkWay up) => new(name, [new LinkStep(TimeSpan.Zero, down, up)]);

    /// <summary>A link that changes, both directions alike.</summary>
    public static LinkProfile Changing(string name, params (TimeSpan From, LinkWay Way)[] steps) =>
        new(name, [.. steps.Select(step => new LinkStep(step.From, step.Way, step.Way))]);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static LinkWay Way(double bitsPerSecond, double milliseconds, double loss) =>
        new() { BitsPerSecond = bitsPerSecond, Delay = TimeSpan.FromMilliseconds(milliseconds), Loss = loss };
}
