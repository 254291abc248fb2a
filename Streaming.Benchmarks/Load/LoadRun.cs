using System.Runtime.Versioning;

namespace Streaming.Benchmarks.Load;

/// <summary>One load run from beginning to end: sets out, measures, tells, and ends what it has started.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LoadRun(LoadOptions options, TextWriter output)
{
    private const int WaitingClassSize = 50;

    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan BetweenSteps = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AfterTheLast = TimeSpan.FromSeconds(1);

    /// <returns>0 when all came, nothing was lost and all content was right, 1 otherwise.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        LoadLimits.Check(options);
        options.LoadProcessors.Pin();
        await using var session = await LoadSession.BeginAsync(options, cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        var empty = session.ServerMemory;
        var joins = await session.JoinAsync(options.Classes * options.Viewers, options.Ramp, Kind, cancellationToken);
        output.WriteLine(LoadText.Of(joins));
        var settled = await session.SettleAsync(options.WarmUp, LongestWarmUp, cancellationToken);
        if (!settled)
        {
            output.WriteLine($"not settled         the server's other threads are still busy after {LongestWarmUp.TotalSeconds:0} s; their work is in its figure");
        }

        var report = new LoadReport
        {
            At = DateTimeOffset.UtcNow,
            Machine = LoadMachine.This(),
            Options = options,
            Joins = joins,
            EmptyMemory = empty,
            Settled = settled,
        };
        report = options.Kind switch
        {
            LoadKind.Saturate => await SaturateAsync(session, report, cancellationToken),
            LoadKind.Storm => await DisturbAsync(session, report, StormAsync, cancellationToken),
            LoadKind.Churn => await DisturbAsync(session, report, ChurnAsync, cancellationToken),
            _ => await MeasureAsync(session, report, cancellationToken),
        };
        await WriteFilesAsync(report);
        return report.IsClean ? 0 : 1;
    }

    private async Task<LoadReport> MeasureAsync(LoadSession session, LoadReport report, CancellationToken cancellationToken)
    {
        var figures = await session.MeasureAsync(TimeSpan.FromSeconds(options.Seconds), cancellationToken);
        LoadText.Write(output, figures);
        report = report with { Windows = [figures] };
        output.WriteLine($"memory              {report.MemoryPerViewer / 1024:0} KiB of the server's RAM per viewer, {report.EmptyMemory >> 20} MiB without any");
        return report;
    }

    private async Task<LoadReport> SaturateAsync(LoadSession session, LoadReport report, CancellationToken cancellationToken)
    {
        var windows = new List<LoadFigures>();
        var kept = 0;
        while (true)
        {
            var figures = await StepAsync();
            if (SaturationRule.Exceeds(figures))
            {
                // Once more: a busy neighbour of this machine is no limit of the server's.
                figures = await StepAsync();
                if (SaturationRule.Exceeds(figures))
                {
                    return End(SaturationRule.Tell(figures));
                }
            }

            kept = figures.Viewers;
            if (kept + options.Step > options.Most)
            {
                return End($"It was ended at --most {options.Most}; nothing was full yet.");
            }

            var joins = await session.JoinAsync(options.Step, options.Ramp, turn => Kind(kept + turn), cancellationToken);
            if (joins.Failed > 0)
            {
                return End($"Of {options.Step} more viewers {joins.Failed} did not connect: {joins.FirstFailure}");
            }

            await Task.Delay(BetweenSteps, cancellationToken);
        }

        async Task<LoadFigures> StepAsync()
        {
            var figures = await session.MeasureAsync(TimeSpan.FromSeconds(options.Seconds), cancellationToken);
            LoadText.WriteStep(output, figures);
            windows.Add(figures);
            return figures;
        }

        LoadReport End(string reason)
        {
            output.WriteLine($"saturation          {kept} viewers. {reason}");
            return report with { Windows = windows, Saturation = new Saturation(kept, reason) };
        }
    }

    private async Task<LoadReport> DisturbAsync(
        LoadSession session,
        LoadReport report,
        Func<LoadSession, CancellationToken, Task<(JoinFigures Joins, int Left)>> disturb,
        CancellationToken cancellationToken)
    {
        var before = await session.MeasureAsync(TimeSpan.FromSeconds(options.Seconds), cancellationToken);
        output.WriteLine("before:");
        LoadText.Write(output, before);
        var news = (Joins: new JoinFigures(0, 0, 0, null, null, null), Left: 0);
        var during = await session.MeasureAsync(
            async () =>
            {
                news = await disturb(session, cancellationToken);
                await Task.Delay(AfterTheLast, cancellationToken);
            },
            expected: null,
            cancellationToken);
        output.WriteLine($"meanwhile:          {LoadText.Of(news.Joins)}{(news.Left > 0 ? $"; {news.Left} left" : "")}");
        LoadText.Write(output, during);
        return report with { Disturbance = new DisturbanceFigures(before, during, news.Joins, news.Left) };
    }

    private async Task<(JoinFigures Joins, int Left)> StormAsync(LoadSession session, CancellationToken cancellationToken)
    {
        var perSecond = options.StormViewers / (double)options.StormSeconds;
        return (await session.JoinAsync(options.StormViewers, perSecond, Comer, cancellationToken), 0);

        ViewerKind Comer(int turn) => new(
            options.StormsIntoRunning ? turn % options.Classes : -1 - (turn / WaitingClassSize), IsSampled: false, CountsGaps: false);
    }

    private async Task<(JoinFigures Joins, int Left)> ChurnAsync(LoadSession session, CancellationToken cancellationToken)
    {
        var count = options.Churn * options.Seconds;
        var coming = session.JoinAsync(count, options.Churn, turn => new ViewerKind(turn % options.Classes, false, false), cancellationToken);
        var left = 0;
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / options.Churn));
        while (left < count && await session.LeaveAsync(cancellationToken))
        {
            left++;
            await pace.WaitForNextTickAsync(cancellationToken);
        }

        return (await coming, left);
    }

    // In a storm every running viewer tells of its gaps; otherwise the kernel's timestamps are the sampled ones' alone.
    private ViewerKind Kind(int turn)
    {
        var isSampled = turn / options.Classes % options.Sample == 0;
        return new ViewerKind(turn % options.Classes, isSampled, isSampled || options.Kind == LoadKind.Storm);
    }

    private async Task WriteFilesAsync(LoadReport report)
    {
        foreach (var (file, text) in new[] { (options.JsonFile, report.ToJson()), (options.MarkdownFile, LoadMarkdown.Write(report)) })
        {
            if (file is not null)
            {
                await File.WriteAllTextAsync(file, text);
                output.WriteLine($"written             {file}");
            }
        }
    }
}
