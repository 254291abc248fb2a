using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Streaming.Server.Access;

/// <summary>Keys, tickets, and the check of both.</summary>
internal static class AccessServices
{
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddSingleton(provider => DataDirectory.Open(provider.GetRequiredService<IOptions<StreamingOptions>>().Value.DataDirectory));
        services.AddSingleton<JoinTicketIssuer>();
        services.AddSingleton<JoinTicketValidator>();
        services.AddSingleton<OfficeTickets>();
        services.AddSingleton<TicketLinks>();
        services.AddSingleton<TicketDesk>();
        services.AddAuthentication(TicketIdentity.Scheme)
            .AddScheme<AuthenticationSchemeOptions, TicketAuthenticationHandler>(TicketIdentity.Scheme, null);
        services.AddAuthorization();
    }
}
