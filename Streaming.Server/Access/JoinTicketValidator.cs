using Microsoft.IdentityModel.JsonWebTokens;
using Streaming.Contracts;

namespace Streaming.Server.Access;

/// <summary>Believes a ticket into a class or says why not. Used at every door.</summary>
internal sealed class JoinTicketValidator(DataDirectory data, TimeProvider time)
{
    /// <inheritdoc cref="SignedTickets.MaxLength"/>
    public const int MaxLength = SignedTickets.MaxLength;

    private readonly SignedTickets _tickets = new(data, time);

    /// <summary>The ticket; or <see cref="HubErrors.TicketMissing"/>, <see cref="HubErrors.TicketInvalid"/>, <see cref="HubErrors.TicketExpired"/>.</summary>
    public Task<(JoinTicket? Ticket, Refusal? Refusal)> ValidateAsync(string? text) => _tickets.ReadAsync(text, TicketClaims.Audience, Read);

    private static JoinTicket? Read(JsonWebToken token, DateTimeOffset expires) =>
        SignedTickets.Text(token, TicketClaims.Member) is { } member && Ids.IsValid(member)
        && SignedTickets.Text(token, TicketClaims.Class) is { } classId && Ids.IsValid(classId)
        && SignedTickets.Text(token, TicketClaims.Name) is { } name && TicketClaims.IsValidName(name)
        && TicketClaims.TryReadRole(SignedTickets.Text(token, TicketClaims.Role), out var role)
            ? new JoinTicket(new Identity(member, name, role, classId), expires)
            : null;
}
