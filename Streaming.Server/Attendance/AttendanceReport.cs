namespace Streaming.Server.Attendance;

/// <summary>How a lesson counts for a student.</summary>
internal enum AttendanceStatus
{
    /// <summary>Came in time.</summary>
    OnTime,

    /// <summary>Came late.</summary>
    Late,

    /// <summary>Did not come; only said of students on the roll.</summary>
    Absent,

    /// <summary>Nobody can know: the server was down when they may have been there.</summary>
    Unknown,

    /// <summary>Has not come, and is not late yet.</summary>
    Expected,
}

/// <summary>Seconds by what a person had; see <see cref="SpanKind"/>.</summary>
internal sealed record AttendanceSeconds(
    double Present, double Picture, double Slides, double Sound, double Text, double Connected, double Stalled, double Unknown);

/// <summary>One person's line of a report.</summary>
/// <param name="Member">The member's id.</param>
/// <param name="Name">The roll's name, else the one on the newest ticket.</param>
/// <param name="Status">How the lesson counts for them.</param>
/// <param name="OnRoll">False for a guest; null for a class without a roll.</param>
/// <param name="LeftEarly">Went early; never said while the lesson runs.</param>
/// <param name="IsHere">In the class now; false once the lesson is over.</param>
/// <param name="FirstIn">When they were first there (UTC).</param>
/// <param name="LastOut">When they were last there (UTC).</param>
/// <param name="Seconds">How long they were there.</param>
/// <param name="Drops">How often a device of theirs dropped.</param>
/// <param name="CheckIns">What became of the questions whether they are there.</param>
/// <param name="Spans">When they were there and what they had.</param>
internal sealed record ReportedMember(
    string Member,
    string? Name,
    AttendanceStatus Status,
    bool? OnRoll,
    bool LeftEarly,
    bool IsHere,
    DateTimeOffset? FirstIn,
    DateTimeOffset? LastOut,
    AttendanceSeconds Seconds,
    int Drops,
    CheckIns CheckIns,
    IReadOnlyList<AttendanceSpan> Spans);

/// <summary>What a lesson comes to. With a roll the statuses count its students alone, and guests are counted beside them.</summary>
/// <param name="Students">How many are counted: the roll's, or all who came when there is none.</param>
/// <param name="Guests">How many came who are not on the roll.</param>
/// <param name="OnTime">Came in time.</param>
/// <param name="Late">Came late.</param>
/// <param name="Absent">Did not come.</param>
/// <param name="Unknown">Nobody can know.</param>
/// <param name="Expected">Have not come, and are not late yet.</param>
/// <param name="LeftEarly">Went early.</param>
/// <param name="Here">In the class now.</param>
/// <param name="MedianSeconds">The middle one of the times present of those who came; null when nobody did.</param>
internal sealed record AttendanceTotals(
    int Students, int Guests, int OnTime, int Late, int Absent, int Unknown, int Expected, int LeftEarly, int Here, double? MedianSeconds);

