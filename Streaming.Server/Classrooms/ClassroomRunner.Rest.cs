using Streaming.Contracts;
using Streaming.Server.Presence;

namespace Streaming.Server.Classrooms;

/// <content>What an empty class does: its members' half rests after a while, and without inspectors, too, the whole class closes.</content>
/// <remarks>
/// A class that is opened anew begins with version 0 and with what time has done to the stored lesson meanwhile. Kept open by an inspector it
/// does exactly the same for the next member, who could tell the visit by it otherwise.
/// </remarks>
internal sealed partial class ClassroomRunner
{
    private StoredLesson _stored = StoredLesson.None;
    private DateTimeOffset? _membersGoneSince;
    private DateTimeOffset? _idleSince;
    private bool _resting = true;

    private DateTimeOffset? NextRest => _resting ? null : _membersGoneSince + IdleTime;

    /// <summary>Opens the class, to rest until its first member.</summary>
    private void Open(DateTimeOffset now, StoredLesson stored)
    {
        _stored = stored;
        _classroom = Unopened(now);
        _observers = new Observers(() => _classroom.Snapshot(), _around.ObserverPlaces, _around.Rules.Grace);
    }

    private Classroom Reopened(DateTimeOffset now) => new(Id, _around.Rules, _stored, _ledger!.View, now);

    /// <summary>The class as an inspector may see it before any member: with what is stored, and nobody in it.</summary>
    private Classroom Unopened(DateTimeOffset now) => new(Id, _around.Rules, _stored, new PresenceView(_around.Rules.Grace), now);

    /// <summary>The first who comes finds the class as if it were opened for them.</summary>
    private void WakeFor(ClassroomCommand command, DateTimeOffset now)
    {
        if (_resting && command is Join or OpenMedia)
        {
            Wake(now);
        }
    }

    /// <summary>Opens the members' half with whoever the ledger left in it.</summary>
    private void Wake(DateTimeOffset now)
    {
        (_resting, _membersGoneSince, _idleSince) = (false, null, null);
        var seen = _classroom.Snapshot().Lesson.Phase;
        _classroom = Reopened(now);
        if (_classroom.Snapshot().Lesson.Phase != seen || _classroom.Snapshot().Seats.Count > 0)
        {
            LetObserversLookAgain();
        }

        _classroom.Begin(now, _outputs);
        Perform(ofMembers: true);
    }

    private void RestWhenIdle(DateTimeOffset now)
    {
        _membersGoneSince = !_classroom.IsIdle ? null : _membersGoneSince ?? now;
        if (NextRest <= now)
        {
            _resting = true;
            _classroom = Unopened(now);
            GiveBack(now);
            LetObserversLookAgain();
        }

        _idleSince = _membersGoneSince is null || !_observers.IsEmpty ? null : _idleSince ?? now;
        if (_idleSince + IdleTime <= now)
        {
            _closed = true;
            _inbox.Writer.TryComplete();
            LogClosed(Id);
        }
    }

    // Versions begin anew: an inspector's copy would take what follows for old. Their pages come back by themselves, their media goes on.
    private void LetObserversLookAgain()
    {
        _observers.Forget();
        foreach (var connection in _observers.Connections.ToArray())
        {
            _audience.Close(connection);
        }
    }
}
