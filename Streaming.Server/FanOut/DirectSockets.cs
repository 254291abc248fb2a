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
    private static readonly TimeSpan PatienceWithAborted = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, DirectSocket> _open = new(StringComparer.Ordinal);
    private readonly ConnectionDelegate _hub;
    private readonly IHostApplicationLifetime _life;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly TimeSpan _longestWrite;
    private readonly PeriodicTimer _beat = new(Heartbeat);   // the hub counts silence by the system's clock
    private CancellationTokenRegistration _stopping;

    public DirectSockets(
        HubConnectionHandler<THub> hub, HubOutboxes outboxes, TimeProvider time, IHostApplicationLifetime life, ILogger<DirectSockets<THub>> logger) =>
        (_hub, _longestWrite, _time, _life, _logger) = (hub.OnConnectedAsync, outboxes.Limits.LongestWrite, time, life, logger);

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
        // Not disposed: an abort cancels its token on a thread of its own, which may come after the end, and must still find it.
        var connection = new DirectSocket(request, socket, mostUnread, _longestWrite, _time);
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
            connection.End();
        }
    }

    private async Task BeatAsync()
    {
        while (await _beat.WaitForNextTickAsync())
        {
            foreach (var (_, connection) in _open)
            {
                try
                {
                    connection.Beat();
                }
                catch (Exception failure)
                {
                    LogFailed(failure);   // of one, and the others are still looked after
                }
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

        if (Task.WaitAll([.. connections.Select(connection => connection.Left)], Patience))
        {
            return;
        }

        // Whoever takes nothing cannot be told to go, and must not hold up the others' records.
        var stuck = Array.FindAll(connections, connection => !connection.Left.IsCompleted);
        foreach (var connection in stuck)
        {
            connection.Abort(new ConnectionAbortedException("The server stops."));
        }

        Task.WaitAll([.. stuck.Select(connection => connection.Left)], PatienceWithAborted);
    }

    [LoggerMessage(192, LogLevel.Error, "The hub failed on a connection.")]
    private partial void LogFailed(Exception failure);
}
