using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Stills;

namespace Streaming.Server.Classrooms;

/// <summary>What a state machine wants done; the runner does it, in order.</summary>
internal abstract record ClassroomOutput;

/// <summary>The connection hears the class from now on.</summary>
internal sealed record Enter(string Connection, Role Role) : ClassroomOutput;

/// <summary>The connection hears the class no longer.</summary>
internal sealed record Exit(string Connection) : ClassroomOutput;

/// <summary>The connection lost its seat: tell it, then close it.</summary>
internal sealed record Dismiss(string Connection, string Code) : ClassroomOutput;

/// <summary>To everybody in the class.</summary>
internal sealed record Changed(ClassroomChange Change) : ClassroomOutput;

/// <summary>To everybody in the class.</summary>
internal sealed record Said(ChatLine Line) : ClassroomOutput;

/// <summary>To teachers.</summary>
internal sealed record QualityChanged(IReadOnlyList<ViewerQuality> Viewers) : ClassroomOutput;

/// <summary>To one connection.</summary>
internal sealed record TellQuality(string Connection, IReadOnlyList<ViewerQuality> Viewers) : ClassroomOutput;

/// <summary>To teachers.</summary>
internal sealed record PresenceChanged(IReadOnlyList<MemberPresence> Members) : ClassroomOutput;

/// <summary>To one connection.</summary>
internal sealed record TellPresence(string Connection, IReadOnlyList<MemberPresence> Members) : ClassroomOutput;

/// <summary>To teachers.</summary>
internal sealed record CheckInMoved(CheckInProgress Progress) : ClassroomOutput;

/// <summary>To one connection.</summary>
internal sealed record TellCheckIn(string Connection, CheckInProgress Progress) : ClassroomOutput;

/// <summary>To one connection: what comes to it.</summary>
internal sealed record TellRung(string Connection, Rung Rung) : ClassroomOutput;

/// <summary>To teachers, and to them alone.</summary>
internal sealed record StillsWanted(bool Wanted) : ClassroomOutput;

/// <summary>To one connection.</summary>
internal sealed record TellStillsWanted(string Connection) : ClassroomOutput;

/// <summary>To the connection that sends the lesson.</summary>
internal sealed record TellLayersWanted(string Connection, LayersWanted Wanted) : ClassroomOutput;

/// <summary>Keep this still for whoever is told of it next.</summary>
internal sealed record KeepStill(StillImage Image) : ClassroomOutput;

/// <summary>Let go of the class's stills.</summary>
internal sealed record DropStills : ClassroomOutput;

/// <summary>The watching session wants no more than this.</summary>
internal sealed record LimitMedia(string Session, Rung Highest) : ClassroomOutput;

/// <summary>To one connection: its media session ended.</summary>
internal sealed record TellMediaClosed(string Connection, string Session) : ClassroomOutput;

/// <summary>Close a media session; closing one that is closed is no error.</summary>
internal sealed record CloseMedia(string Session) : ClassroomOutput;

/// <summary>The publishing session now sends these.</summary>
internal sealed record ApplySources(string Session, IReadOnlyList<TrackSource> Sources) : ClassroomOutput;

/// <summary>Write this into the class's ledger.</summary>
internal sealed record Happened(DateTimeOffset At, Happening What) : ClassroomOutput;

/// <summary>Keep this over a restart.</summary>
internal sealed record Save(StoredLesson Lesson) : ClassroomOutput;

/// <summary>What a command is answered with.</summary>
/// <param name="Refusal">Why nothing was done; null when it was.</param>
/// <param name="Snapshot">The class, where the command asks for it.</param>
/// <param name="CheckIn">The check-in that the command opened.</param>
internal readonly record struct ClassroomReply(Refusal? Refusal, ClassroomSnapshot? Snapshot = null, CheckIn? CheckIn = null)
{
    public static ClassroomReply Done => default;

    public static implicit operator ClassroomReply(Refusal? refusal) => new(refusal);

    public static implicit operator ClassroomReply(ClassroomSnapshot snapshot) => new(null, snapshot);
}

/// <summary>The limits of one class.</summary>
/// <param name="Seats">How many students it seats.</param>
/// <param name="Grace">How long a dropped device keeps its seat.</param>
/// <param name="Pace">The least time from one roster message to the next.</param>
internal sealed record ClassroomRules(int Seats, TimeSpan Grace, TimeSpan Pace);

/// <summary>What of a class outlives the process.</summary>
/// <param name="Phase">Where the lesson stands.</param>
/// <param name="StartedAt">When it started (UTC).</param>
/// <param name="EndedAt">When it ended (UTC).</param>
/// <param name="StartedByMedia">A WHIP client started it, so that such a client's DELETE ends it.</param>
/// <param name="Chat">The last lines, oldest first.</param>
/// <param name="TeacherSeenAt">When a teacher was last there (UTC), as far as was stored; null in files of former versions.</param>
/// <param name="LastLine">The number of the last line of the chat, also when it is dropped.</param>
/// <param name="SavedAt">When it was put together (UTC); null in files of former versions.</param>
internal sealed record StoredLesson(
    LessonPhase Phase,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    bool StartedByMedia,
    IReadOnlyList<ChatLine> Chat,
    DateTimeOffset? TeacherSeenAt = null,
    long LastLine = 0,
    DateTimeOffset? SavedAt = null)
{
    public static StoredLesson None { get; } = new(LessonPhase.Waiting, null, null, false, []);
}
