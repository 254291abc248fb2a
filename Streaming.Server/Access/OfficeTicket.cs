using Microsoft.IdentityModel.JsonWebTokens;
using Streaming.Contracts;

namespace Streaming.Server.Access;

/// <summary>Opens the attendance of one class to a homeroom teacher or a school office, and nothing else: no seat, no picture.</summary>
/// <param name="Member">The bearer's stable id within the school.</param>
/// <param name="Name">The bearer's display name.</param>
/// <param name="Class">The class.</param>
/// <param name="ExpiresAt">Until when (UTC).</param>
internal sealed record OfficeTicket(string Member, string Name, string Class, DateTimeOffset ExpiresAt);

/// <summary>Signs office tickets, and believes them or says why not. They have an audience of their own, so that no other door opens to them.</summary>
internal sealed class OfficeTickets(DataDirectory data, TimeProvider time)
{
    private readonly SignedTickets _tickets = new(data, time);

    /// <summary>A ticket; the values must have been checked.</summary>
    public (string Text, DateTimeOffset ExpiresAt) Issue(string member, string name, string classId, TimeSpan lifetime) =>
        _tickets.Sign(TicketClaims.OfficeAudience, lifetime, new Dictionary<string, object>
        {
            [TicketClaims.Member] = member,
            [TicketClaims.Name] = name,
            [TicketClaims.Class] = classId,
            [TicketClaims.Role] = TicketClaims.OfficeRole,
        });

    /// <summary>The ticket; or <see cref="HubErrors.TicketMissing"/>, <see cref="HubErrors.TicketInvalid"/>, <see cref="HubErrors.TicketExpired"/>.</summary>
    public Task<(OfficeTicket? Ticket, Refusal? Refusal)> ValidateAsync(string? text) => _tickets.ReadAsync(text, TicketClaims.OfficeAudience, Read);

    private static OfficeTicket? Read(JsonWebToken token, DateTimeOffset expires) =>
        SignedTickets.Text(token, TicketClaims.Member) is { } member && Ids.IsValid(member)
        && SignedTickets.Text(token, TicketClaims.Class) is { } classId && Ids.IsValid(classId)
        && SignedTickets.Text(token, TicketClaims.Name) is { } name && TicketClaims.IsValidName(name)
        && SignedTickets.Text(token, TicketClaims.Role) == TicketClaims.OfficeRole
            ? new OfficeTicket(member, name, classId, expires)
            : null;
}
