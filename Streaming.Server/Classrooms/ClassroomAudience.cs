using Streaming.Contracts;
using Streaming.Server.FanOut;

namespace Streaming.Server.Classrooms;

/// <summary>Who hears a class: its members, of these its teachers, and the inspectors.</summary>
/// <remarks>
/// <para>Belongs to one <see cref="ClassroomRunner"/>; only its loop calls. No send waits for any connection, and none throws.</para>
/// <para>A message is one object for all who hear it. Inspectors hear it after the members.</para>
/// </remarks>
internal sealed partial class ClassroomAudience(HubOutboxes outboxes, TimeProvider time, ILogger logger)
{
    /// <summary>How long a dismissal may take to be said before the connection is closed without.</summary>
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2);

    private readonly List<HubOutbox> _members = [];
    private readonly List<HubOutbox> _teachers = [];
    private readonly List<HubOutbox> _observers = [];

    public void Enter(string connection, Role role)
    {
        if (outboxes.Find(connection) is not { } outbox)
        {
            return;
        }

        Remove(outbox);
        outbox.IsObserver = role == Role.Inspector;
        (outbox.IsObserver ? _observers : _members).Add(outbox);
        if (role == Role.Teacher)
        {
            _teachers.Add(outbox);
        }
    }

    public void Exit(string connection)
    {
        if (outboxes.Find(connection) is { } outbox)
        {
            Remove(outbox);
        }
    }

    public void Dismiss(string connection, string code)
    {
        if (outboxes.Find(connection) is { } outbox)
        {
            Remove(outbox);
            _ = DismissAsync(outbox, new HubNews(nameof(IClassroomClient.Dismissed), code));
        }
    }

    /// <summary>Ends a connection; what was sent to it before still reaches it.</summary>
    public void Close(string connection) => outboxes.Find(connection)?.Close();

    public void Changed(ClassroomChange change) => Tell(_members, new HubNews(nameof(IClassroomClient.Changed), change));

    public void Said(ChatLine line) => Tell(_members, new HubNews(nameof(IClassroomClient.Said), line));

    public void Quality(IReadOnlyList<ViewerQuality> viewers) => Tell(_teachers, new HubNews(nameof(IClassroomClient.Quality), viewers));

    public void Quality(string connection, IReadOnlyList<ViewerQuality> viewers) =>
        Tell(connection, new HubNews(nameof(IClassroomClient.Quality), viewers));

    public void Presence(IReadOnlyList<MemberPresence> members) => Tell(_teachers, new HubNews(nameof(IClassroomClient.Presence), members));

    public void Presence(string connection, IReadOnlyList<MemberPresence> members) =>
        Tell(connection, new HubNews(nameof(IClassroomClient.Presence), members));

    public void CheckIn(CheckInProgress progress) => Tell(_teachers, new HubNews(nameof(IClassroomClient.CheckInProgress), progress));

    public void CheckIn(string connection, CheckInProgress progress) =>
        Tell(connection, new HubNews(nameof(IClassroomClient.CheckInProgress), progress));

    public void Rung(string connection, Rung rung) => Tell(connection, new HubNews(nameof(IClassroomClient.Rung), rung));

    /// <summary>To teachers and to nobody beside them: it is the one thing that the class asks of their page.</summary>
    public void StillsWanted(bool wanted) => SendTo(_teachers, new HubNews(nameof(IClassroomClient.StillsWanted), wanted));

    public void StillsWanted(string connection) => Tell(connection, new HubNews(nameof(IClassroomClient.StillsWanted), true));

    public void LayersWanted(string connection, LayersWanted wanted) => Tell(connection, new HubNews(nameof(IClassroomClient.LayersWanted), wanted));

    public void MediaClosed(string connection, string session) =>
        Tell(connection, new HubNews(nameof(IClassroomClient.MediaClosed), session));

    private void Tell(List<HubOutbox> members, HubNews news)
    {
        SendTo(members, news);
        SendTo(_observers, news);
    }

    private void Tell(string connection, HubNews news) => outboxes.Find(connection)?.Send(news);

    // Backwards: who is gone before the class has heard of it gives its place to the last.
    private static void SendTo(List<HubOutbox> listeners, HubNews news)
    {
        for (var i = listeners.Count - 1; i >= 0; i--)
        {
            if (!listeners[i].Send(news))
            {
                listeners[i] = listeners[^1];
                listeners.RemoveAt(listeners.Count - 1);
            }
        }
    }

    private void Remove(HubOutbox outbox)
    {
        _members.Remove(outbox);
        _teachers.Remove(outbox);
        _observers.Remove(outbox);
    }

    private async Task DismissAsync(HubOutbox outbox, HubNews news)
    {
        try
        {
            await outbox.SayLastAsync(news).WaitAsync(LastWord, time);
            outbox.Close();
        }
        catch (TimeoutException)
        {
            outbox.Abort();
        }
        catch (Exception failure)
        {
            LogNotSent(logger, failure);
            outbox.Abort();
        }
    }

    [LoggerMessage(111, LogLevel.Debug, "A dismissal did not reach its connection.")]
    private static partial void LogNotSent(ILogger logger, Exception failure);
}
