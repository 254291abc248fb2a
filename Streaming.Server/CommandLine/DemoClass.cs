using Streaming.Contracts;
using Streaming.Server.Access;

namespace Streaming.Server.CommandLine;

/// <summary>A link into the demo class.</summary>
/// <param name="Role">As what it lets in.</param>
/// <param name="Name">The display name.</param>
/// <param name="Url">The link, ticket included.</param>
internal sealed record DemoLink(string Role, string Name, string Url);

/// <summary>The demo class.</summary>
/// <param name="Class">Its id.</param>
/// <param name="Links">Who may come.</param>
internal sealed record DemoLinks(string Class, IReadOnlyList<DemoLink> Links);

/// <summary>Whether the links of a demo class are handed out to everybody who asks: by the verb <c>demo</c> alone, whatever else is configured.</summary>
internal sealed record DemoMode(bool IsOn);

/// <summary>The class <c>demo</c>: who may come, and their links.</summary>
internal sealed class DemoClass(TicketDesk desk)
{
    private const string Id = "demo";

    private static readonly TicketGrant[] People =
    [
        new("teacher", "Lin Wei", Id, Role.Teacher, JoinTicket.DefaultLifetime),
        new("student-1", "Ada", Id, Role.Student, JoinTicket.DefaultLifetime),
        new("student-2", "小明", Id, Role.Student, JoinTicket.DefaultLifetime),
        new("inspector", "Inspector", Id, Role.Inspector, JoinTicket.DefaultLifetime),
        new("office", "Office", Id, Role: null, JoinTicket.DefaultLifetime),
    ];

    /// <summary>Fresh tickets for everybody.</summary>
    public DemoLinks Links(string ownAddress) => new(Id,
    [
        .. People.Select(who => new DemoLink(
            who.Role is { } role ? TicketClaims.RoleWord(role) : TicketClaims.OfficeRole,
            who.Name,
            desk.Issue(who, ownAddress).Url)),
    ]);
}

/// <summary><c>GET /api/demo</c>: the links, with the verb <c>demo</c> only.</summary>
internal static class DemoEndpoints
{
    public static void MapDemo(this WebApplication app)
    {
        if (app.Services.GetRequiredService<DemoMode>().IsOn)
        {
            app.MapGet("/api/demo", (HttpContext context, DemoClass demo) =>
            {
                context.Response.Headers.CacheControl = "no-store";
                return Results.Json(demo.Links($"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}"), ContractsJson.Wire);
            }).AllowAnonymous();
        }
    }
}
