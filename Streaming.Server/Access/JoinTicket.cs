using Streaming.Contracts;

namespace Streaming.Server.Access;

/// <summary>What a ticket says: who may come into which class as what, and until when.</summary>
internal sealed record JoinTicket(Identity Who, DateTimeOffset ExpiresAt)
{
    /// <summary>How long a ticket is good when nobody says otherwise: a school day.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(480);

    /// <summary>The longest lifetime: a week.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromMinutes(10_080);
}

/// <summary>Signs tickets into classes.</summary>
internal sealed class JoinTicketIssuer(DataDirectory data, TimeProvider time)
{
    private readonly SignedTickets _tickets = new(data, time);

    /// <summary>A ticket for <paramref name="who"/>, whose values must have been checked.</summary>
    public (string Text, JoinTicket Ticket) Issue(Identity who, TimeSpan lifetime)
    {
        var (text, expires) = _tickets.Sign(TicketClaims.Audience, lifetime, new Dictionary<string, object>
        {
            [TicketClaims.Member] = who.Member,
            [TicketClaims.Name] = who.Name,
            [TicketClaims.Class] = who.Class,
            [TicketClaims.Role] = TicketClaims.RoleWord(who.Role),
        });
        return (text, new JoinTicket(who, expires));
    }
}
