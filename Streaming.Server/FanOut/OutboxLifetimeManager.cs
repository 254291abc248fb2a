using Microsoft.AspNetCore.SignalR;

namespace Streaming.Server.FanOut;

/// <summary>SignalR's own keeping of connections, and an outbox for each beside it.</summary>
internal sealed class OutboxLifetimeManager<THub>(HubOutboxes outboxes, ILogger<DefaultHubLifetimeManager<THub>> logger)
    : DefaultHubLifetimeManager<THub>(logger)
    where THub : Hub
{
    public override Task OnConnectedAsync(HubConnectionContext connection)
    {
        outboxes.Add(connection);
        return base.OnConnectedAsync(connection);
    }

    public override Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        outboxes.Remove(connection.ConnectionId);
        return base.OnDisconnectedAsync(connection);
    }
}
