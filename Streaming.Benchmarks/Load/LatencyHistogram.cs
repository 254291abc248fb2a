namespace Streaming.Benchmarks.Load;

/// <summary>Counts durations: in steps of 10 µs up to 100 ms, in steps of 1 ms up to 10 s, and one place for all beyond.</summary>
/// <remarks>Adding allocates nothing. Belongs to one thread.</remarks>
internal sealed class LatencyHistogram
{
    private const long FineStep = 10_000;            // ns
    private const int FineSteps = 10_000;
    private const long CoarseStep = 1_000_000;
    private const int CoarseSteps = 9_900;
    private const long FineEnd = FineStep * FineSteps;

    private readonly long[] _counts = new long[FineSteps + CoarseSteps + 1];

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>The longest, exactly; zero when there is none.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>Counts one.</summary>
    /// <param name="nanoseconds">Below zero counts as zero: two clocks may differ by a little.</param>
    public void Add(long nanoseconds)
    {
        nanoseconds = Math.Max(nanoseconds, 0);
        _counts[Place(nanoseconds)]++;
        Count++;
        var span = new TimeSpan(nanoseconds / TimeSpan.NanosecondsPerTick);
        Longest = span > Longest ? span : Longest;
    }

    /// <summary>Adds what another has counted.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
        Longest = other.Longest > Longest ? other.Longest : Longest;
    }

    /// <summary>The duration that a share does not exceed, to the upper end of its step; zero when there is none.</summary>
    /// <param name="share">0–1; 0.5 is the median.</param>
    public TimeSpan At(double share)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        var seen = 0L;
        for (var i = 0; i < _counts.Length - 1; i++)
        {
            seen += _counts[i];
            if (seen >= wanted)
            {
                var end = new TimeSpan(End(i) / TimeSpan.NanosecondsPerTick);
                return end < Longest ? end : Longest;
            }
        }

        return Longest;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        (Count, Longest) = (0, TimeSpan.Zero);
    }

    private static int Place(long nanoseconds) => nanoseconds < FineEnd
        ? (int)(nanoseconds / FineStep)
        : (int)Math.Min(FineSteps + ((nanoseconds - FineEnd) / CoarseStep), FineSteps + CoarseSteps);

    private static long End(int place) => place < FineSteps
        ? (place + 1) * FineStep
        : FineEnd + ((place - FineSteps + 1) * CoarseStep);
}