/// <summary>What is told of one lesson to those who may read it.</summary>
/// <param name="Class">The class.</param>
/// <param name="Sequence">The lesson's number: that of the ledger's entry that it began with.</param>
/// <param name="StartedAt">When it started (UTC).</param>
/// <param name="EndedAt">When it ended (UTC); null while it runs.</param>
/// <param name="Until">Until when it is told (UTC).</param>
/// <param name="LateAfterSeconds">Whoever came later than this after the start is late.</param>
/// <param name="EarlyBeforeSeconds">Whoever went earlier than this before the end left early.</param>
/// <param name="Gaps">When nobody kept the book.</param>
/// <param name="Totals">What it comes to.</param>
/// <param name="Members">The roll's students in its order, then the others by id.</param>
internal sealed record AttendanceReport(
    string Class,
    long Sequence,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset Until,
    double LateAfterSeconds,
    double EarlyBeforeSeconds,
    IReadOnlyList<LedgerGap> Gaps,
    AttendanceTotals Totals,
    IReadOnlyList<ReportedMember> Members)
{
    /// <summary>A sheet against the roll. A pure function.</summary>
    /// <param name="sheet">The sheet.</param>
    /// <param name="names">The names that came with the tickets, by member; see <see cref="NamesIn"/>.</param>
    /// <param name="roll">Who belongs to the class; null when nobody has said.</param>
    public static AttendanceReport Of(AttendanceSheet sheet, IReadOnlyDictionary<string, string> names, Roll? roll)
    {
        var came = sheet.Members.ToDictionary(member => member.Member, StringComparer.Ordinal);
        var onRoll = roll?.Students.Select(student => student.Member).ToHashSet(StringComparer.Ordinal);
        var missing = new MemberAttendance("", [], 0, IsLate: false, LeftEarly: false, default);
        ReportedMember[] members =
        [
            .. (roll?.Students ?? []).Select(student =>
                Line(sheet, came.GetValueOrDefault(student.Member) ?? missing with { Member = student.Member }, student.Name, onRoll: true)),
            .. sheet.Members.Where(member => onRoll?.Contains(member.Member) != true).Select(member =>
                Line(sheet, member, names.GetValueOrDefault(member.Member), onRoll is null ? null : false)),
        ];
        return new AttendanceReport(
            sheet.Class,
            sheet.Sequence,
            sheet.StartedAt,
            sheet.EndedAt,
            sheet.Until,
            sheet.Rules.LateAfter.TotalSeconds,
            sheet.Rules.EarlyBefore.TotalSeconds,
            sheet.Gaps,
            TotalsOf(members),
            members);
    }

    /// <summary>The names that came with tickets, by member; the newest counts.</summary>
    public static IReadOnlyDictionary<string, string> NamesIn(IEnumerable<LedgerEntry> entries)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry is { Member: { } member, Name: { } name })
            {
                names[member] = name;
            }
        }

        return names;
    }

    private static ReportedMember Line(AttendanceSheet sheet, MemberAttendance of, string? name, bool? onRoll) => new(
        of.Member,
        name,
        StatusOf(sheet, of),
        onRoll,
        of.LeftEarly,
        sheet.EndedAt is null && of.LastOut == sheet.Until,
        of.FirstIn,
        of.LastOut,
        new AttendanceSeconds(
            Seconds(of.Present),
            Seconds(of.Of(SpanKind.Picture)),
            Seconds(of.Of(SpanKind.Slides)),
            Seconds(of.Of(SpanKind.Sound)),
            Seconds(of.Of(SpanKind.Text)),
            Seconds(of.Of(SpanKind.Connected)),
            Seconds(of.Of(SpanKind.Stalled)),
            Seconds(of.Of(SpanKind.Unknown))),
        of.Drops,
        of.CheckIns,
        of.Spans);

    private static AttendanceStatus StatusOf(AttendanceSheet sheet, MemberAttendance of)
    {
        if (of.Spans.Count > 0)
        {
            return of.Spans.All(span => span.Kind == SpanKind.Unknown) ? AttendanceStatus.Unknown
                : of.IsLate ? AttendanceStatus.Late
                : AttendanceStatus.OnTime;
        }

        return sheet.EndedAt is null && sheet.Until - sheet.StartedAt <= sheet.Rules.LateAfter ? AttendanceStatus.Expected
            : IsMostlyUnknown(sheet) ? AttendanceStatus.Unknown
            : AttendanceStatus.Absent;
    }

    // Who did not come in all the time that is known was absent. Where less than half is known, nobody is called so.
    private static bool IsMostlyUnknown(AttendanceSheet sheet) =>
        sheet.Gaps.Count > 0 && sheet.Gaps.Sum(gap => (gap.To - gap.From).Ticks) * 2 >= (sheet.Until - sheet.StartedAt).Ticks;

    private static AttendanceTotals TotalsOf(ReportedMember[] members)
    {
        var counted = members.Where(member => member.OnRoll != false).ToArray();
        var present = members.Where(member => member.Spans.Count > 0).Select(member => member.Seconds.Present).Order().ToArray();
        double? median = present.Length == 0 ? null : Math.Round((present[present.Length / 2] + present[(present.Length - 1) / 2]) / 2, 3);
        return new AttendanceTotals(
            counted.Length,
            members.Length - counted.Length,
            Count(AttendanceStatus.OnTime),
            Count(AttendanceStatus.Late),
            Count(AttendanceStatus.Absent),
            Count(AttendanceStatus.Unknown),
            Count(AttendanceStatus.Expected),
            counted.Count(member => member.LeftEarly),
            members.Count(member => member.IsHere),
            median);

        int Count(AttendanceStatus status) => counted.Count(member => member.Status == status);
    }

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);
}
