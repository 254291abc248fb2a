using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;
using Streaming.Contracts;

namespace Streaming.Server.Http;

/// <summary>Problem details (RFC 9457) with our stable <c>code</c>.</summary>
internal static class Problems
{
    private sealed record Body(
        string Type,
        string Title,
        int Status,
        string Detail,
        string Code,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string[]>? Errors);

    /// <summary>Answers with a refusal under the status that its code has over HTTP.</summary>
    public static Task WriteAsync(HttpContext context, Refusal refusal) => WriteAsync(context, StatusOf(refusal.Code), refusal);

    /// <summary>Answers with a refusal; <paramref name="errors"/> names fields that are wrong.</summary>
    public static Task WriteAsync(
        HttpContext context, int status, Refusal refusal, IReadOnlyDictionary<string, string[]>? errors = null)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        if (refusal.Code == HubErrors.Busy)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        var body = new Body("about:blank", ReasonPhrases.GetReasonPhrase(status), status, refusal.Sentence, refusal.Code, errors);
        return context.Response.WriteAsJsonAsync(body, ContractsJson.Wire, "application/problem+json", context.RequestAborted);
    }

    /// <summary>Gives every empty refusal and every unexpected failure a body of the same shape.</summary>
    public static void UseProblems(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = context =>
                context.Features.Get<IExceptionHandlerFeature>()?.Error is BadHttpRequestException bad
                    ? WriteAsync(context, bad.StatusCode, new Refusal(HubErrors.BadRequest, "The request is broken."))
                    : WriteAsync(context, StatusCodes.Status500InternalServerError, Refusal.ServerError),
        });
        app.UseStatusCodePages(statuses => WriteEmptyAsync(statuses.HttpContext));
    }

    private static Task WriteEmptyAsync(HttpContext context) => WriteAsync(context, context.Response.StatusCode, context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => new Refusal(ProblemCodes.NotFound, "Nothing is here."),
        StatusCodes.Status405MethodNotAllowed => new Refusal(ProblemCodes.MethodNotAllowed, "This address knows other methods."),
        _ => new Refusal(ProblemCodes.HttpError, "The request cannot be answered."),
    });

    /// <summary>The status that a code has over HTTP.</summary>
    public static int StatusOf(string code) => code switch
    {
        HubErrors.TicketMissing or HubErrors.TicketInvalid or HubErrors.TicketExpired or ProblemCodes.AdminKeyMissing or ProblemCodes.AdminKeyInvalid =>
            StatusCodes.Status401Unauthorized,
        HubErrors.WrongClass or HubErrors.TeacherOnly or HubErrors.InspectorIsSilent or ProblemCodes.OfficeOnly => StatusCodes.Status403Forbidden,
        HubErrors.ClassNotFound or HubErrors.SessionNotFound or ProblemCodes.LessonNotFound or ProblemCodes.StillNotFound => StatusCodes.Status404NotFound,
        ProblemCodes.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        HubErrors.TeacherPresent or HubErrors.TooManyDevices or HubErrors.LessonNotLive or HubErrors.NotJoined
            or ProblemCodes.ClassOccupied or HubErrors.CheckInOpen or HubErrors.CheckInClosed or ProblemCodes.ScreenNotShared => StatusCodes.Status409Conflict,
        HubErrors.Elsewhere => StatusCodes.Status307TemporaryRedirect,
        HubErrors.SdpTooLarge or ProblemCodes.RollTooLarge or ProblemCodes.StillTooLarge => StatusCodes.Status413PayloadTooLarge,
        ProblemCodes.MediaTypeUnsupported => StatusCodes.Status415UnsupportedMediaType,
        HubErrors.NoCommonCodec => StatusCodes.Status422UnprocessableEntity,
        HubErrors.ClassFull or HubErrors.Busy => StatusCodes.Status503ServiceUnavailable,
        HubErrors.ServerError => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status400BadRequest,
    };
}
