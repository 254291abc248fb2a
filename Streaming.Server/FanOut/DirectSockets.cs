using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;

namespace Streaming.Server.FanOut;

/// <summary>The WebSockets that come without negotiation, as the page and the .NET client open them: they are the hub's own from end to end.</summary>
/// <remarks>
/// Whoever negotiates first, and with it server-sent events and long polling, goes SignalR's way; the hub does not see the difference.
/// </remarks>
internal sealed partial class DirectSockets<THub> : IHostedService, IDisposable
    where THub : Hub
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, DirectSocket> _open = new(StringComparer.Ordinal);
    private readonly ConnectionDelegate _hub;
    private readonly IHostApplicationLifetime _life;
    private readonly ILogger _logger;
    private readonly PeriodicTimer _beat = new(Heartbeat);   // the hub counts silence by the system's clock
    private CancellationTokenRegistration _stopping;

    public DirectSockets(HubConnectionHandler<THub> hub, IHostApplicationLifetime life, ILogger<DirectSockets<THub>> logger) =>
        (_hub, _life, _logger) = (hub.OnConnectedAsync, life, logger);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = BeatAsync();
        _stopping = _life.ApplicationStopping.Register(EndAll);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _beat.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Whether a request is one of ours.</summary>
    public static bool Takes(HttpContext request) => request.WebSockets.IsWebSocketRequest && !request.Request.Query.ContainsKey("id");

    /// <summary>Serves one; ends with the connection.</summary>
    public async Task ServeAsync(HttpContext request, int mostUnread)
    {
        using var socket = await request.WebSockets.AcceptWebSocketAsync();
        await using var connection = new DirectSocket(request, socket, mostUnread);
        _open[connection.ConnectionId] = connection;
        try
        {
            if (!_life.ApplicationStopping.IsCancellationRequested)
            {
                await connection.RunAsync(_hub);
            }
        }
        catch (Exception failure)
        {
            LogFailed(failure);
        }
        finally
        {
            _open.TryRemove(connection.ConnectionId, out _);
        }
    }

    private async Task BeatAsync()
    {
        while (await _beat.WaitForNextTickAsync())
        {
            foreach (var (_, connection) in _open)
            {
                connection.Beat();
            }
        }
    }

    // The classes are closed after this, and are to have heard who went.
    private void EndAll()
    {
        var connections = _open.Values.ToArray();
        foreach (var connection in connections)
        {
            connection.Input.CancelPendingRead();
        }

        Task.WaitAll([.. connections.Select(connection => connection.Left)], Patience);
    }

    [LoggerMessage(192, LogLevel.Error, "The hub failed on a connection.")]
    private partial void LogFailed(Exception failure);
}
