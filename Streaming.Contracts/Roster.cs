namespace Streaming.Contracts;

/// <summary>One person in the class, whatever the number of devices. Inspectors have none.</summary>
/// <param name="Member">The member's id.</param>
/// <param name="Name">Display name from the ticket.</param>
/// <param name="Role">Teacher or student.</param>
/// <param name="HandRaisedAt">When the hand went up (UTC); null while it is down. Hands are in the order of this time.</param>
public sealed record Seat(string Member, string Name, Role Role, DateTimeOffset? HandRaisedAt);

/// <summary>Where the lesson stands.</summary>
public enum LessonPhase
{
    /// <summary>Not yet started.</summary>
    Waiting,

    /// <summary>Running, also while the teacher is away for a moment.</summary>
    Live,

    /// <summary>Ended; the teacher may start another.</summary>
    Ended,
}

/// <summary>The lesson of a class.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="StartedAt">When it started (UTC); null while waiting.</param>
/// <param name="EndedAt">When it ended (UTC); null before.</param>
/// <param name="Sources">What the teacher sends now; empty while the teacher is away.</param>
public sealed record Lesson(LessonPhase Phase, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, IReadOnlyList<TrackSource> Sources);

/// <summary>The whole class at one version.</summary>
/// <param name="Version">The version; the next change is one higher.</param>
/// <param name="Class">The class's id.</param>
/// <param name="Lesson">The lesson.</param>
/// <param name="Seats">Everybody in the class, in the order of joining.</param>
/// <param name="Chat">The last lines of the chat, oldest first; at most 50.</param>
/// <param name="CheckIn">The check-in that is open; null while none is.</param>
/// <param name="Still">The newest still of the screen; null while no screen is shared, or none has come.</param>
public sealed record ClassroomSnapshot(
    long Version, string Class, Lesson Lesson, IReadOnlyList<Seat> Seats, IReadOnlyList<ChatLine> Chat, CheckIn? CheckIn = null,
    Still? Still = null);

/// <summary>What changed from version <c>Version - 1</c> to <c>Version</c>. Whoever misses one asks for a snapshot.</summary>
/// <param name="Version">The version that this change leads to.</param>
/// <param name="Seats">Seats that are new or changed, whole; null when none.</param>
/// <param name="Gone">Members who left; null when none. Applied before <paramref name="Seats"/>: who left and came back is in both.</param>
/// <param name="Lesson">The lesson as it is now; null when unchanged.</param>
/// <param name="CheckIn">A check-in that was opened or closed; null when none was.</param>
/// <param name="Still">A new still of the screen; null when there is none. A lesson without the screen among its sources ends the former one.</param>
public sealed record ClassroomChange(
    long Version, IReadOnlyList<Seat>? Seats = null, IReadOnlyList<string>? Gone = null, Lesson? Lesson = null, CheckIn? CheckIn = null,
    Still? Still = null);
