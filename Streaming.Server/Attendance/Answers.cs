using System.Globalization;
using System.Text.Json;
using Streaming.Contracts;
using Streaming.Server.Http;

namespace Streaming.Server.Attendance;

/// <summary>What the endpoints of attendance answer with.</summary>
internal static class Answers
{
    /// <summary>Something that is new each time it is asked for.</summary>
    public static IResult Say<T>(HttpContext context, T body)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(body, ContractsJson.Wire);
    }

    /// <summary>A refusal; <paramref name="errors"/> names what is wrong.</summary>
    public static IResult Problem(Refusal refusal, IReadOnlyDictionary<string, string[]>? errors = null) => new ProblemResult(refusal, errors);

    /// <summary>Reads a whole number of the query.</summary>
    /// <returns>False when it is none, or out of its range.</returns>
    public static bool TryRead(string? text, long least, long most, long otherwise, out long number)
    {
        number = otherwise;
        return string.IsNullOrEmpty(text)
            || (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most);
    }

    private sealed class ProblemResult(Refusal refusal, IReadOnlyDictionary<string, string[]>? errors) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => Problems.WriteAsync(httpContext, Problems.StatusOf(refusal.Code), refusal, errors);
    }
}
