using Streaming.Contracts;

namespace Streaming.Server.Classrooms;

/// <content>The loop: one command after the other, then what time asks for.</content>
internal sealed partial class ClassroomRunner
{
    private async Task RunAsync()
    {
        if (await LoadAsync() is not { } stored)
        {
            await RefuseAllAsync();
            return;
        }

        Open(_around.Time.GetUtcNow(), stored);
        await foreach (var posted in _inbox.Reader.ReadAllAsync())
        {
            Count(posted, -1);
            if (_closed)
            {
                posted.Reply?.TrySetResult(Closed);
                continue;
            }

            if (posted.HasLostItsHome)
            {
                Abandon();
                continue;
            }

            if (posted.Erasure is { } erasure)
            {
                posted.Reply!.TrySetResult(await EraseInTurnAsync(erasure));
                CloseIfUnused();
                continue;
            }

            if (await SettleForAsync(posted) is { } refusal)
            {
                posted.Reply?.TrySetResult(refusal);
                CloseIfUnused();
                continue;
            }

            Step(posted);
        }

        _around.Stills.Drop(Id);
        await _timer.DisposeAsync();
        await _saver.CompleteAsync();
    }

    /// <summary>What is stored; null when nobody can tell now.</summary>
    private async Task<StoredLesson?> LoadAsync()
    {
        try
        {
            return await _around.Store.LoadAsync(Id, CancellationToken.None);
        }
        catch (Exception failure)
        {
            LogNotLoaded(Id, failure);
            return null;
        }
    }

    // Begun anew, the class would write over a lesson that may well be good. Whoever comes next tries again.
    private async Task RefuseAllAsync()
    {
        _closed = true;
        _inbox.Writer.TryComplete();
        _occupied = false;
        await foreach (var posted in _inbox.Reader.ReadAllAsync())
        {
            Count(posted, -1);
            posted.Reply?.TrySetResult(Refusal.Busy);
        }

        await _timer.DisposeAsync();
        await _saver.CompleteAsync();
    }

    private void Step(Posted posted)
    {
        try
        {
            var now = _around.Time.GetUtcNow();
            TakeHeard(now);
            var reply = Handle(now, posted);
            Tick(now);
            Publish();
            RestWhenIdle(now);
            Rearm(now);
            posted.Reply?.TrySetResult(reply);
        }
        catch (Exception failure)
        {
            // We were wrong. This class starts anew from what is stored, its members come back by themselves; the others live on.
            LogBroken(Id, (posted.Command as object ?? posted.Observer)?.GetType().Name ?? "Tick", failure);
            posted.Reply?.TrySetResult(Refusal.ServerError);
            Abandon();
            Interrupt();
        }
    }

    private void TakeHeard(DateTimeOffset now)
    {
        KeyValuePair<string, LinkQuality>[] heard;
        KeyValuePair<string, Rung>[] rungs;
        KeyValuePair<string, int>[] layers;
        lock (_heard)
        {
            if (_heard.Count == 0 && _heardRungs.Count == 0 && _heardLayers.Count == 0)
            {
                return;
            }

            (heard, rungs, layers) = ([.. _heard], [.. _heardRungs], [.. _heardLayers]);
            _heard.Clear();
            _heardLayers.Clear();
            _heardRungs.Clear();
        }

        foreach (var (session, quality) in heard)
        {
            _classroom.Handle(now, new QualityHeard(session, quality), _outputs);
        }

        foreach (var (session, rung) in rungs.Where(heard => !_observers.Owns(heard.Key)))
        {
            _classroom.Handle(now, new RungHeard(session, rung), _outputs);
        }

        foreach (var (session, top) in layers)
        {
            _classroom.Handle(now, new LayersWantedHeard(session, top), _outputs);
        }

        Perform(ofMembers: true);
        foreach (var (session, rung) in rungs.Where(heard => _observers.Owns(heard.Key)))
        {
            HandleObserver(now, new ObserverRungHeard(session, rung));
        }
    }

    private ClassroomReply Handle(DateTimeOffset now, Posted posted)
    {
        var command = posted.Command;
        var observer = posted.Observer ?? (command is MediaEnded(var session) && _observers.Owns(session) ? new ObserverMediaEnded(session) : null);
        if (observer is not null)
        {
            return HandleObserver(now, observer);
        }

        if (command is not null)
        {
            WakeFor(command, now);
            var reply = _classroom.Handle(now, command, _outputs);
            Perform(ofMembers: true);
            return reply;
        }

        return ClassroomReply.Done;
    }

    private ClassroomReply HandleObserver(DateTimeOffset now, ObserverCommand command)
    {
        try
        {
            var reply = _observers.Handle(now, command, _outputs);
            Perform(ofMembers: false);
            return reply;
        }
        catch (Exception failure)
        {
            LoseObservers(command.GetType().Name, failure);
            _outputs.Clear();
            return Refusal.ServerError;
        }
    }

    private void Tick(DateTimeOffset now)
    {
        if (NextOfMembers <= now)
        {
            _classroom.Tick(now, _outputs);
            Perform(ofMembers: true);
        }

        if (_observers.NextDeadline <= now)
        {
            TickObservers(now);
        }
    }

    // While it rests nothing becomes of the members' half, as nothing becomes of a closed class.
    private DateTimeOffset? NextOfMembers => _resting ? null : _classroom.NextDeadline;

    private void TickObservers(DateTimeOffset now)
    {
        try
        {
            _observers.Tick(now, _outputs);
            Perform(ofMembers: false);
        }
        catch (Exception failure)
        {
            LoseObservers("Tick", failure);
            _outputs.Clear();
        }
    }

    private void Publish()
    {
        _occupied = !_classroom.IsIdle;
        Volatile.Write(ref _students, _classroom.Students);
        Volatile.Write(ref _teachers, _classroom.Teachers);
        Volatile.Write(ref _mediaSessions, _classroom.MediaSessions);
    }

    private void Rearm(DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        foreach (var deadline in (ReadOnlySpan<DateTimeOffset?>)[NextOfMembers, _observers.NextDeadline, NextRest, _idleSince + IdleTime, NextLook(now)])
        {
            next = next is null || deadline < next ? deadline ?? next : next;
        }

        // A millisecond more: a timer that fires a hair early would find nothing to do and ask again.
        var due = next is null ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(Math.Max(0, (next.Value - now).Ticks)) + TimeSpan.FromMilliseconds(1);
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(121, LogLevel.Debug, "Class {Class} is closed: nobody was in it.")]
    private partial void LogClosed(string @class);

    [LoggerMessage(122, LogLevel.Error, "Class {Class} broke at {Command} and starts anew.")]
    private partial void LogBroken(string @class, string command, Exception failure);

    [LoggerMessage(125, LogLevel.Error, "The observers of class {Class} broke at {Command} and start anew; the class goes on.")]
    private static partial void LogObserversBroken(ILogger logger, string @class, string command, Exception failure);

    [LoggerMessage(123, LogLevel.Error, "The lesson of class {Class} cannot be read; the class stays closed until it can.")]
    private partial void LogNotLoaded(string @class, Exception failure);

    [LoggerMessage(124, LogLevel.Information, "Class {Class}: the lesson is {Phase}.")]
    private partial void LogLesson(string @class, LessonPhase phase);
}
