using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Http;
using Streaming.Server.Placement;
using Streaming.Server.Stores;

namespace Streaming.Server.Presence;

/// <summary>One member as every node may know them, without reading the ledger.</summary>
/// <param name="Member">The member.</param>
/// <param name="Role">Teacher or student.</param>
/// <param name="State">Present, unstable or away; who has left is not told of.</param>
/// <param name="Since">Since when (UTC).</param>
internal sealed record PresentNow(string Member, Role Role, PresenceState State, DateTimeOffset Since);

/// <summary>Who is in a class now.</summary>
/// <param name="Node">The address of the node that keeps the class; null when none does.</param>
/// <param name="IsKnown">False when the node that kept it is gone and nobody has taken it: what is told was true at its last word.</param>
/// <param name="Counted">How many students are counted: those who are present or unstable.</param>
/// <param name="Members">The members, by id.</param>
internal sealed record PresenceReply(string? Node, bool IsKnown, int Counted, IReadOnlyList<PresentNow> Members);

/// <summary><c>GET /api/classes/{class}/presence</c>: the shared view, on any node.</summary>
internal static class PresenceEndpoint
{
    public static void MapPresence(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/api/classes/{class}/presence", TellAsync).AddEndpointFilter(AttendanceDoor.CheckAsync).AllowAnonymous();

    private static async Task<IResult> TellAsync(
        HttpContext context, string @class, IClassStore store, ClassHomes homes, PresenceRules rules, TimeProvider time)
    {
        var cancel = context.RequestAborted;
        var devices = await store.PresentAsync(@class, cancel);
        var home = await homes.FindAsync(@class, cancel);
        var now = time.GetUtcNow();
        PresentNow[] members = [.. devices.GroupBy(device => device.Member).Select(of => Weigh(of, now, rules.Grace))];
        return Answers.Say(context, new PresenceReply(
            home?.Url,
            home is not null || devices.Count == 0,
            members.Count(member => member.Role == Role.Student && member.State != PresenceState.Away),
            members));
    }

    private static PresentNow Weigh(IGrouping<string, DevicePresence> devices, DateTimeOffset now, TimeSpan grace)
    {
        var best = devices.OrderByDescending(device => device.IsConnected).ThenByDescending(device => device.Since).First();
        var state = best.IsConnected ? PresenceState.Present : now - best.Since < grace ? PresenceState.Unstable : PresenceState.Away;
        return new PresentNow(devices.Key, best.Role, state, best.Since);
    }
}
