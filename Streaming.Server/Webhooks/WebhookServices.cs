using Microsoft.Extensions.Options;
using Streaming.Server.Access;
using Streaming.Server.Attendance;
using Streaming.Server.Presence;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Webhooks;

/// <summary>Telling other systems of people coming and going.</summary>
internal static class WebhookServices
{
    /// <summary>Behind attendance, which has the journal.</summary>
    public static void AddWebhooks(this IServiceCollection services)
    {
        services.AddSingleton<WebhookMeters>();
        services.AddSingleton(provider => new WebhookPost(
            WebhookPost.Handler(),
            new WebhookSigner(provider.GetRequiredService<DataDirectory>().WebhookKeys),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new WebhookSender(
            provider.GetRequiredService<IOptions<StreamingOptions>>().Value.Webhooks.Urls,
            provider.GetRequiredService<WebhookPost>(),
            provider.GetRequiredService<Journal>(),
            provider.GetRequiredService<PresenceRules>(),
            provider.GetRequiredService<WebhookMeters>(),
            provider.GetRequiredService<TimeProvider>(),
            Random.Shared.NextDouble,
            provider.GetRequiredService<ILogger<WebhookSender>>()));
        services.AddSingleton<ILedgerListener>(provider => provider.GetRequiredService<WebhookSender>());
        services.AddHostedService(provider => provider.GetRequiredService<WebhookSender>());
        services.AddSingleton<IHealthPart, WebhookHealth>();
    }
}
