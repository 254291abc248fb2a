using Microsoft.AspNetCore.SignalR;
using Streaming.Contracts;

namespace Streaming.Server.Classrooms;

/// <summary>Who hears a class: three SignalR groups, and single connections.</summary>
/// <remarks>
/// SignalR serialises a message once per group. No send is awaited: a slow browser's messages wait in its own connection, in order, until
/// it catches up or times out, and nobody else waits for it.
/// </remarks>
internal sealed partial class ClassroomAudience(
    IHubContext<ClassroomHub, IClassroomClient> hub, HubConnections connections, TimeProvider time, ILogger<ClassroomAudience> logger)
{
    /// <summary>How long a dismissal may take to be said before the connection is closed without.</summary>
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2);

    private static string Members(string classId) => $"{classId}/members";

    private static string Teachers(string classId) => $"{classId}/teachers";

    private static string Observers(string classId) => $"{classId}/observers";

    public void Enter(string classId, string connection, Role role)
    {
        switch (role)
        {
            case Role.Inspector:
                Observe(hub.Groups.AddToGroupAsync(connection, Observers(classId)));
                break;
            case Role.Teacher:
                Observe(hub.Groups.AddToGroupAsync(connection, Members(classId)));
                Observe(hub.Groups.AddToGroupAsync(connection, Teachers(classId)));
                break;
            default:
                Observe(hub.Groups.AddToGroupAsync(connection, Members(classId)));
                break;
        }
    }

    public void Exit(string classId, string connection)
    {
        Observe(hub.Groups.RemoveFromGroupAsync(connection, Members(classId)));
        Observe(hub.Groups.RemoveFromGroupAsync(connection, Teachers(classId)));
        Observe(hub.Groups.RemoveFromGroupAsync(connection, Observers(classId)));
    }

    public void Dismiss(string classId, string connection, string code)
    {
        Exit(classId, connection);
        Observe(DismissAsync(connection, code));
    }

    public void Abort(string connection) => connections.Abort(connection);

    public void Changed(string classId, ClassroomChange change, bool observed) =>
        ToClass(classId, observed, Members(classId), client => client.Changed(change));

    public void Said(string classId, ChatLine line, bool observed) =>
        ToClass(classId, observed, Members(classId), client => client.Said(line));

    public void Quality(string classId, IReadOnlyList<ViewerQuality> viewers, bool observed) =>
        ToClass(classId, observed, Teachers(classId), client => client.Quality(viewers));

    public void Quality(string connection, IReadOnlyList<ViewerQuality> viewers) => Observe(hub.Clients.Client(connection).Quality(viewers));

    public void Presence(string classId, IReadOnlyList<MemberPresence> members, bool observed) =>
        ToClass(classId, observed, Teachers(classId), client => client.Presence(members));

    public void Presence(string connection, IReadOnlyList<MemberPresence> members) => Observe(hub.Clients.Client(connection).Presence(members));

    public void CheckIn(string classId, CheckInProgress progress, bool observed) =>
        ToClass(classId, observed, Teachers(classId), client => client.CheckInProgress(progress));

    public void CheckIn(string connection, CheckInProgress progress) => Observe(hub.Clients.Client(connection).CheckInProgress(progress));

    public void MediaClosed(string connection, string session) => Observe(hub.Clients.Client(connection).MediaClosed(session));

    private void ToClass(string classId, bool observed, string group, Func<IClassroomClient, Task> send)
    {
        Observe(send(hub.Clients.Group(group)));
        if (observed)
        {
            Observe(send(hub.Clients.Group(Observers(classId))));
        }
    }

    private async Task DismissAsync(string connection, string code)
    {
        try
        {
            await hub.Clients.Client(connection).Dismissed(code).WaitAsync(LastWord, time);
        }
        catch (TimeoutException)
        {
        }
        finally
        {
            connections.Abort(connection);
        }
    }

    private void Observe(Task sending)
    {
        if (!sending.IsCompletedSuccessfully)
        {
            _ = WatchAsync(sending);
        }
    }

    private async Task WatchAsync(Task sending)
    {
        try
        {
            await sending;
        }
        catch (Exception failure)
        {
            LogNotSent(failure);
        }
    }

    [LoggerMessage(111, LogLevel.Debug, "A message did not reach its connection.")]
    private partial void LogNotSent(Exception failure);
}
