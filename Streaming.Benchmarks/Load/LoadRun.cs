using System.Runtime.Versioning;

namespace Streaming.Benchmarks.Load;

/// <summary>One load run from beginning to end: sets out, measures, tells, and ends what it has started.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LoadRun(LoadOptions options, TextWriter output)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(90);

    /// <returns>0 when nothing was lost and all content was right, 1 otherwise.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        options.LoadProcessors.Pin();
        await using var session = await LoadSession.BeginAsync(options, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        var empty = session.ServerMemory;
        var joins = await session.JoinAsync(options.Classes * options.Viewers, options.Ramp, Kind, cancellationToken);
        output.WriteLine(LoadText.Of(joins));
        if (!await session.SettleAsync(WarmUp, LongestWarmUp, cancellationToken))
        {
            output.WriteLine($"not settled         the server's other threads are still busy after {LongestWarmUp.TotalSeconds:0} s; their work is in its figure");
        }

        var figures = await session.MeasureAsync(TimeSpan.FromSeconds(options.Seconds), cancellationToken);
        LoadText.Write(output, figures);
        output.WriteLine($"memory              {(figures.ServerMemory - empty) / 1024.0 / Math.Max(1, figures.Viewers):0} KiB of the server's RAM per viewer, {empty >> 20} MiB without any");
        return figures.Lost == 0 && figures.Wrong == 0 && joins.Failed == 0 ? 0 : 1;
    }

    private ViewerKind Kind(int turn) => new(turn % options.Classes, turn / options.Classes % options.Sample == 0, turn / options.Classes % options.Sample == 0);
}
