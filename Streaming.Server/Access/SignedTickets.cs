using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Streaming.Contracts;

namespace Streaming.Server.Access;

/// <summary>Tickets as text: JWT (RFC 7519) with HMAC SHA-256. What a ticket opens, its audience says; a ticket for one audience is none for another.</summary>
internal sealed class SignedTickets(DataDirectory data, TimeProvider time)
{
    /// <summary>Ours have some 300 bytes; the check must not become work for the sender's fun.</summary>
    public const int MaxLength = 4_096;

    private readonly SymmetricSecurityKey _key = new(data.TicketKey);
    private readonly JsonWebTokenHandler _handler = new()
    {
        MapInboundClaims = false,
        MaximumTokenSizeInBytes = MaxLength,
        SetDefaultTimesOnTokenCreation = false,
    };

    /// <summary>Signs a ticket.</summary>
    /// <param name="audience">What it opens.</param>
    /// <param name="lifetime">How long it is good from now on.</param>
    /// <param name="claims">What it says; the values must have been checked.</param>
    public (string Text, DateTimeOffset ExpiresAt) Sign(string audience, TimeSpan lifetime, Dictionary<string, object> claims)
    {
        var now = time.GetUtcNow();
        var expires = DateTimeOffset.FromUnixTimeSeconds((now + lifetime).ToUnixTimeSeconds());
        var text = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = TicketClaims.Issuer,
            Audience = audience,
            IssuedAt = now.UtcDateTime,
            Expires = expires.UtcDateTime,
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.HmacSha256),
            Claims = claims,
        });
        return (text, expires);
    }

    /// <summary>
    /// Reads a ticket for an audience; or <see cref="HubErrors.TicketMissing"/>, <see cref="HubErrors.TicketInvalid"/>,
    /// <see cref="HubErrors.TicketExpired"/>.
    /// </summary>
    /// <param name="text">What was sent.</param>
    /// <param name="audience">What it must open.</param>
    /// <param name="read">Reads its claims; null when they are none that are believed.</param>
    public async Task<(T? Ticket, Refusal? Refusal)> ReadAsync<T>(string? text, string audience, Func<JsonWebToken, DateTimeOffset, T?> read)
        where T : class
    {
        if (string.IsNullOrEmpty(text))
        {
            return (null, Refusal.TicketMissing);
        }

        if (text.Length > MaxLength)
        {
            return (null, Refusal.TicketInvalid);
        }

        var result = await _handler.ValidateTokenAsync(text, ParametersFor(audience));
        if (!result.IsValid || result.SecurityToken is not JsonWebToken token
            || !token.TryGetPayloadValue<long>(JwtRegisteredClaimNames.Exp, out var seconds) || seconds is <= 0 or >= 253_402_300_800
            || read(token, DateTimeOffset.FromUnixTimeSeconds(seconds)) is not { } ticket)
        {
            return (null, Refusal.TicketInvalid);
        }

        return DateTimeOffset.FromUnixTimeSeconds(seconds) <= time.GetUtcNow() ? (null, Refusal.TicketExpired) : (ticket, null);
    }

    /// <summary>A claim that is text; null when it is not there or something else.</summary>
    public static string? Text(JsonWebToken token, string claim) =>
        token.TryGetPayloadValue<string>(claim, out var value) ? value : null;

    private TokenValidationParameters ParametersFor(string audience) => new()
    {
        ValidIssuer = TicketClaims.Issuer,
        ValidAudience = audience,
        IssuerSigningKey = _key,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        RequireSignedTokens = true,

        // Checked above against the server's own clock, so that "expired" has an answer of its own.
        ValidateLifetime = false,
    };
}
