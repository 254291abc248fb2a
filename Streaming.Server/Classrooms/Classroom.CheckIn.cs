using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Classrooms;

/// <content>Check-ins: the teacher asks, students answer, the ledger has it.</content>
internal sealed partial class Classroom
{
    private ClassroomCheckIn? _checkIn;
    private CheckInProgress? _lastProgress;

    private ClassroomReply AskCheckIn(DateTimeOffset now, int? asked, List<ClassroomOutput> outputs)
    {
        var seconds = asked ?? CheckIn.DefaultSeconds;
        if (seconds is < CheckIn.LeastSeconds or > CheckIn.MostSeconds)
        {
            return new Refusal(HubErrors.BadRequest, $"The window is {CheckIn.LeastSeconds} to {CheckIn.MostSeconds} seconds.");
        }

        if (_lesson.Phase != LessonPhase.Live)
        {
            return Refusal.LessonNotLive;
        }

        if (_checkIn is not null)
        {
            return Refusal.CheckInOpen;
        }

        _checkIn = new ClassroomCheckIn(now, seconds);
        _lastProgress = null;
        Happen(now, new Happening(LedgerKind.CheckAsked, Number: seconds), outputs);
        foreach (var seat in _roster.Seats)
        {
            NoteReachable(now, seat);
        }

        _news.CheckIn(_checkIn.What);
        return new ClassroomReply(null, CheckIn: _checkIn.What);
    }

    private Refusal? CloseCheckIn(DateTimeOffset now, List<ClassroomOutput> outputs)
    {
        if (_checkIn is { } open)
        {
            foreach (var member in open.TakeUnreached())
            {
                Happen(now, new Happening(LedgerKind.CheckUnreached, member, Role: Role.Student), outputs);
            }

            Happen(now, new Happening(LedgerKind.CheckClosed), outputs);
            _lastProgress = open.IsPending ? open.Take() : null;
            _checkIn = null;
            _news.CheckIn(open.What with { IsOpen = false });
        }

        return null;
    }

    private Refusal? AnswerCheckIn(DateTimeOffset now, Caller caller, long id, List<ClassroomOutput> outputs)
    {
        if (_roster.Find(caller) is not ({ } seat, { } device))
        {
            return Refusal.NotJoined;
        }

        if (_checkIn is not { } open || open.What.Id != id || open.IsOverFor(seat.Member))
        {
            return Refusal.CheckInClosed;
        }

        if (open.TryAnswer(seat.Member))
        {
            Happen(now, new Happening(LedgerKind.CheckAnswered, seat.Member, device.Id, seat.Role), outputs);
            CloseWhenSettled(now, outputs);
        }

        return null;
    }

    private void TickCheckIn(DateTimeOffset now, List<ClassroomOutput> outputs)
    {
        if (_checkIn is not { } open || open.NextDeadline > now)
        {
            return;
        }

        foreach (var member in open.TakeMissed(now))
        {
            Happen(now, new Happening(LedgerKind.CheckMissed, member, Role: Role.Student), outputs);
        }

        if (open.EndsAt <= now)
        {
            CloseCheckIn(now, outputs);
        }
        else
        {
            CloseWhenSettled(now, outputs);
        }
    }

    /// <summary>Asks a student who is here, and lets their time run only while they can see the question and answer it.</summary>
    private void NoteReachable(DateTimeOffset now, ClassroomSeat seat)
    {
        if (seat.Role == Role.Student)
        {
            _checkIn?.Ask(
                seat.Member, seat.Devices.Exists(device => device.Connection is not null && (device.Facts & MediaFacts.Stalled) == 0), now);
        }
    }

    private void NoteGoneFromCheckIn(DateTimeOffset now, ClassroomSeat seat, LedgerCause cause, List<ClassroomOutput> outputs)
    {
        if (_checkIn is { } open && cause == LedgerCause.Asked && open.TryGoAway(seat.Member))
        {
            Happen(now, new Happening(LedgerKind.CheckMissed, seat.Member, Role: seat.Role), outputs);
            CloseWhenSettled(now, outputs);
        }
        else
        {
            _checkIn?.Ask(seat.Member, isReachable: false, now);
        }
    }

    private void CloseWhenSettled(DateTimeOffset now, List<ClassroomOutput> outputs)
    {
        if (_checkIn is { IsSettled: true })
        {
            CloseCheckIn(now, outputs);
        }
    }
}
