using System.Globalization;
using System.Text;

namespace Streaming.Server.Attendance;

/// <summary>Seconds by what a person had; see <see cref="SpanKind"/>.</summary>
internal sealed record AttendanceSeconds(double Present, double Picture, double Sound, double Connected, double Stalled, double Unknown);

/// <summary>One person's line of a report.</summary>
internal sealed record ReportedMember(
    string Member,
    string? Name,
    DateTimeOffset? FirstIn,
    DateTimeOffset? LastOut,
    AttendanceSeconds Seconds,
    int Drops,
    bool Late,
    bool LeftEarly,
    IReadOnlyList<AttendanceSpan> Spans);

/// <summary>What is told of one lesson to those who may read it.</summary>
internal sealed record AttendanceReport(string Class, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, IReadOnlyList<ReportedMember> Members)
{
    private const string Header =
        "member,name,first in (UTC),last out (UTC),minutes present,picture,sound,connected,network,unknown,drops,late,left early\r\n";

    /// <summary>A sheet with names.</summary>
    /// <param name="sheet">The sheet.</param>
    /// <param name="entries">The class's entries, which hold the names that came with the tickets; the newest counts.</param>
    public static AttendanceReport Of(AttendanceSheet sheet, IReadOnlyList<LedgerEntry> entries)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry is { Member: { } member, Name: { } name })
            {
                names[member] = name;
            }
        }

        return new AttendanceReport(
            sheet.Class, sheet.StartedAt, sheet.EndedAt, [.. sheet.Members.Select(of => Line(of, names.GetValueOrDefault(of.Member)))]);
    }

    /// <summary>The report as comma-separated values (RFC 4180) in UTF-8 with a byte order mark, by which Excel knows the encoding.</summary>
    public byte[] ToCsv()
    {
        var csv = new StringBuilder(Header);
        foreach (var member in Members)
        {
            var of = member.Seconds;
            string[] cells =
            [
                Cell(member.Member), Cell(member.Name ?? ""), Time(member.FirstIn), Time(member.LastOut), Minutes(of.Present), Minutes(of.Picture),
                Minutes(of.Sound), Minutes(of.Connected), Minutes(of.Stalled), Minutes(of.Unknown),
                member.Drops.ToString(CultureInfo.InvariantCulture), member.Late ? "yes" : "", member.LeftEarly ? "yes" : "",
            ];
            csv.AppendJoin(',', cells).Append("\r\n");
        }

        return [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(csv.ToString())];
    }

    private static ReportedMember Line(MemberAttendance of, string? name) => new(
        of.Member,
        name,
        of.FirstIn,
        of.LastOut,
        new AttendanceSeconds(
            Seconds(of.Present),
            Seconds(of.Of(SpanKind.Picture)),
            Seconds(of.Of(SpanKind.Sound)),
            Seconds(of.Of(SpanKind.Connected)),
            Seconds(of.Of(SpanKind.Stalled)),
            Seconds(of.Of(SpanKind.Unknown))),
        of.Drops,
        of.IsLate,
        of.LeftEarly,
        of.Spans);

    private static double Seconds(TimeSpan span) => Math.Round(span.TotalSeconds, 3);

    private static string Minutes(double seconds) => (seconds / 60).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";

    // A name is what somebody typed: a spreadsheet must not take it for a formula.
    private static string Cell(string text)
    {
        var safe = text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? $"'{text}" : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
