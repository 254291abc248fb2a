using System.Globalization;
using Streaming.Contracts;

namespace Streaming.Server.Access;

/// <summary>What stands in a ticket, and which shapes of it are believed.</summary>
internal static class TicketClaims
{
    public const string Issuer = "streaming";
    public const string Audience = "streaming-class";
    public const string OfficeAudience = "streaming-office";
    public const string OfficeRole = "office";
    public const string Member = "sub";
    public const string Name = "name";
    public const string Class = "class";
    public const string Role = "role";
    public const string Expires = "exp";

    /// <summary>The longest display name, in UTF-16 code units.</summary>
    public const int MaxNameLength = 64;

    /// <summary>What to say when a display name is refused.</summary>
    public const string NameRule = "1 to 64 characters, without control characters, marks of writing direction and other invisible ones, not only spaces";

    public static string RoleWord(Role role) => role switch
    {
        Contracts.Role.Teacher => "teacher",
        Contracts.Role.Student => "student",
        _ => "inspector",
    };

    public static bool TryReadRole(string? word, out Role role)
    {
        (var known, role) = word switch
        {
            "teacher" => (true, Contracts.Role.Teacher),
            "student" => (true, Contracts.Role.Student),
            "inspector" => (true, Contracts.Role.Inspector),
            _ => (false, default),
        };
        return known;
    }

    /// <summary>Whether everybody may be shown this name; see <see cref="NameRule"/>.</summary>
    public static bool IsValidName(string? name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength)
        {
            return false;
        }

        var shows = false;
        for (var i = 0; i < name.Length; i += char.IsSurrogatePair(name, i) ? 2 : 1)
        {
            // Invisible or turning the direction of what follows, they would let a name look like another's, or like none. The joiners are
            // needed by some scripts, but make no name alone.
            var isJoiner = name[i] is '\u200C' or '\u200D';
            if (name[i] is '\u3164' or '\uFFA0' || (!isJoiner && CharUnicodeInfo.GetUnicodeCategory(name, i) is UnicodeCategory.Control
                or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate))
            {
                return false;
            }

            shows |= !isJoiner && !char.IsWhiteSpace(name, i);
        }

        return shows;
    }
}
