using System.Globalization;
using System.Text.Json;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.Http;

namespace Streaming.Server.Attendance;

/// <summary>One page of a class's ledger.</summary>
/// <param name="Entries">The entries in their order.</param>
/// <param name="Next">Ask for those <c>after</c> this; null when these were the last.</param>
internal sealed record LedgerPage(IReadOnlyList<LedgerEntry> Entries, long? Next);

/// <summary>The ledger as it is, and attendance as it is computed from it: for the class's teacher, and for who has the admin key.</summary>
internal static class AttendanceEndpoints
{
    private const int MostEntries = 1_000;
    private static readonly JsonSerializerOptions Json = MakeJson();

    public static void MapAttendance(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/api/classes/{class}").AddEndpointFilter(OnlyReadersAsync).AllowAnonymous();
        group.MapGet("/ledger", Page);
        group.MapGet("/attendance", (HttpContext context, string @class, Journal journal, TimeProvider time) =>
            Say(context, Read(@class, journal, time)));
        group.MapGet("/attendance.csv", Csv);
    }

    private static IResult Page(HttpContext context, string @class, Journal journal)
    {
        var query = context.Request.Query;
        if (!TryRead(query["after"], 0, long.MaxValue, otherwise: 0, out var after)
            || !TryRead(query["limit"], 1, MostEntries, otherwise: MostEntries, out var limit))
        {
            return Problem(new Refusal(
                HubErrors.BadRequest, $"after is the sequence number of the last entry you have; limit is a number from 1 to {MostEntries}."));
        }

        var entries = journal.Read(@class, after, (int)limit);
        return Say(context, new LedgerPage(entries, entries.Count == limit ? entries[^1].Sequence : null));
    }

    /// <summary>One lesson: the one whose start is asked for by <c>lesson</c>, else the last.</summary>
    private static IResult Csv(HttpContext context, string @class, Journal journal, TimeProvider time)
    {
        var lessons = Read(@class, journal, time);
        var asked = context.Request.Query["lesson"].ToString();
        var lesson = asked.Length == 0 ? lessons.LastOrDefault()
            : DateTimeOffset.TryParse(asked, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start)
                ? lessons.FirstOrDefault(known => known.StartedAt == start)
                : null;
        if (lesson is null)
        {
            return Problem(new Refusal(
                ProblemCodes.LessonNotFound, "There is no such lesson; lesson is the startedAt of one that /attendance tells of."));
        }

        context.Response.Headers.CacheControl = "no-store";
        var name = $"{lesson.Class}-{lesson.StartedAt.ToString("yyyyMMdd-HHmm", CultureInfo.InvariantCulture)}.csv";
        return Results.File(lesson.ToCsv(), "text/csv; charset=utf-8", name);
    }

    private static AttendanceReport[] Read(string @class, Journal journal, TimeProvider time)
    {
        var entries = journal.Read(@class);
        return [.. AttendanceSheet.Read(entries, AttendanceRules.Default, time.GetUtcNow()).Select(sheet => AttendanceReport.Of(sheet, entries))];
    }

    private static async ValueTask<object?> OnlyReadersAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var context = call.HttpContext;
        var @class = context.Request.RouteValues["class"]?.ToString() ?? "";
        if (!Ids.IsValid(@class))
        {
            return Problem(Refusal.ClassNotFound);
        }

        if (context.User.Identity is { IsAuthenticated: true })
        {
            var who = TicketIdentity.Of(context.User);
            return who.Class != @class ? Problem(Refusal.WrongClass)
                : who.Role != Role.Teacher ? Problem(Refusal.TeacherOnly)
                : await next(call);
        }

        if (AdminKey.Check(context.Request, context.RequestServices.GetRequiredService<DataDirectory>()) is { } missing)
        {
            await AdminKey.RefuseAsync(context, missing);
            return Results.Empty;
        }

        return await next(call);
    }

    private static bool TryRead(string? text, long least, long most, long otherwise, out long number)
    {
        number = otherwise;
        return string.IsNullOrEmpty(text)
            || (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most);
    }

    private static IResult Say<T>(HttpContext context, T body)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(body, Json);
    }

    private static ProblemResult Problem(Refusal refusal) => new(refusal);

    private static JsonSerializerOptions MakeJson()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ContractsJson.Apply(json);
        return json;
    }

    private sealed class ProblemResult(Refusal refusal) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => Problems.WriteAsync(httpContext, refusal);
    }
}
