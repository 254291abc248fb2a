using System.Globalization;
using System.Security.Claims;
using Streaming.Contracts;

namespace Streaming.Server.Access;

/// <summary>A ticket's identity as claims, and back.</summary>
internal static class TicketIdentity
{
    public const string Scheme = "Ticket";

    public static ClaimsPrincipal ToPrincipal(JoinTicket ticket) => new(new ClaimsIdentity(
        [
            new Claim(TicketClaims.Member, ticket.Who.Member),
            new Claim(TicketClaims.Name, ticket.Who.Name),
            new Claim(TicketClaims.Role, TicketClaims.RoleWord(ticket.Who.Role)),
            new Claim(TicketClaims.Class, ticket.Who.Class),
            new Claim(TicketClaims.Expires, ticket.ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
        ],
        Scheme,
        TicketClaims.Name,
        TicketClaims.Role));

    /// <summary>When a checked ticket ends.</summary>
    public static DateTimeOffset ExpiryOf(ClaimsPrincipal? user) =>
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(user?.FindFirstValue(TicketClaims.Expires) ?? "0", CultureInfo.InvariantCulture));

    /// <summary>Who a checked ticket says its bearer is.</summary>
    /// <exception cref="InvalidOperationException">The door let somebody in without a ticket: we were wrong.</exception>
    public static Identity Of(ClaimsPrincipal? user) =>
        user?.Identity is { IsAuthenticated: true, AuthenticationType: Scheme }
        && user.FindFirstValue(TicketClaims.Member) is { } member
        && user.FindFirstValue(TicketClaims.Name) is { } name
        && user.FindFirstValue(TicketClaims.Class) is { } classId
        && TicketClaims.TryReadRole(user.FindFirstValue(TicketClaims.Role), out var role)
            ? new Identity(member, name, role, classId)
            : throw new InvalidOperationException("The caller has no ticket.");
}
