namespace Streaming.Server.Attendance;

/// <summary>One person's spans out of those of all their devices: at each moment the best kind counts.</summary>
internal static class AttendanceUnion
{
    private static readonly int Kinds = Enum.GetValues<SpanKind>().Length;

    /// <summary>The union within [<paramref name="from"/>, <paramref name="to"/>], in order and without overlap.</summary>
    public static IReadOnlyList<AttendanceSpan> Of(IEnumerable<AttendanceSpan> spans, DateTimeOffset from, DateTimeOffset to)
    {
        var edges = new List<(DateTimeOffset At, SpanKind Kind, int Step)>();
        foreach (var span in spans)
        {
            var (start, end) = (span.From > from ? span.From : from, span.To < to ? span.To : to);
            if (start < end)
            {
                edges.Add((start, span.Kind, +1));
                edges.Add((end, span.Kind, -1));
            }
        }

        edges.Sort((a, b) => a.At.CompareTo(b.At));
        var union = new List<AttendanceSpan>();
        Span<int> open = stackalloc int[Kinds];
        for (var i = 0; i < edges.Count; i++)
        {
            open[(int)edges[i].Kind] += edges[i].Step;
            var best = open.IndexOfAnyExcept(0);
            if (best >= 0 && i + 1 < edges.Count && edges[i].At < edges[i + 1].At)
            {
                Add(union, new AttendanceSpan(edges[i].At, edges[i + 1].At, (SpanKind)best));
            }
        }

        return union;
    }

    private static void Add(List<AttendanceSpan> union, AttendanceSpan next)
    {
        if (union is [.., var last] && last.To == next.From && last.Kind == next.Kind)
        {
            union[^1] = last with { To = next.To };
        }
        else
        {
            union.Add(next);
        }
    }
}
