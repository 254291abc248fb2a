using Streaming.Contracts;

namespace Streaming.Server.Attendance;

/// <summary>What an entry of the ledger tells. The numbers are stored: none is ever used again for something else.</summary>
internal enum LedgerKind
{
    /// <summary>The lesson started.</summary>
    Started = 1,

    /// <summary>The lesson ended.</summary>
    Ended = 2,

    /// <summary>A device came that was not in the class.</summary>
    Joined = 10,

    /// <summary>A device is no longer heard; <see cref="LedgerEntry.Cause"/> says how that was noticed.</summary>
    Dropped = 11,

    /// <summary>A dropped device is back.</summary>
    Returned = 12,

    /// <summary>A device went for good.</summary>
    Left = 13,

    /// <summary>What is sent has changed; or, with a device, what of it reaches that device.</summary>
    Media = 20,

    /// <summary>Nobody kept the book from <see cref="LedgerEntry.Since"/> to now: the process was down.</summary>
    Interrupted = 30,

    /// <summary>Nobody was in the class any more, and it closed.</summary>
    Closed = 31,

    /// <summary>The class was opened by a process that had not kept its book before, and nobody was in it: the monotonic clock begins anew.</summary>
    Opened = 32,

    /// <summary>The students were asked whether they are there; <see cref="LedgerEntry.Number"/> is the window in seconds.</summary>
    CheckAsked = 40,

    /// <summary>A student answered.</summary>
    CheckAnswered = 41,

    /// <summary>A student had the time, on a working link, and did not answer.</summary>
    CheckMissed = 42,

    /// <summary>A student could not be reached for long enough.</summary>
    CheckUnreached = 43,

    /// <summary>No more answers are taken.</summary>
    CheckClosed = 44,

    /// <summary>What stood before this entry was erased: by retention, or because somebody asked for it.</summary>
    Erased = 50,
}

/// <summary>How it was noticed that a device is gone, or why it went. The numbers are stored.</summary>
internal enum LedgerCause
{
    /// <summary>Does not apply.</summary>
    None = 0,

    /// <summary>The hub connection's socket closed.</summary>
    ConnectionLost = 1,

    /// <summary>The media of a client without a hub connection ended (consent, RFC 7675, or its own word).</summary>
    MediaLost = 2,

    /// <summary>The user left.</summary>
    Asked = 3,

    /// <summary>A ticket of another role took the seat.</summary>
    Replaced = 4,

    /// <summary>The seat was given up after the grace.</summary>
    GraceOver = 5,

    /// <summary>The hub connection fell silent and timed out.</summary>
    TimedOut = 6,

    /// <summary>A lesson without a teacher ended by itself.</summary>
    Abandoned = 7,

    /// <summary>The time for which records are kept was over.</summary>
    Retention = 8,
}

/// <summary>What is sent, or reaches a device. The numbers are stored.</summary>
[Flags]
internal enum MediaFacts
{
    /// <summary>Nothing is sent, or is known to arrive.</summary>
    None = 0,

    /// <summary>The lesson's sound.</summary>
    Sound = 1,

    /// <summary>A picture: camera or screen.</summary>
    Picture = 2,

    /// <summary>Something is sent and nothing arrives.</summary>
    Stalled = 4,

    /// <summary>The page is out of sight: screen off, another app; its sound may go on.</summary>
    Hidden = 8,

    /// <summary>The shared screen as stills, in place of moving pictures.</summary>
    Slides = 16,

    /// <summary>The user wants no sound: the chat, and the shared screen as stills.</summary>
    Text = 32,
}

/// <summary>One line of a class's ledger: what happened, to whom, when. Never changed and never removed but by retention.</summary>
/// <param name="Class">The class.</param>
/// <param name="Sequence">Its place in the class's order: 1, 2, 3 … without a gap over restarts.</param>
/// <param name="Kind">What happened.</param>
/// <param name="At">When, by the wall clock (UTC).</param>
/// <param name="Offset">When, by the monotonic clock: time since the book was opened by this process. Durations within one opening are
/// taken from here, so that a corrected wall clock gives nobody minutes and takes none.</param>
/// <param name="Member">Who; null for what happens to the lesson.</param>
/// <param name="Device">On which device; null for what happens to the lesson.</param>
/// <param name="Role">The member's role then; null for what happens to the lesson.</param>
/// <param name="Cause">How it was noticed.</param>
/// <param name="Facts">What reaches the device, with <see cref="LedgerKind.Media"/>.</param>
/// <param name="Since">When the book was last known to be kept, with <see cref="LedgerKind.Interrupted"/> (UTC).</param>
/// <param name="Name">The display name on the ticket, with <see cref="LedgerKind.Joined"/>.</param>
/// <param name="Number">See the kinds that have one.</param>
internal sealed record LedgerEntry(
    string Class,
    long Sequence,
    LedgerKind Kind,
    DateTimeOffset At,
    TimeSpan Offset,
    string? Member = null,
    string? Device = null,
    Role? Role = null,
    LedgerCause Cause = LedgerCause.None,
    MediaFacts Facts = MediaFacts.None,
    DateTimeOffset? Since = null,
    string? Name = null,
    long? Number = null);
