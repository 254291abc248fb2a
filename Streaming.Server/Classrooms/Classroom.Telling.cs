using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Classrooms;

/// <content>What happened goes into the ledger and the steady view at once; what others see of it is told in turns.</content>
internal sealed partial class Classroom
{
    private readonly ClassroomPace _pace;

    private DateTimeOffset? TellDue => IsAnythingToTell ? _pace.Next : null;

    private bool IsAnythingToTell => _news.IsPending || _presence.IsPending || _checkIn is { IsPending: true } || _lastProgress is not null;

    private void Happen(DateTimeOffset now, Happening what, List<ClassroomOutput> outputs)
    {
        outputs.Add(new Happened(now, what));
        if (what.Kind is LedgerKind.Started or LedgerKind.Ended)
        {
            _presence.TouchGone();
        }

        _view.Apply(what, now);
        if (what is { Member: { } member, Kind: LedgerKind.Joined or LedgerKind.Returned or LedgerKind.Dropped or LedgerKind.Left })
        {
            _presence.Touch(member);
        }
    }

    /// <summary>Tells what may be told now: the lesson at once, the roster in its turn.</summary>
    private void Tell(DateTimeOffset now, List<ClassroomOutput> outputs)
    {
        if (_news.IsUrgent)
        {
            TryTell(now, PacedMessage.Change, outputs);
            return;
        }

        foreach (var kind in _pace.Turns)
        {
            if (now >= _pace.Next)
            {
                TryTell(now, kind, outputs);
            }
        }
    }

    private void TryTell(DateTimeOffset now, PacedMessage kind, List<ClassroomOutput> outputs)
    {
        ClassroomOutput? message = kind switch
        {
            PacedMessage.Change when _news.Take(_lesson) is { } change => new Changed(change),
            PacedMessage.Presence when _presence.IsPending && _presence.Take(now) is { Count: > 0 } changed => new PresenceChanged(changed),
            PacedMessage.CheckIn when TakeProgress() is { } progress => new CheckInMoved(progress),
            _ => null,
        };
        if (message is not null)
        {
            outputs.Add(message);
            _pace.Told(now, kind);
        }
    }

    private CheckInProgress? TakeProgress()
    {
        var progress = _lastProgress ?? (_checkIn is { IsPending: true } open ? open.Take() : null);
        _lastProgress = null;
        return progress;
    }
}
