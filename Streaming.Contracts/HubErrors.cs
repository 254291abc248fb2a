using System.Buffers;

namespace Streaming.Contracts;

/// <summary>Stable codes of refusals: in hub errors as <c>code: sentence</c>, in HTTP problem details as <c>code</c>.</summary>
public static class HubErrors
{
    private static readonly SearchValues<char> CodeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz_");

    /// <summary>No ticket was given.</summary>
    public const string TicketMissing = "ticket_missing";

    /// <summary>The ticket is not one of ours: bad signature, shape or claims.</summary>
    public const string TicketInvalid = "ticket_invalid";

    /// <summary>The ticket's time is over.</summary>
    public const string TicketExpired = "ticket_expired";

    /// <summary>The ticket opens another class.</summary>
    public const string WrongClass = "wrong_class";

    /// <summary>No class has such an id.</summary>
    public const string ClassNotFound = "class_not_found";

    /// <summary>The class, or the server, has no seat left.</summary>
    public const string ClassFull = "class_full";

    /// <summary>The member is here with as many devices as one may have: one of them has to go first.</summary>
    public const string TooManyDevices = "too_many_devices";

    /// <summary>The class lives on another server; the sentence is that server's address and nothing else.</summary>
    public const string Elsewhere = "elsewhere";

    /// <summary>A check-in is open already.</summary>
    public const string CheckInOpen = "check_in_open";

    /// <summary>That check-in is over, or never was.</summary>
    public const string CheckInClosed = "check_in_closed";

    /// <summary>The call needs a seat: join first.</summary>
    public const string NotJoined = "not_joined";

    /// <summary>Another teacher holds the class.</summary>
    public const string TeacherPresent = "teacher_present";

    /// <summary>Only the teacher may do that.</summary>
    public const string TeacherOnly = "teacher_only";

    /// <summary>Inspectors watch; they write nothing.</summary>
    public const string InspectorIsSilent = "inspector_is_silent";

    /// <summary>That needs a running lesson.</summary>
    public const string LessonNotLive = "lesson_not_live";

    /// <summary>The SDP is longer than allowed.</summary>
    public const string SdpTooLarge = "sdp_too_large";

    /// <summary>The SDP cannot be used; the sentence says why.</summary>
    public const string SdpInvalid = "sdp_invalid";

    /// <summary>The offer has no codec that can be forwarded.</summary>
    public const string NoCommonCodec = "no_common_codec";

    /// <summary>No such media session.</summary>
    public const string SessionNotFound = "session_not_found";

    /// <summary>A chat line without text.</summary>
    public const string ChatEmpty = "chat_empty";

    /// <summary>A chat line over <see cref="ChatLine.MaxLength"/> characters.</summary>
    public const string ChatTooLong = "chat_too_long";

    /// <summary>More chat lines than allowed; wait a little.</summary>
    public const string ChatTooFast = "chat_too_fast";

    /// <summary>An argument has the wrong shape; the sentence says which.</summary>
    public const string BadRequest = "bad_request";

    /// <summary>The class has more to do than it can keep up with; try again.</summary>
    public const string Busy = "busy";

    /// <summary>The same device joined again: this connection was replaced.</summary>
    public const string Replaced = "replaced";

    /// <summary>The server failed; its log says how. Trying again is sensible.</summary>
    public const string ServerError = "server_error";

    /// <summary>Joins a code and a sentence as they travel in a hub error.</summary>
    public static string Compose(string code, string sentence) => $"{code}: {sentence}";

    /// <summary>The code of a hub error's message, wherever the framework has put it in; null when there is none.</summary>
    public static string? CodeOf(string? message)
    {
        if (message is null)
        {
            return null;
        }

        const string prefix = "HubException: ";
        var start = message.IndexOf(prefix, StringComparison.Ordinal);
        var rest = start < 0 ? message : message[(start + prefix.Length)..];
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && rest.AsSpan(0, colon).IndexOfAnyExcept(CodeCharacters) < 0 ? rest[..colon] : null;
    }
}
