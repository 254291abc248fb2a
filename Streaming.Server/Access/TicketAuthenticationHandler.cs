using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Streaming.Contracts;
using Streaming.Server.Http;

namespace Streaming.Server.Access;

/// <summary>Reads the ticket of a request; each failure is a 401 with its own code.</summary>
internal sealed class TicketAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, JoinTicketValidator validator)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private Refusal _refusal = Refusal.TicketMissing;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var (ticket, refusal) = await validator.ValidateAsync(Token());
        if (ticket is not null)
        {
            var properties = new AuthenticationProperties { ExpiresUtc = ticket.ExpiresAt };
            return AuthenticateResult.Success(new AuthenticationTicket(TicketIdentity.ToPrincipal(ticket), properties, TicketIdentity.Scheme));
        }

        _refusal = refusal!;
        return refusal!.Code == HubErrors.TicketMissing ? AuthenticateResult.NoResult() : AuthenticateResult.Fail(refusal.Code);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // RFC 6750 §3.1: no error words when there was no ticket to be wrong. The code besides: a WebSocket client cannot read the body.
        Response.Headers[HeaderNames.WWWAuthenticate] = _refusal.Code == HubErrors.TicketMissing
            ? "Bearer realm=\"streaming\""
            : $"Bearer realm=\"streaming\", error=\"invalid_token\", error_description=\"{_refusal.Sentence}\", code=\"{_refusal.Code}\"";
        return Problems.WriteAsync(Context, StatusCodes.Status401Unauthorized, _refusal);
    }

    private string? Token()
    {
        if (BearerToken.Of(Request) is { } token)
        {
            return token;
        }

        // A browser can give a WebSocket no header. Elsewhere a ticket in the address would only end up in logs and histories.
        return Request.Path.StartsWithSegments(IClassroomHub.Path) ? Request.Query["access_token"] : default(string);
    }
}
