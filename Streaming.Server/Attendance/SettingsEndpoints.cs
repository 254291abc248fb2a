using System.Text.Json;
using Microsoft.Extensions.Options;
using Streaming.Contracts;
using Streaming.Server.Http;

namespace Streaming.Server.Attendance;

/// <summary>What is told of a class's settings.</summary>
/// <param name="LateAfterMinutes">The class's own; null where the server's default holds.</param>
/// <param name="EarlyBeforeMinutes">Likewise.</param>
/// <param name="RetentionDays">Likewise.</param>
/// <param name="Defaults">The server's.</param>
internal sealed record ToldSettings(int? LateAfterMinutes, int? EarlyBeforeMinutes, int? RetentionDays, ClassSettings Defaults);

/// <summary>A class's settings: everybody who reads its attendance says what is late and early; how long records are kept, the office says.</summary>
internal static class SettingsEndpoints
{
    private const int MaxBody = 4_096;

    public static void MapSettings(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/settings", ReadAsync);
        endpoints.MapPut("/settings", WriteAsync);
    }

    private static async Task<IResult> ReadAsync(HttpContext context, string @class, AttendanceBook book, IOptions<StreamingOptions> options) =>
        Say(context, await book.SettingsAsync(@class, context.RequestAborted), options.Value);

    private static async Task<IResult> WriteAsync(HttpContext context, string @class, AttendanceBook book, IOptions<StreamingOptions> options)
    {
        var (settings, errors) = await ReadBodyAsync(context);
        if (settings is null || errors.Count > 0)
        {
            return Answers.Problem(new Refusal(HubErrors.BadRequest, "These settings cannot be used; nothing was changed."), errors);
        }

        if (AttendanceDoor.RefuseTeacher(context) is { } refusal)
        {
            // For a teacher what they may not say stays as it is; naming something else is refused, so that nobody believes it was done.
            var former = await book.SettingsAsync(@class, context.RequestAborted);
            if (settings.RetentionDays is { } asked && asked != former.RetentionDays)
            {
                return Answers.Problem(refusal);
            }

            settings = settings with { RetentionDays = former.RetentionDays };
        }

        await book.WriteSettingsAsync(@class, settings, context.RequestAborted);
        return Say(context, settings, options.Value);
    }

    private static async Task<(ClassSettings? Settings, Dictionary<string, string[]> Errors)> ReadBodyAsync(HttpContext context)
    {
        try
        {
            return await BoundedBody.ReadAsync(context.Request, MaxBody) is not { } body
                ? (null, new() { ["body"] = [$"The body has at most {MaxBody} bytes."] })
                : JsonSerializer.Deserialize<ClassSettings>(body, ContractsJson.Wire) is { } settings
                    ? (settings, settings.Errors())
                    : (null, new() { ["body"] = ["The body is a JSON object."] });
        }
        catch (JsonException broken)
        {
            var field = broken.Path is { Length: > 2 } path ? path[2..] : "body";
            return (null, new() { [field] = [field == "body" ? "The body is a JSON object." : $"The {field} is a whole number, or null."] });
        }
    }

    private static IResult Say(HttpContext context, ClassSettings settings, StreamingOptions options) => Answers.Say(context, new ToldSettings(
        settings.LateAfterMinutes, settings.EarlyBeforeMinutes, settings.RetentionDays, ClassSettings.DefaultsOf(options)));
}
