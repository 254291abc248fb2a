namespace Streaming.Benchmarks.Hub;

/// <summary>The medians of one part over all rounds. Times in microseconds of CPU per delivered message, latencies in milliseconds, sizes in bytes.</summary>
internal sealed record HubPart(
    double Cpu, double UserCpu, double SystemCpu, double Allocated, double BytesEach, double Median, double P99, long Lost, double WorkingSet, double Heap,
    long ToSnapshots, long Closed)
{
    public static HubPart Of(IReadOnlyList<HubMeasure> rounds) => new(
        Middle(rounds, round => (round.Server.UserTime + round.Server.SystemTime) / round.Load.Delivered),
        Middle(rounds, round => round.Server.UserTime / round.Load.Delivered),
        Middle(rounds, round => round.Server.SystemTime / round.Load.Delivered),
        Middle(rounds, round => round.Server.Allocated / (double)round.Load.Delivered),
        Middle(rounds, round => round.Load.BytesEach),
        Middle(rounds, round => round.Load.Median),
        Middle(rounds, round => round.Load.P99),
        rounds.Sum(round => round.Load.Lost),
        Middle(rounds, round => round.Server.WorkingSet),
        Middle(rounds, round => round.Server.Heap),
        rounds.Max(round => round.Server.ToSnapshots),
        rounds.Max(round => round.Server.Closed));

    private static double Middle(IReadOnlyList<HubMeasure> rounds, Func<HubMeasure, double> value)
    {
        var values = rounds.Select(value).Order().ToArray();
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}

/// <summary>One way of sending, over all rounds.</summary>
/// <param name="Variant">Which.</param>
/// <param name="Alone">All connections read.</param>
/// <param name="WithStalled">Some do not; null when none was asked for.</param>
internal sealed record HubSummary(HubVariant Variant, HubPart Alone, HubPart? WithStalled)
{
    /// <summary>How much the others' 99th percentile moves when some do not read, as a share of what it was: the median over rounds.</summary>
    public double? P99Moved { get; private init; }

    public static HubSummary Of(HubVariant variant, IReadOnlyList<HubMeasure> measured)
    {
        var alone = measured.Where(measure => measure.Stalled == 0).ToList();
        var stalled = measured.Where(measure => measure.Stalled > 0).ToList();
        if (stalled.Count == 0)
        {
            return new HubSummary(variant, HubPart.Of(alone), null);
        }

        // Both parts of a round follow each other, so that what else the machine does is the same for both.
        var moved = alone.Zip(stalled, (before, after) => (after.Load.P99 / before.Load.P99) - 1).Order().ToArray();
        return new HubSummary(variant, HubPart.Of(alone), HubPart.Of(stalled))
        {
            P99Moved = (moved[(moved.Length - 1) / 2] + moved[moved.Length / 2]) / 2,
        };
    }
}
