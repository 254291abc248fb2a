using Streaming.Contracts;

namespace Streaming.Server.Attendance;

/// <summary>What counts as late and early.</summary>
/// <param name="Grace">How long a device may be gone and still be there.</param>
/// <param name="LateAfter">Whoever comes later than this after the start is late.</param>
/// <param name="EarlyBefore">Whoever goes earlier than this before the end left early.</param>
internal sealed record AttendanceRules(TimeSpan Grace, TimeSpan LateAfter, TimeSpan EarlyBefore)
{
    public static AttendanceRules Default { get; } = new(TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5));
}

/// <summary>One person in one lesson.</summary>
/// <param name="Member">The member's id.</param>
/// <param name="Spans">When they were there and what they had, in order, without overlap, within the lesson.</param>
/// <param name="Drops">How often a device of theirs dropped during the lesson.</param>
/// <param name="IsLate">Came late.</param>
/// <param name="LeftEarly">Left early; never said before the lesson has ended.</param>
internal sealed record MemberAttendance(string Member, IReadOnlyList<AttendanceSpan> Spans, int Drops, bool IsLate, bool LeftEarly)
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

/// <summary>One lesson of a class, as its ledger tells it.</summary>
/// <param name="Class">The class.</param>
/// <param name="StartedAt">When it started (UTC).</param>
/// <param name="EndedAt">When it ended (UTC); null while it runs.</param>
/// <param name="Members">The students who were there, by id.</param>
internal sealed record AttendanceSheet(
    string Class, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, IReadOnlyList<MemberAttendance> Members)
{
    /// <summary>The lessons that a class's entries tell of, oldest first. A pure function of the entries and the time.</summary>
    /// <param name="entries">The class's entries in their order, from the beginning of its book.</param>
    /// <param name="rules">What counts as late and early.</param>
    /// <param name="now">Until when a lesson that runs is told.</param>
    public static IReadOnlyList<AttendanceSheet> Read(IEnumerable<LedgerEntry> entries, AttendanceRules rules, DateTimeOffset now)
    {
        var clock = new LedgerClock();
        var devices = new Dictionary<(string Member, string Device), DeviceTimeline>();
        var sheets = new List<AttendanceSheet>();
        string? @class = null;
        DateTimeOffset? started = null;
        var last = DateTimeOffset.MinValue;
        var sent = MediaFacts.None;
        var dropsBefore = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var at = clock.Read(entry);
            @class ??= entry.Class;
            switch (entry.Kind)
            {
                case LedgerKind.Started:
                    if (started is { } unfinished)
                    {
                        // Its end was not written: it was over when nobody was there and the class was closed.
                        sheets.Add(Write(@class, unfinished, last, last, devices, dropsBefore, rules));
                    }

                    started = at;
                    dropsBefore = DropsOf(devices);
                    break;
                case LedgerKind.Ended when started is { } start:
                    sheets.Add(Write(@class, start, at, at, devices, dropsBefore, rules));
                    started = null;
                    break;
                case LedgerKind.Interrupted or LedgerKind.Media when entry.Device is null:
                    sent = entry.Facts;
                    foreach (var timeline in devices.Values)
                    {
                        timeline.Apply(entry, at);
                    }

                    break;
                case not (LedgerKind.Ended) when entry is { Member: { } member, Device: { } device, Role: Role.Student }:
                    if (!devices.TryGetValue((member, device), out var its))
                    {
                        devices.Add((member, device), its = new DeviceTimeline(rules.Grace, sent));
                    }

                    its.Apply(entry, at);
                    break;
            }

            last = at;
        }

        if (started is { } running)
        {
            sheets.Add(Write(@class!, running, null, now, devices, dropsBefore, rules));
        }

        return sheets;
    }

    private static Dictionary<string, int> DropsOf(Dictionary<(string Member, string Device), DeviceTimeline> devices) =>
        devices.GroupBy(device => device.Key.Member, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(device => device.Value.Drops), StringComparer.Ordinal);

    private static AttendanceSheet Write(
        string @class,
        DateTimeOffset started,
        DateTimeOffset? ended,
        DateTimeOffset end,
        Dictionary<(string Member, string Device), DeviceTimeline> devices,
        Dictionary<string, int> dropsBefore,
        AttendanceRules rules)
    {
        var drops = DropsOf(devices);
        var members = new List<MemberAttendance>();
        foreach (var group in devices.GroupBy(device => device.Key.Member, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var spans = AttendanceUnion.Of(group.SelectMany(device => device.Value.Until(end)), started, end);
            if (spans.Count == 0)
            {
                continue;
            }

            members.Add(new MemberAttendance(
                group.Key,
                spans,
                drops[group.Key] - dropsBefore.GetValueOrDefault(group.Key),
                spans[0].From - started > rules.LateAfter,
                ended is not null && end - spans[^1].To > rules.EarlyBefore));
        }

        return new AttendanceSheet(@class, started, ended, members);
    }
}
