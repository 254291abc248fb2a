using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;

namespace Streaming.Server.Classrooms;

/// <summary>The open hub connections of this server, so that somebody other than their own calls can close one.</summary>
internal sealed class HubConnections
{
    private readonly ConcurrentDictionary<string, HubCallerContext> _open = new(StringComparer.Ordinal);

    public void Add(HubCallerContext connection) => _open[connection.ConnectionId] = connection;

    public int Count => _open.Count;

    public void Remove(string connection) => _open.TryRemove(connection, out _);

    public void Abort(string connection)
    {
        if (_open.TryGetValue(connection, out var context))
        {
            context.Abort();
        }
    }
}
