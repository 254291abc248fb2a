namespace Streaming.Rtc;

/// <summary>A moment on a monotonic clock, in ticks of 100 ns since an arbitrary start.</summary>
/// <remarks>
/// Protocol code is told the time and never asks for it. Only <c>Net</c> makes instants from a clock; tests make them from nothing.
/// </remarks>
/// <param name="Ticks">Ticks of 100 ns, the unit of <see cref="TimeSpan"/>.</param>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>Later than every other instant: "no deadline".</summary>
    public static Instant Never => new(long.MaxValue);

    /// <summary>Earlier than every other instant: "long ago".</summary>
    public static Instant LongAgo => new(long.MinValue / 2);

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    /// <summary>The time from <paramref name="earlier"/> to <paramref name="later"/>.</summary>
    public static TimeSpan operator -(Instant later, Instant earlier) => new(later.Ticks - earlier.Ticks);

    /// <summary>The instant that is <paramref name="span"/> after <paramref name="start"/>.</summary>
    public static Instant operator +(Instant start, TimeSpan span) => new(start.Ticks + span.Ticks);

    /// <summary>The instant that is <paramref name="span"/> before <paramref name="start"/>.</summary>
    public static Instant operator -(Instant start, TimeSpan span) => new(start.Ticks - span.Ticks);

    /// <summary>Whether <paramref name="a"/> comes before <paramref name="b"/>.</summary>
    public static bool operator <(Instant a, Instant b) => a.Ticks < b.Ticks;

    /// <summary>Whether <paramref name="a"/> comes after <paramref name="b"/>.</summary>
    public static bool operator >(Instant a, Instant b) => a.Ticks > b.Ticks;

    /// <summary>Whether <paramref name="a"/> is not after <paramref name="b"/>.</summary>
    public static bool operator <=(Instant a, Instant b) => a.Ticks <= b.Ticks;

    /// <summary>Whether <paramref name="a"/> is not before <paramref name="b"/>.</summary>
    public static bool operator >=(Instant a, Instant b) => a.Ticks >= b.Ticks;

    /// <summary>The earlier of two instants.</summary>
    public static Instant Earlier(Instant a, Instant b) => a < b ? a : b;
}
