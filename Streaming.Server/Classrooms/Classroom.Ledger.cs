using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Classrooms;

/// <content>What goes into the ledger: every coming and going of every device, and what reaches it.</content>
internal sealed partial class Classroom
{
    private MediaFacts _sending;

    private static void Note(
        ClassroomSeat seat, SeatDevice device, LedgerKind kind, List<ClassroomOutput> outputs, LedgerCause cause = LedgerCause.None) =>
        outputs.Add(new Happened(new Happening(kind, seat.Member, device.Id, seat.Role, cause, Name: kind == LedgerKind.Joined ? seat.Name : null)));

    private static void NoteComing(ClassroomSeat seat, SeatDevice device, bool isNew, List<ClassroomOutput> outputs)
    {
        if (isNew || device.GraceEnds is not null)
        {
            Note(seat, device, isNew ? LedgerKind.Joined : LedgerKind.Returned, outputs);
            device.Facts = MediaFacts.None;
        }
    }

    /// <summary>Notes a change in what is sent.</summary>
    private void NoteSending(List<ClassroomOutput> outputs)
    {
        var sending = MediaFacts.None;
        foreach (var source in _lesson.Sources)
        {
            sending |= source == TrackSource.Voice ? MediaFacts.Sound : MediaFacts.Picture;
        }

        if (sending != _sending)
        {
            _sending = sending;
            outputs.Add(new Happened(new Happening(LedgerKind.Media, Facts: sending)));
        }
    }

    /// <summary>Notes a change in what reaches a student's device.</summary>
    private static void NoteReceiving(ClassroomMediaSession media, List<ClassroomOutput> outputs)
    {
        var (seat, device) = (media.Seat, media.Device);
        if (media.Kind == MediaKind.Watch && seat.Role == Role.Student && FactsOf(device) is var facts && facts != device.Facts)
        {
            device.Facts = facts;
            outputs.Add(new Happened(new Happening(LedgerKind.Media, seat.Member, device.Id, seat.Role, Facts: facts)));
        }
    }

    private static MediaFacts FactsOf(SeatDevice device) => device.Watching switch
    {
        null => MediaFacts.None,
        { Quality: null } => MediaFacts.None,   // opened, and nothing has been heard of it yet
        { Quality: LinkQuality.Lost } => MediaFacts.Stalled,
        _ => MediaFacts.Sound | MediaFacts.Picture,
    };
}
