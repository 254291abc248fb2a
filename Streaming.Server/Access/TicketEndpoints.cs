using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Streaming.Contracts;
using Streaming.Server.Http;

namespace Streaming.Server.Access;

/// <summary><c>POST /api/tickets</c>: a school's own system asks for tickets with the admin key.</summary>
internal static class TicketEndpoints
{
    private const int MaxBody = 16_384;

    public static void MapTickets(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/api/tickets", IssueAsync).RequireCors(CorsSetup.Policy).AllowAnonymous();

    private static async Task IssueAsync(HttpContext context, DataDirectory data, TicketDesk desk)
    {
        if (AdminKey.Check(context.Request, data) is { } refusal)
        {
            await AdminKey.RefuseAsync(context, refusal);
            return;
        }

        var (request, errors) = await ReadAsync(context);
        if (request is not null && request.TryRead(out var grant, out errors))
        {
            context.Response.Headers.CacheControl = "no-store";
            var asked = context.Request;
            await Results.Created((string?)null, desk.Issue(grant, $"{asked.Scheme}://{asked.Host}{asked.PathBase}")).ExecuteAsync(context);
            return;
        }

        var broken = new Refusal(HubErrors.BadRequest, "The request does not say what ticket to make.");
        await Problems.WriteAsync(context, StatusCodes.Status400BadRequest, broken, errors);
    }

    private static async Task<(TicketRequest? Request, Dictionary<string, string[]> Errors)> ReadAsync(HttpContext context)
    {
        try
        {
            return await BoundedBody.ReadAsync(context.Request, MaxBody) is { } body
                ? (JsonSerializer.Deserialize<TicketRequest>(body, ContractsJson.Wire), [])
                : (null, new() { ["body"] = [$"The body has at most {MaxBody} bytes."] });
        }
        catch (JsonException broken)
        {
            var field = broken.Path is { Length: > 2 } path ? path[2..] : "body";
            return (null, new() { [field] = [field == "body" ? "The body is a JSON object." : $"The {field} has the wrong type."] });
        }
    }
}
