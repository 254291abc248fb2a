using Streaming.Contracts;
using Streaming.Server.Stills;

namespace Streaming.Server.Classrooms;

/// <summary>What can be asked of a <see cref="Classroom"/>. Nothing an inspector does is among it.</summary>
internal abstract record ClassroomCommand;

/// <summary>Who asks, and through which connection: a device's former connection asks in vain.</summary>
internal sealed record Caller(string Member, string Device, string Connection);

/// <summary>Which way the media of a session flows.</summary>
internal enum MediaKind
{
    /// <summary>From the teacher to us.</summary>
    Publish,

    /// <summary>From us to a watcher.</summary>
    Watch,
}

/// <summary>A device of a ticket's bearer takes the member's seat, or comes back to it.</summary>
internal sealed record Join(Identity Who, string Device, string Connection) : ClassroomCommand;

/// <summary>The connection is gone; the seat stays for the grace.</summary>
/// <param name="Caller">Whose.</param>
/// <param name="TimedOut">It fell silent; otherwise its socket closed.</param>
internal sealed record Disconnected(Caller Caller, bool TimedOut = false) : ClassroomCommand;

/// <summary>The device goes for good, at once.</summary>
internal sealed record Leave(Caller Caller) : ClassroomCommand;

/// <summary>The whole class, please.</summary>
internal sealed record TakeSnapshot(Caller Caller) : ClassroomCommand;

/// <summary>See <see cref="IClassroomHub.StartLesson"/>.</summary>
internal sealed record StartLesson(Caller Caller) : ClassroomCommand;

/// <summary>See <see cref="IClassroomHub.EndLesson"/>.</summary>
internal sealed record EndLesson(Caller Caller) : ClassroomCommand;

/// <summary>See <see cref="IClassroomHub.SetSources"/>.</summary>
internal sealed record SetSources(Caller Caller, IReadOnlyList<TrackSource> Sources) : ClassroomCommand;

/// <summary>See <see cref="IClassroomHub.RaiseHand"/>.</summary>
internal sealed record RaiseHand(Caller Caller) : ClassroomCommand;

/// <summary>See <see cref="IClassroomHub.LowerHand"/>.</summary>
internal sealed record LowerHand(Caller Caller, string? Member) : ClassroomCommand;

/// <summary>See <see cref="IClassroomHub.Say"/>.</summary>
internal sealed record Say(Caller Caller, string Text) : ClassroomCommand;

/// <summary>See <see cref="IClassroomHub.Report"/>.</summary>
internal sealed record ReportDevice(Caller Caller, DeviceReport? Report) : ClassroomCommand;

/// <summary>See <see cref="IClassroomHub.AskCheckIn"/>.</summary>
internal sealed record AskCheckIn(Caller Caller, int? Seconds) : ClassroomCommand;

/// <summary>See <see cref="IClassroomHub.CloseCheckIn"/>.</summary>
internal sealed record CloseCheckIn(Caller Caller) : ClassroomCommand;

/// <summary>See <see cref="IClassroomHub.AnswerCheckIn"/>.</summary>
internal sealed record AnswerCheckIn(Caller Caller, long Id) : ClassroomCommand;

/// <summary>May this media session be opened? Announces it; nobody sees anything yet.</summary>
/// <param name="Who">The ticket's bearer.</param>
/// <param name="Caller">The hub connection that asks; null for a client of WHIP or WHEP, which becomes a device of its own.</param>
/// <param name="Kind">Publishing or watching.</param>
/// <param name="Session">The name that the session will have.</param>
/// <param name="Device">A WHEP client's own name for its device, by which its page may join the hub later; null for one that never will.</param>
internal sealed record OpenMedia(Identity Who, Caller? Caller, MediaKind Kind, string Session, string? Device = null) : ClassroomCommand;

/// <summary>The announced session was negotiated.</summary>
/// <param name="Session">Its name.</param>
/// <param name="Sources">What a WHIP client's offer sends; the hub's clients say it by <see cref="SetSources"/>.</param>
internal sealed record MediaOpened(string Session, IReadOnlyList<TrackSource> Sources) : ClassroomCommand;

/// <summary>The session is no more: refused, lost, or closed by its peer.</summary>
internal sealed record MediaEnded(string Session) : ClassroomCommand;

/// <summary>A WHIP or WHEP client deletes its session.</summary>
internal sealed record DeleteMedia(string Member, MediaKind Kind, string Session) : ClassroomCommand;

/// <summary>How a watching session receives.</summary>
internal sealed record QualityHeard(string Session, LinkQuality Quality) : ClassroomCommand;

/// <summary>How much of the class a watching session's link carries.</summary>
internal sealed record RungHeard(string Session, Rung Rung) : ClassroomCommand;

/// <summary>Up to which of its camera's layers somebody wants to see the publishing session.</summary>
internal sealed record LayersWantedHeard(string Session, int Top) : ClassroomCommand;

/// <summary>See <see cref="IClassroomHub.LimitRung"/>.</summary>
internal sealed record LimitRung(Caller Caller, Rung Highest) : ClassroomCommand;

/// <summary>A member's page has a new still of the screen.</summary>
internal sealed record OfferStill(string Member, StillImage Image) : ClassroomCommand;
