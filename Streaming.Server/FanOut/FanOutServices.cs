using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Streaming.Server.FanOut;

/// <summary>The fan-out of group messages.</summary>
internal static class FanOutServices
{
    /// <summary>What the transport's pipe takes before a write waits. Small, for nobody can throw away what is in it.</summary>
    private const int TransportBuffer = 32 * 1_024;

    /// <summary>Gives each connection of the hub an outbox. Before <c>AddSignalR</c>, which leaves the place to who came first.</summary>
    public static void AddFanOut<THub>(this IServiceCollection services) where THub : Hub
    {
        services.AddSingleton(provider =>
        {
            var hub = provider.GetRequiredService<IOptions<StreamingOptions>>().Value.Hub;
            var outboxes = new HubOutboxes(
                new OutboxLimits(hub.MaxWaiting, hub.SnapshotsAfter, hub.CloseAfter),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILoggerFactory>());
            _ = new HubMeters(provider.GetRequiredService<IMeterFactory>(), outboxes);   // lives as long as its meters
            return outboxes;
        });
        services.AddOutboxes<THub>();
    }

    /// <summary>What <see cref="AddFanOut"/> adds, for whoever has <see cref="HubOutboxes"/> already.</summary>
    public static void AddOutboxes<THub>(this IServiceCollection services) where THub : Hub
    {
        services.AddSingleton<HubLifetimeManager<THub>, OutboxLifetimeManager<THub>>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<DirectSockets<THub>>();
        services.AddHostedService(provider => provider.GetRequiredService<DirectSockets<THub>>());
    }

    /// <summary>Serves the hub's WebSockets that come without negotiation by <see cref="DirectSockets{THub}"/>.</summary>
    /// <param name="hub">The mapped hub.</param>
    /// <param name="endpoints">Where it is mapped.</param>
    /// <param name="mostUnread">Bytes that the hub may leave unread.</param>
    public static TBuilder UseDirectSockets<THub, TBuilder>(this TBuilder hub, IEndpointRouteBuilder endpoints, int mostUnread)
        where THub : Hub
        where TBuilder : IEndpointConventionBuilder
    {
        var sockets = endpoints.ServiceProvider.GetRequiredService<DirectSockets<THub>>();
        hub.Add(endpoint =>
        {
            if (endpoint.Metadata.OfType<NegotiateMetadata>().Any())
            {
                return;
            }

            var negotiated = endpoint.RequestDelegate!;
            var app = endpoints.CreateApplicationBuilder();
            app.UseWebSockets();
            app.Run(request => DirectSockets<THub>.Takes(request) ? sockets.ServeAsync(request, mostUnread) : negotiated(request));
            endpoint.RequestDelegate = app.Build();
        });
        return hub;
    }

    /// <summary>Lets the outboxes, and not the transport, say how long a connection may take nothing.</summary>
    public static void LetOutboxesJudge(HttpConnectionDispatcherOptions connection, OutboxLimits limits)
    {
        connection.TransportMaxBufferSize = TransportBuffer;
        connection.TransportSendTimeout = limits.LongestWrite;
    }
}
