using Streaming.Contracts;

namespace Streaming.Server.Access;

/// <summary>What a checked request asks for.</summary>
/// <param name="Member">The bearer's id.</param>
/// <param name="Name">The bearer's display name.</param>
/// <param name="Class">The class.</param>
/// <param name="Role">As what the ticket lets in; null for the school office, which has no seat.</param>
/// <param name="Lifetime">How long the ticket is good.</param>
internal sealed record TicketGrant(string Member, string Name, string Class, Role? Role, TimeSpan Lifetime);

/// <summary>An issued ticket.</summary>
/// <param name="Ticket">The ticket itself.</param>
/// <param name="Url">A link that carries it: to the class, or to its attendance.</param>
/// <param name="ExpiresAt">When it ends (UTC).</param>
internal sealed record IssuedTicket(string Ticket, string Url, DateTimeOffset ExpiresAt);

/// <summary>Issues tickets of either kind with their links.</summary>
internal sealed class TicketDesk(JoinTicketIssuer seats, OfficeTickets office, TicketLinks links)
{
    /// <summary>The ticket that was asked for.</summary>
    /// <param name="grant">What was asked for; its values have been checked.</param>
    /// <param name="ownAddress">The address of this server when no other is configured.</param>
    public IssuedTicket Issue(TicketGrant grant, string ownAddress)
    {
        if (grant.Role is { } role)
        {
            var (seat, ticket) = seats.Issue(new Identity(grant.Member, grant.Name, role, grant.Class), grant.Lifetime);
            return new IssuedTicket(seat, links.ToClass(grant.Class, seat, ownAddress), ticket.ExpiresAt);
        }

        var (text, expires) = office.Issue(grant.Member, grant.Name, grant.Class, grant.Lifetime);
        return new IssuedTicket(text, links.ToAttendance(grant.Class, text, ownAddress), expires);
    }
}
