using System.Globalization;
using Streaming.Contracts;
using Streaming.Server.Attendance.Exports;
using Streaming.Server.Http;

namespace Streaming.Server.Attendance;

/// <summary>One page of a class's ledger.</summary>
/// <param name="Entries">The entries in their order.</param>
/// <param name="Next">Ask for those <c>after</c> this; null when these were the last.</param>
internal sealed record LedgerPage(IReadOnlyList<LedgerEntry> Entries, long? Next);

/// <summary>One page of a class's attendance.</summary>
/// <param name="Lessons">The lessons, the newest last.</param>
/// <param name="Next">Ask for those <c>after</c> this; null when these were the last.</param>
internal sealed record AttendancePage(IReadOnlyList<AttendanceReport> Lessons, long? Next);

/// <summary>A lesson without its members.</summary>
internal sealed record LessonLine(long Sequence, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, AttendanceTotals Totals);

/// <summary>One page of the list of a class's lessons.</summary>
/// <param name="Lessons">The lessons, the newest last.</param>
/// <param name="Next">Ask for those <c>after</c> this; null when these were the last.</param>
internal sealed record LessonPage(IReadOnlyList<LessonLine> Lessons, long? Next);

/// <summary>The ledger as it is, and attendance as it is computed from it: for those whom <see cref="AttendanceDoor"/> lets in.</summary>
internal static class AttendanceEndpoints
{
    private const int MostEntries = 1_000;
    private const int MostReports = 100;
    private const int UsualReports = 20;

    private static readonly Refusal LessonNotFound = new(
        ProblemCodes.LessonNotFound, "There is no such lesson. A lesson is named by the sequence or the startedAt that /lessons tells of, or it is last.");

    public static void MapAttendance(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/api/classes/{class}").AddEndpointFilter(AttendanceDoor.CheckAsync).AllowAnonymous();
        group.MapGet("/ledger", LedgerAsync);
        group.MapGet("/lessons", LessonsAsync);
        group.MapGet("/attendance", ReportsAsync);
        group.MapGet("/attendance/{lesson}", ReportAsync);
        group.MapGet("/attendance.csv", CsvAsync);
        group.MapGet("/attendance.xlsx", WorkbookAsync);
        group.MapRoll();
        group.MapSettings();
    }

    private static async Task<IResult> LedgerAsync(HttpContext context, string @class, LedgerReader ledger)
    {
        if (!TryReadPage(context, MostEntries, MostEntries, out var after, out var limit, out var wrong))
        {
            return wrong;
        }

        var entries = await ledger.ReadAsync(@class, after, limit, context.RequestAborted);
        return Answers.Say(context, new LedgerPage(entries, entries.Count == limit ? entries[^1].Sequence : null));
    }

    private static async Task<IResult> LessonsAsync(HttpContext context, string @class, AttendanceBook book)
    {
        if (!TryReadPage(context, MostEntries, MostEntries, out var after, out var limit, out var wrong))
        {
            return wrong;
        }

        var attendance = await book.ReadAsync(@class, context.RequestAborted);
        var (sheets, next) = PageOf(attendance, after, limit);
        return Answers.Say(context, new LessonPage(
            [.. sheets.Select(attendance.Report).Select(of => new LessonLine(of.Sequence, of.StartedAt, of.EndedAt, of.Totals))], next));
    }

    private static async Task<IResult> ReportsAsync(HttpContext context, string @class, AttendanceBook book)
    {
        if (!TryReadPage(context, MostReports, UsualReports, out var after, out var limit, out var wrong))
        {
            return wrong;
        }

        var attendance = await book.ReadAsync(@class, context.RequestAborted);
        var (sheets, next) = PageOf(attendance, after, limit);
        return Answers.Say(context, new AttendancePage([.. sheets.Select(attendance.Report)], next));
    }

    private static async Task<IResult> ReportAsync(HttpContext context, string @class, string lesson, AttendanceBook book)
    {
        var attendance = await book.ReadAsync(@class, lesson, context.RequestAborted);
        return Find(attendance, lesson) is { } sheet ? Answers.Say(context, attendance.Report(sheet)) : Answers.Problem(LessonNotFound);
    }

    private static Task<IResult> CsvAsync(HttpContext context, string @class, AttendanceBook book) =>
        DownloadAsync(context, @class, book, "csv", "text/csv; charset=utf-8", (report, _, tables) => CsvWriter.Write(tables.Attendance(report)));

    private static Task<IResult> WorkbookAsync(HttpContext context, string @class, AttendanceBook book) =>
        DownloadAsync(context, @class, book, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (report, entries, tables) =>
            WorkbookWriter.Write([tables.Attendance(report), tables.Spans(report), tables.Ledger(entries)]));

    /// <summary>One lesson as a file: the one that is asked for by <c>lesson</c>, else the last.</summary>
    private static async Task<IResult> DownloadAsync(
        HttpContext context,
        string @class,
        AttendanceBook book,
        string extension,
        string mediaType,
        Func<AttendanceReport, IEnumerable<LedgerEntry>, ReportTables, byte[]> write)
    {
        var query = context.Request.Query;
        if (!SchoolClock.TryRead(query["tz"], out var clock))
        {
            return Answers.Problem(new Refusal(HubErrors.BadRequest, SchoolClock.Rule));
        }

        if (!ReportLanguage.TryRead(query["lang"], out var language))
        {
            return Answers.Problem(new Refusal(HubErrors.BadRequest, ReportLanguage.Rule));
        }

        var asked = query["lesson"].ToString() is { Length: > 0 } lesson ? lesson : AttendanceBook.Last;
        var attendance = await book.ReadAsync(@class, asked, context.RequestAborted);
        if (Find(attendance, asked) is not { } sheet)
        {
            return Answers.Problem(LessonNotFound);
        }

        context.Response.Headers.CacheControl = "no-store";
        var tables = new ReportTables(language, clock);
        var name = $"{@class}-{clock.Read(sheet.StartedAt).ToString("yyyyMMdd-HHmm", CultureInfo.InvariantCulture)}.{extension}";
        return Results.File(write(attendance.Report(sheet), attendance.EntriesOf(sheet.Sequence), tables), mediaType, name);
    }

    private static AttendanceSheet? Find(ClassAttendance attendance, string asked) =>
        asked == AttendanceBook.Last ? attendance.Sheets is [.., var last] ? last : null
        : long.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? attendance.Sheets.FirstOrDefault(sheet => sheet.Sequence == sequence)
        : DateTimeOffset.TryParse(asked, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start)
            ? attendance.Sheets.FirstOrDefault(sheet => sheet.StartedAt == start)
        : null;

    private static (AttendanceSheet[] Sheets, long? Next) PageOf(ClassAttendance attendance, long after, int limit)
    {
        var rest = attendance.Sheets.Where(sheet => sheet.Sequence > after).Take(limit + 1).ToArray();
        return rest.Length <= limit ? (rest, null) : (rest[..limit], rest[limit - 1].Sequence);
    }

    private static bool TryReadPage(HttpContext context, int most, int usual, out long after, out int limit, out IResult wrong)
    {
        var query = context.Request.Query;
        var isRead = Answers.TryRead(query["after"], 0, long.MaxValue, otherwise: 0, out after) & Answers.TryRead(query["limit"], 1, most, usual, out var number);
        limit = (int)number;
        wrong = isRead ? Results.Empty : Answers.Problem(new Refusal(
            HubErrors.BadRequest, $"after is the sequence number of the last one that you have; limit is a number from 1 to {most}."));
        return isRead;
    }
}
