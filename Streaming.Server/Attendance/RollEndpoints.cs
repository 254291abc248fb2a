using Streaming.Contracts;
using Streaming.Server.Http;

namespace Streaming.Server.Attendance;

/// <summary>A class's roll: everybody who reads its attendance reads it, and the office writes it.</summary>
internal static class RollEndpoints
{
    private const string Csv = "text/csv";

    public static void MapRoll(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/roll", ReadAsync);
        endpoints.MapPut("/roll", WriteAsync).WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(RollCsv.MaxBytes + 1));
        endpoints.MapDelete("/roll", RemoveAsync);
    }

    private static async Task<IResult> ReadAsync(HttpContext context, string @class, AttendanceBook book) =>
        Say(context, await book.RollAsync(@class, context.RequestAborted));

    private static async Task<IResult> WriteAsync(HttpContext context, string @class, AttendanceBook book, TimeProvider time)
    {
        if (AttendanceDoor.RefuseTeacher(context) is { } refusal)
        {
            return Answers.Problem(refusal);
        }

        if (!context.Request.ContentType.AsSpan().TrimStart().StartsWith(Csv, StringComparison.OrdinalIgnoreCase))
        {
            return Answers.Problem(new Refusal(ProblemCodes.MediaTypeUnsupported, $"A roll is sent as {Csv}."));
        }

        if (!ReportLanguage.TryRead(context.Request.Query["lang"], out var language))
        {
            return Answers.Problem(new Refusal(HubErrors.BadRequest, ReportLanguage.Rule));
        }

        if (await BoundedBody.ReadAsync(context.Request, RollCsv.MaxBytes) is not { } body)
        {
            return Answers.Problem(new Refusal(ProblemCodes.RollTooLarge, $"A roll has at most {RollCsv.MaxBytes} bytes."));
        }

        var students = RollCsv.Read(body, language, out var errors);
        if (errors.Count > 0)
        {
            return Answers.Problem(new Refusal(ProblemCodes.RollInvalid, "The list has errors; nothing of it was kept."), errors);
        }

        var roll = new Roll(students, time.GetUtcNow());
        await book.WriteRollAsync(@class, roll, context.RequestAborted);
        return Say(context, roll);
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, string @class, AttendanceBook book)
    {
        if (AttendanceDoor.RefuseTeacher(context) is { } refusal)
        {
            return Answers.Problem(refusal);
        }

        await book.WriteRollAsync(@class, roll: null, context.RequestAborted);
        return Results.NoContent();
    }

    // A class without a roll has no students on it, and no time when it was sent.
    private static IResult Say(HttpContext context, Roll? roll) => Answers.Say(context, new { Students = roll?.Students ?? [], roll?.UpdatedAt });
}
