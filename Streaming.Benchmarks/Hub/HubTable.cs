using System.Globalization;

namespace Streaming.Benchmarks.Hub;

/// <summary>The figures side by side.</summary>
internal static class HubTable
{
    private const int First = 44;
    private const int Column = 20;

    public static void Write(TextWriter output, IReadOnlyList<HubSummary> summaries)
    {
        output.WriteLine();
        Row(output, "", summaries, summary => summary.Variant.ToString());
        Row(output, "server CPU, to SendAsync's", summaries, summary => Text($"{summary.Alone.Cpu / summaries[^1].Alone.Cpu:0.00}"));
        Part(output, "", summaries, summary => summary.Alone);
        if (summaries.All(summary => summary.WithStalled is not null))
        {
            Part(output, "stalled: ", summaries, summary => summary.WithStalled!);
            Row(output, "stalled: others' p99 moves by", summaries, summary => Text($"{100 * summary.P99Moved:+0;-0;0} %"));
            Row(output, "stalled: dropped to snapshots, closed", summaries, summary =>
                summary.Variant.Way == HubWay.Plain ? "-" : Text($"{summary.WithStalled!.ToSnapshots}, {summary.WithStalled.Closed}"));
        }
    }

    private static void Part(TextWriter output, string prefix, IReadOnlyList<HubSummary> summaries, Func<HubSummary, HubPart> part)
    {
        Line("server CPU per delivered message, µs", it => Text($"{it.Cpu:0.00}"));
        Line("  of it user + kernel", it => Text($"{it.UserCpu:0.00} + {it.SystemCpu:0.00}"));
        Line("latency p50 / p99, ms", it => Text($"{it.Median:0.0} / {it.P99:0.0}"));
        Line("allocated per delivered message, bytes", it => Text($"{it.Allocated:0.0}"));
        Line("on the wire per message, bytes", it => Text($"{it.BytesEach:0}"));
        Line("lost or out of order", it => Text($"{it.Lost}"));
        Line("server memory, heap of it, MB", it => Text($"{it.WorkingSet / 1e6:0}, {it.Heap / 1e6:0}"));

        void Line(string name, Func<HubPart, string> value) => Row(output, prefix + name, summaries, summary => value(part(summary)));
    }

    private static void Row(TextWriter output, string name, IReadOnlyList<HubSummary> summaries, Func<HubSummary, string> value) =>
        output.WriteLine(name.PadRight(First) + string.Concat(summaries.Select(summary => value(summary).PadLeft(Column))));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
