using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Tests.Attendance;

/// <summary>Writes a class's book by hand: seconds after the bell, what happened, to whom.</summary>
internal sealed class Lesson
{
    public static readonly DateTimeOffset Bell = new(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);

    private double _opened;

    public List<LedgerEntry> Book { get; } = [];

    public Lesson At(double seconds, LedgerKind kind, string? member = null, string device = "web", MediaFacts facts = MediaFacts.None, long? number = null) =>
        Add(seconds, kind, member, member is null ? null : device, facts: facts, number: number);

    /// <summary>The lesson ended by itself, which was noticed some time after it was over.</summary>
    public Lesson Abandoned(double over, double noticed) =>
        Add(noticed, LedgerKind.Ended, cause: LedgerCause.Abandoned, since: Bell.AddSeconds(over));

    /// <summary>Nobody kept the book for a while.</summary>
    public Lesson Down(double since, double until)
    {
        _opened = until;
        return Add(until, LedgerKind.Interrupted, since: Bell.AddSeconds(since));
    }

    public AttendanceSheet Sheet(double now = 0, AttendanceRules? rules = null) =>
        Assert.Single(AttendanceSheet.Read(Book, rules ?? AttendanceRules.Default, Bell.AddSeconds(now)));

    public AttendanceReport Report(double now = 0, params string[] roll) => AttendanceReport.Of(
        Sheet(now),
        AttendanceReport.NamesIn(Book),
        roll.Length == 0 ? null : new Roll([.. roll.Select(member => new RollEntry(member, $"Roll {member}"))], Bell));

    private Lesson Add(
        double seconds,
        LedgerKind kind,
        string? member = null,
        string? device = null,
        LedgerCause cause = LedgerCause.None,
        MediaFacts facts = MediaFacts.None,
        DateTimeOffset? since = null,
        long? number = null)
    {
        Book.Add(new LedgerEntry(
            "math", Book.Count + 1, kind, Bell.AddSeconds(seconds), TimeSpan.FromSeconds(seconds - _opened), member, device,
            member is null ? null : Role.Student, cause, facts, since, kind == LedgerKind.Joined ? $"Ticket {member}" : null, number));
        return this;
    }
}
