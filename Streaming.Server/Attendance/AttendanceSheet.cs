namespace Streaming.Server.Attendance;

/// <summary>One person in one lesson.</summary>
/// <param name="Member">The member's id.</param>
/// <param name="Spans">When they were there and what they had, in order, without overlap, within the lesson.</param>
/// <param name="Drops">How often a device of theirs dropped during the lesson.</param>
/// <param name="IsLate">Came late.</param>
/// <param name="LeftEarly">Left early; never said before the lesson has ended.</param>
/// <param name="CheckIns">What became of the questions whether they are there.</param>
internal sealed record MemberAttendance(
    string Member, IReadOnlyList<AttendanceSpan> Spans, int Drops, bool IsLate, bool LeftEarly, CheckIns CheckIns)
{
    /// <summary>When they were first there; null for nobody who never was.</summary>
    public DateTimeOffset? FirstIn => Spans.Count == 0 ? null : Spans[0].From;

    /// <summary>When they were last there.</summary>
    public DateTimeOffset? LastOut => Spans.Count == 0 ? null : Spans[^1].To;

    /// <summary>All that counts as present: the union over devices and reconnects, the unknown included.</summary>
    public TimeSpan Present => Sum(Spans);

    /// <summary>How much of it was of one kind.</summary>
    public TimeSpan Of(SpanKind kind) => Sum(Spans.Where(span => span.Kind == kind));

    private static TimeSpan Sum(IEnumerable<AttendanceSpan> spans) => new(spans.Sum(span => span.Length.Ticks));
}

/// <summary>A while within a lesson in which nobody kept the book.</summary>
/// <param name="From">When the book was last known to be kept (UTC).</param>
/// <param name="To">From when it was kept again (UTC).</param>
internal readonly record struct LedgerGap(DateTimeOffset From, DateTimeOffset To);

/// <summary>One lesson of a class, as its ledger tells it.</summary>
/// <param name="Class">The class.</param>
/// <param name="Sequence">The number of the ledger's entry that it began with: the lesson's own number.</param>
/// <param name="Entries">The numbers of the first and the last entry about it; the first may be before the bell, for those who waited for it.</param>
/// <param name="StartedAt">When it started (UTC).</param>
/// <param name="EndedAt">When it ended (UTC); null while it runs.</param>
/// <param name="Until">Until when it is told (UTC): its end, or now.</param>
/// <param name="Gaps">When nobody kept the book, within the lesson.</param>
/// <param name="Rules">What counted as late and early.</param>
/// <param name="Members">The students who were there, by id.</param>
internal sealed record AttendanceSheet(
    string Class,
    long Sequence,
    (long First, long Last) Entries,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset Until,
    IReadOnlyList<LedgerGap> Gaps,
    AttendanceRules Rules,
    IReadOnlyList<MemberAttendance> Members)
{
    /// <summary>The lessons that a class's entries tell of, oldest first. A pure function of the entries and the time.</summary>
    /// <param name="entries">The class's entries in their order, from the beginning of its book.</param>
    /// <param name="rules">What counts as late and early.</param>
    /// <param name="now">Until when a lesson that runs is told.</param>
    public static IReadOnlyList<AttendanceSheet> Read(IEnumerable<LedgerEntry> entries, AttendanceRules rules, DateTimeOffset now)
    {
        var reader = new SheetReader(rules);
        foreach (var entry in entries)
        {
            reader.Read(entry);
        }

        return reader.Finish(now);
    }
}
