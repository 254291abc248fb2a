using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Streaming.Contracts;

namespace Streaming.Server.Access;

/// <summary>Believes a ticket or says why not. Used at every door.</summary>
internal sealed class JoinTicketValidator(DataDirectory data, TimeProvider time)
{
    /// <summary>Ours have some 300 bytes; the check must not become work for the sender's fun.</summary>
    public const int MaxLength = 4_096;

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };

    private readonly TokenValidationParameters _parameters = new()
    {
        ValidIssuer = TicketClaims.Issuer,
        ValidAudience = TicketClaims.Audience,
        IssuerSigningKey = new SymmetricSecurityKey(data.TicketKey),
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        RequireSignedTokens = true,

        // Checked below against the server's own clock, so that "expired" has an answer of its own.
        ValidateLifetime = false,
    };

    /// <summary>The ticket; or <see cref="HubErrors.TicketMissing"/>, <see cref="HubErrors.TicketInvalid"/>, <see cref="HubErrors.TicketExpired"/>.</summary>
    public async Task<(JoinTicket? Ticket, Refusal? Refusal)> ValidateAsync(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return (null, Refusal.TicketMissing);
        }

        if (text.Length > MaxLength)
        {
            return (null, Refusal.TicketInvalid);
        }

        var result = await _handler.ValidateTokenAsync(text, _parameters);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken token || Read(token) is not { } ticket)
        {
            return (null, Refusal.TicketInvalid);
        }

        return ticket.ExpiresAt <= time.GetUtcNow() ? (null, Refusal.TicketExpired) : (ticket, null);
    }

    private static JoinTicket? Read(JsonWebToken token) =>
        Text(token, TicketClaims.Member) is { } member && Ids.IsValid(member)
        && Text(token, TicketClaims.Class) is { } classId && Ids.IsValid(classId)
        && Text(token, TicketClaims.Name) is { } name && TicketClaims.IsValidName(name)
        && TicketClaims.TryReadRole(Text(token, TicketClaims.Role), out var role)
        && token.TryGetPayloadValue<long>(JwtRegisteredClaimNames.Exp, out var expires)
        && expires is > 0 and < 253_402_300_800
            ? new JoinTicket(new Identity(member, name, role, classId), DateTimeOffset.FromUnixTimeSeconds(expires))
            : null;

    private static string? Text(JsonWebToken token, string claim) =>
        token.TryGetPayloadValue<string>(claim, out var value) ? value : null;
}
