using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Classrooms;

/// <content>What goes into the ledger: every coming and going of every device, and what reaches it.</content>
internal sealed partial class Classroom
{
    private MediaFacts _sending;

    private void Note(
        DateTimeOffset now, ClassroomSeat seat, SeatDevice device, LedgerKind kind, List<ClassroomOutput> outputs, LedgerCause cause = LedgerCause.None) =>
        Happen(
            now,
            new Happening(kind, seat.Member, device.Id, seat.Role, cause, Name: kind is LedgerKind.Joined or LedgerKind.Returned ? seat.Name : null),
            outputs);

    private void NoteComing(DateTimeOffset now, ClassroomSeat seat, SeatDevice device, bool isNew, List<ClassroomOutput> outputs)
    {
        if (isNew || device.GraceEnds is not null)
        {
            Note(now, seat, device, isNew ? LedgerKind.Joined : LedgerKind.Returned, outputs);
            device.Facts = MediaFacts.None;
        }
    }

    /// <summary>Notes a change in what is sent.</summary>
    private void NoteSending(DateTimeOffset now, List<ClassroomOutput> outputs)
    {
        var sending = MediaFacts.None;
        foreach (var source in _lesson.Sources)
        {
            sending |= source == TrackSource.Voice ? MediaFacts.Sound : MediaFacts.Picture;
        }

        if (sending != _sending)
        {
            _sending = sending;
            Happen(now, new Happening(LedgerKind.Media, Facts: sending), outputs);
        }
    }

    /// <summary>Notes a change in what reaches a student's device, and in whether the student can be reached by it.</summary>
    private void NoteReceiving(DateTimeOffset now, ClassroomSeat seat, SeatDevice device, List<ClassroomOutput> outputs)
    {
        // Of a device that is gone for the moment there is nothing to tell: it is dropped.
        if (seat.Role == Role.Student && device.GraceEnds is null && FactsOf(device) is var facts && facts != device.Facts)
        {
            device.Facts = facts;
            Happen(now, new Happening(LedgerKind.Media, seat.Member, device.Id, seat.Role, Facts: facts), outputs);
        }

        NoteReachable(now, seat);
    }

    private Refusal? TakeReport(DateTimeOffset now, Caller caller, DeviceReport? report, List<ClassroomOutput> outputs)
    {
        if (_roster.Find(caller) is not ({ } seat, { } device))
        {
            return Refusal.NotJoined;
        }

        if (report is null)
        {
            return new Refusal(HubErrors.BadRequest, "A report says whether the page is hidden, stalled and silent.");
        }

        device.Report = report;
        NoteReceiving(now, seat, device, outputs);
        return null;
    }

    // What arrives is what the network brings and the page shows. Of a session that was opened, and not heard of yet, nothing is known.
    private MediaFacts FactsOf(SeatDevice device)
    {
        var hidden = device.Report.Hidden ? MediaFacts.Hidden : MediaFacts.None;
        return hidden | device.Watching switch
        {
            _ when device.Rung == Rung.Text => MediaFacts.Text,
            null or { Quality: null } => MediaFacts.None,
            { Quality: LinkQuality.Lost } => MediaFacts.Stalled,
            _ when device.Report.Stalled => MediaFacts.Stalled,
            _ => FactsOnRung(device),
        };
    }
}
