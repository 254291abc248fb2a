namespace Streaming.Server.Attendance;

/// <summary>A lesson while its sheet is being read out of the book.</summary>
/// <param name="class">The class.</param>
/// <param name="sequence">The number of the entry that it began with.</param>
/// <param name="first">The number of the first entry about it.</param>
/// <param name="startedAt">When it started.</param>
internal sealed class SheetLesson(string @class, long sequence, long first, DateTimeOffset startedAt)
{
    /// <summary>When it started.</summary>
    public DateTimeOffset StartedAt => startedAt;

    /// <summary>When nobody kept the book, as the book tells it: a gap may begin before the lesson.</summary>
    public List<LedgerGap> Gaps { get; } = [];

    /// <summary>The questions that were asked in it.</summary>
    public CheckInBook Checks { get; } = new();

    /// <summary>Its sheet.</summary>
    /// <param name="devices">All devices' ways.</param>
    /// <param name="ended">When it ended; null while it runs.</param>
    /// <param name="until">Until when it is told.</param>
    /// <param name="last">The number of the last entry about it.</param>
    /// <param name="rules">What counts as late and early.</param>
    public AttendanceSheet Write(
        IReadOnlyDictionary<(string Member, string Device), DeviceTimeline> devices,
        DateTimeOffset? ended,
        DateTimeOffset until,
        long last,
        AttendanceRules rules)
    {
        var gaps = Gaps
            .Select(gap => new LedgerGap(gap.From > startedAt ? gap.From : startedAt, gap.To < until ? gap.To : until))
            .Where(gap => gap.From < gap.To)
            .ToArray();
        var members = new List<MemberAttendance>();
        foreach (var group in devices.GroupBy(device => device.Key.Member, device => device.Value, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var spans = AttendanceUnion.Of(group.SelectMany(device => device.Until(until)), startedAt, until);
            if (spans.Count > 0)
            {
                members.Add(new MemberAttendance(
                    group.Key,
                    spans,
                    group.Sum(device => device.DropsWithin(startedAt, until)),
                    IsLate(spans[0].From, gaps, rules),
                    ended is not null && until - spans[^1].To > rules.EarlyBefore,
                    Checks.Of(group.Key, spans, until)));
            }
        }

        return new AttendanceSheet(@class, sequence, (first, last), startedAt, ended, until, gaps, rules, members);
    }

    // Whoever comes as soon as the server is back may have stood before a closed door when it was still time.
    private bool IsLate(DateTimeOffset firstIn, LedgerGap[] gaps, AttendanceRules rules) =>
        firstIn - startedAt > rules.LateAfter
        && !gaps.Any(gap => gap.From - startedAt <= rules.LateAfter && firstIn - gap.To <= rules.Grace);
}
