using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.Http;

namespace Streaming.Server.Placement;

/// <summary>Where a class lives.</summary>
/// <param name="Url">The address of the node that keeps it; null while nobody has opened it.</param>
/// <param name="Here">Whether that is the node that was asked.</param>
internal sealed record HomeReply(string? Url, bool Here);

/// <summary><c>GET /api/classes/{class}/home</c>: any node tells where a class lives, to whoever has a ticket for it.</summary>
internal static class HomeEndpoint
{
    public static void MapHomes(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/api/classes/{class}/home", FindAsync).RequireCors(CorsSetup.Policy).RequireAuthorization();

    private static async Task FindAsync(HttpContext context, string @class, ClassHomes homes, NodeDirectory nodes)
    {
        if (!Ids.IsValid(@class) || TicketIdentity.Of(context.User).Class != @class)
        {
            await Problems.WriteAsync(context, Ids.IsValid(@class) ? Refusal.WrongClass : Refusal.ClassNotFound);
            return;
        }

        try
        {
            var home = await homes.FindAsync(@class, context.RequestAborted);
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.WriteAsJsonAsync(new HomeReply(home?.Url, home?.Id == nodes.Me.Id), ContractsJson.Wire, context.RequestAborted);
        }
        catch (Stores.StoreUnavailableException)
        {
            await Problems.WriteAsync(context, Refusal.Busy);
        }
    }
}
