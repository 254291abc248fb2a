using Microsoft.AspNetCore.SignalR;
using Streaming.Contracts;

namespace Streaming.Server.Classrooms;

/// <summary>The open hub connections of this server, so that somebody other than their own calls can close one.</summary>
/// <remarks>Safe for threads.</remarks>
internal sealed class HubConnections(TimeProvider time)
{
    /// <summary>How many connections one ticket's bearer may hold: twice the devices, for each may come back before its former connection is gone.</summary>
    public const int PerMember = 2 * ClassroomRoster.MaxDevices;

    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(20);

    private sealed record Entry(HubCallerContext Connection, (string, string, bool) Owner, ITimer? Expiry);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Class, string Member, bool IsObserver), int> _held = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Notes a connection, and closes it when its ticket ends: the next attempt is then told so.</summary>
    /// <returns>False when its owner holds <see cref="PerMember"/> others already; it is not noted then.</returns>
    public bool TryAdd(HubCallerContext connection, Identity who, DateTimeOffset expires)
    {
        var owner = (who.Class, who.Member, who.Role == Role.Inspector);
        lock (_gate)
        {
            var held = _held.GetValueOrDefault(owner);
            if (held >= PerMember)
            {
                return false;
            }

            _held[owner] = held + 1;
            _open[connection.ConnectionId] = new Entry(connection, owner, Expiry(connection, expires));
            return true;
        }
    }

    public void Remove(string connection)
    {
        lock (_gate)
        {
            if (!_open.Remove(connection, out var known))
            {
                return;
            }

            known.Expiry?.Dispose();
            if (--_held[known.Owner] == 0)
            {
                _held.Remove(known.Owner);
            }
        }
    }

    private ITimer? Expiry(HubCallerContext connection, DateTimeOffset expires)
    {
        var left = expires - time.GetUtcNow();
        return left > LongestTimer ? null   // longer than any ticket of ours lives
            : time.CreateTimer(_ => connection.Abort(), null, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public void Abort(string connection)
    {
        HubCallerContext? context;
        lock (_gate)
        {
            context = _open.TryGetValue(connection, out var known) ? known.Connection : null;
        }

        context?.Abort();
    }
}
