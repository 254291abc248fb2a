using System.Diagnostics;
using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Classrooms;

/// <content>Doing what the state machines put out.</content>
internal sealed partial class ClassroomRunner
{
    private void Perform(bool ofMembers)
    {
        foreach (var output in _outputs)
        {
            Perform(output);
            if (ofMembers)
            {
                LetObserversHear(output);
            }
        }

        _outputs.Clear();
    }

    private void LetObserversHear(ClassroomOutput output)
    {
        try
        {
            _observers.Hear(output);
        }
        catch (Exception failure)
        {
            LoseObservers(output.GetType().Name, failure);
        }
    }

    // A class must not feel that it is inspected, also when the inspection fails: the inspectors lose their places and come back.
    private void LoseObservers(string at, Exception failure)
    {
        LogObserversBroken(_around.InspectionLogger, Id, at, failure);
        List<ClassroomOutput> outputs = [.. _observers.Connections.Select(connection => new Exit(connection))];
        string[] connections = [.. _observers.Connections];
        _observers.Clear(outputs);
        foreach (var output in outputs)
        {
            try
            {
                Perform(output);
            }
            catch (Exception another)
            {
                LogObserversBroken(_around.InspectionLogger, Id, output.GetType().Name, another);
            }
        }

        foreach (var connection in connections)
        {
            _audience.Close(connection);
        }
    }

    private void Perform(ClassroomOutput output)
    {
        switch (output)
        {
            case Enter(var connection, var role):
                _connections.Add(connection);
                _audience.Enter(connection, role);
                break;
            case Exit(var connection):
                _connections.Remove(connection);
                _audience.Exit(connection);
                break;
            case Dismiss(var connection, var code):
                _connections.Remove(connection);
                _audience.Dismiss(connection, code);
                break;
            case Changed(var change):
                _audience.Changed(change);
                break;
            case Said(var line):
                _audience.Said(line);
                break;
            case QualityChanged(var viewers):
                _audience.Quality(viewers);
                break;
            case TellQuality(var connection, var viewers):
                _audience.Quality(connection, viewers);
                break;
            case PresenceChanged(var members):
                _audience.Presence(members);
                break;
            case TellPresence(var connection, var members):
                _audience.Presence(connection, members);
                break;
            case CheckInMoved(var progress):
                _audience.CheckIn(progress);
                break;
            case TellCheckIn(var connection, var progress):
                _audience.CheckIn(connection, progress);
                break;
            case TellRung(var connection, var rung):
                _audience.Rung(connection, rung);
                break;
            case StillsWanted(var wanted):
                _audience.StillsWanted(wanted);
                break;
            case TellStillsWanted(var connection):
                _audience.StillsWanted(connection);
                break;
            case TellLayersWanted(var connection, var wanted):
                _audience.LayersWanted(connection, wanted);
                break;
            case KeepStill(var image):
                _around.Stills.Keep(Id, image);
                break;
            case DropStills:
                _around.Stills.Drop(Id);
                break;
            case LimitMedia(var session, var highest):
                _around.Media.LimitRung(session, highest);
                break;
            case TellMediaClosed(var connection, var session):
                _audience.MediaClosed(connection, session);
                break;
            case CloseMedia(var session):
                _around.Media.Close(session);
                break;
            case ApplySources(var session, var sources):
                _around.Media.SetSources(session, sources);
                break;
            case Happened(var at, var what):
                _ledger!.Append(at, what);
                break;
            case Save(var lesson):
                _stored = lesson;
                _saver.Save(lesson);
                SayPhase(lesson.Phase);
                break;
            default:
                throw new UnreachableException($"Nobody performs {output.GetType().Name}.");
        }
    }

    private LessonPhase? _saidPhase;

    private void SayPhase(LessonPhase phase)
    {
        if (_saidPhase != phase)
        {
            _saidPhase = phase;
            LogLesson(Id, phase);
        }
    }

    // The book goes on: everybody in it is dropped, and comes back into the next opening.
    private void Interrupt()
    {
        var now = _around.Time.GetUtcNow();
        _ledger?.Mark(now, new Happening(LedgerKind.Interrupted, Since: now));
    }

    private void Abandon()
    {
        _closed = true;
        _inbox.Writer.TryComplete();
        _outputs.Clear();
        _observers.Clear(_outputs);
        _outputs.AddRange(_classroom.OpenSessions.Select(session => new CloseMedia(session)));
        foreach (var close in _outputs.OfType<CloseMedia>())
        {
            _around.Media.Close(close.Session);
        }

        _outputs.Clear();
        foreach (var connection in _connections)
        {
            _audience.Close(connection);
        }

        (_occupied, _students, _teachers, _mediaSessions) = (false, 0, 0, 0);
    }
}
