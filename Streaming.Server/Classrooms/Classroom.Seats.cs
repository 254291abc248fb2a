using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Classrooms;

/// <content>Coming, dropping, returning, leaving.</content>
internal sealed partial class Classroom
{
    private ClassroomReply TakeSeat(DateTimeOffset now, Join join, List<ClassroomOutput> outputs)
    {
        if (_roster.Admits(join.Who, join.Device) is { } refusal)
        {
            return refusal;
        }

        var seat = SeatFor(now, join.Who, outputs);
        var device = seat.Device(join.Device);
        var isNew = device is null;
        if (device is null)
        {
            seat.Devices.Add(device = new SeatDevice(join.Device));
        }
        else if (device.Connection is { } former && former != join.Connection)
        {
            outputs.Add(new Dismiss(former, HubErrors.Replaced));
        }

        NoteComing(now, seat, device, isNew, outputs);
        device.Connection = join.Connection;
        device.GraceEnds = null;
        device.IsMediaOnly = false;
        NoteReceiving(now, seat, device, outputs);

        // The others hear of the newcomer first, when it is their turn; the newcomer has it in the snapshot, and may hear it once more.
        Tell(now, outputs);
        outputs.Add(new Enter(join.Connection, seat.Role));
        foreach (var session in device.Untold)
        {
            outputs.Add(new TellMediaClosed(join.Connection, session));
        }

        device.Untold.Clear();
        TellRungAtJoin(now, seat, device, outputs);
        if (seat.Role == Role.Teacher)
        {
            _media.TellAll(now);
            TellTeacher(now, join.Connection, outputs);
        }

        return Snapshot();
    }

    private void TellTeacher(DateTimeOffset now, string connection, List<ClassroomOutput> outputs)
    {
        if (_presence.Everything(now) is { Count: > 0 } notPresent)
        {
            outputs.Add(new TellPresence(connection, notPresent));
        }

        if (_checkIn is { } open)
        {
            outputs.Add(new TellCheckIn(connection, open.Everything()));
        }
    }

    // The newest ticket decides about name and role. Another role is another seat: what the former role was allowed to do ends with it.
    private ClassroomSeat SeatFor(DateTimeOffset now, Identity who, List<ClassroomOutput> outputs)
    {
        if (_roster.Find(who.Member) is not { } seat)
        {
            seat = _roster.Add(who);
            _news.Touch(seat);
            return seat;
        }

        if (seat.Role != who.Role)
        {
            SeatDevice[] former = [.. seat.Devices];
            seat.Devices.Clear();
            foreach (var device in former)
            {
                if (device.Connection is { } connection)
                {
                    outputs.Add(new Dismiss(connection, HubErrors.Replaced));
                }

                CloseAll(now, device, outputs);
                NoteNeed(now, seat, device, isThere: false, outputs);
                Note(now, seat, device, LedgerKind.Left, outputs, LedgerCause.Replaced);
            }

            _media.Forget(seat);
            _roster.ChangeRole(seat, who.Role);
            _news.Touch(seat);
        }

        if (seat.Name != who.Name)
        {
            seat.Name = who.Name;
            _news.Touch(seat);
        }

        return seat;
    }

    private ClassroomReply Drop(DateTimeOffset now, Caller caller, bool timedOut, List<ClassroomOutput> outputs)
    {
        if (_roster.Find(caller) is ({ } seat, { } device))
        {
            _roster.Drop(seat, device, now);
            outputs.Add(new Exit(caller.Connection));
            Note(now, seat, device, LedgerKind.Dropped, outputs, timedOut ? LedgerCause.TimedOut : LedgerCause.ConnectionLost);
            NoteReachable(now, seat);
        }

        return ClassroomReply.Done;
    }

    private ClassroomReply GoAway(DateTimeOffset now, Caller caller, List<ClassroomOutput> outputs)
    {
        if (_roster.Find(caller) is ({ } seat, { } device))
        {
            outputs.Add(new Exit(caller.Connection));
            device.Connection = null;
            RemoveDevice(now, seat, device, LedgerCause.Asked, outputs);
        }

        return ClassroomReply.Done;
    }

    private void RemoveDevice(DateTimeOffset now, ClassroomSeat seat, SeatDevice device, LedgerCause cause, List<ClassroomOutput> outputs)
    {
        device.GraceEnds = null;
        CloseAll(now, device, outputs);
        NoteNeed(now, seat, device, isThere: false, outputs);
        if (!seat.Devices.Remove(device))
        {
            return;
        }

        Note(now, seat, device, LedgerKind.Left, outputs, cause);
        if (seat.Devices.Count > 0)
        {
            NoteReachable(now, seat);
            return;
        }

        NoteGoneFromCheckIn(now, seat, cause, outputs);

        _media.Forget(seat);
        _roster.Remove(seat);
        _chat.Forget(now);
        _news.Gone(seat);
    }
}
