using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Streaming.Contracts;
using Streaming.Server.Http;

namespace Streaming.Server.Access;

/// <summary>An issued ticket.</summary>
/// <param name="Ticket">The ticket itself.</param>
/// <param name="Url">A link to the class that carries it.</param>
/// <param name="ExpiresAt">When it ends (UTC).</param>
internal sealed record IssuedTicket(string Ticket, string Url, DateTimeOffset ExpiresAt);

/// <summary><c>POST /api/tickets</c>: a school's own system asks for tickets with the admin key.</summary>
internal static class TicketEndpoints
{
    private const int MaxBody = 16_384;

    public static void MapTickets(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/api/tickets", IssueAsync).RequireCors(CorsSetup.Policy).AllowAnonymous();

    private static async Task IssueAsync(HttpContext context, DataDirectory data, JoinTicketIssuer issuer, TicketLinks links)
    {
        if (AdminKey.Check(context.Request, data) is { } refusal)
        {
            await AdminKey.RefuseAsync(context, refusal);
            return;
        }

        var (request, errors) = await ReadAsync(context);
        if (request is not null && request.TryRead(out var who, out var lifetime, out errors))
        {
            var (text, ticket) = issuer.Issue(who, lifetime);
            context.Response.Headers.CacheControl = "no-store";
            await Results.Created((string?)null, new IssuedTicket(text, links.To(who.Class, text, context.Request), ticket.ExpiresAt))
                .ExecuteAsync(context);
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
