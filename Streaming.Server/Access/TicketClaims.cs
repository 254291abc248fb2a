using System.Globalization;
using Streaming.Contracts;

namespace Streaming.Server.Access;

/// <summary>What stands in a ticket, and which shapes of it are believed.</summary>
internal static class TicketClaims
{
    public const string Issuer = "streaming";
    public const string Audience = "streaming-class";
    public const string Member = "sub";
    public const string Name = "name";
    public const string Class = "class";
    public const string Role = "role";

    /// <summary>The longest display name, in UTF-16 code units.</summary>
    public const int MaxNameLength = 64;

    /// <summary>What to say when a display name is refused.</summary>
    public const string NameRule = "1 to 64 characters, without control characters and marks of writing direction, not only spaces";

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

        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsSurrogate(name[i]))
            {
                if (!char.IsSurrogatePair(name, i))
                {
                    return false;
                }

                i++;
                continue;
            }

            // U+200E…U+202E and U+2066…U+2069 turn the writing direction of what follows: a name could dress up as another.
            if (char.GetUnicodeCategory(name[i]) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                || name[i] is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))
            {
                return false;
            }
        }

        return true;
    }
}
