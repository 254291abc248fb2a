namespace Streaming.Contracts;

/// <summary>Which shapes of identifier are accepted from outside.</summary>
public static class Ids
{
    /// <summary>The longest class, member or device identifier, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>What to say when an identifier is refused.</summary>
    public const string Rule = "1 to 64 characters: letters, digits, '-', '_', '.'; the first a letter or digit";

    /// <summary>Whether <paramref name="id"/> can name a class, a member or a device: see <see cref="Rule"/>.</summary>
    public static bool IsValid(string? id)
    {
        if (id is not { Length: >= 1 and <= MaxLength } || !char.IsAsciiLetterOrDigit(id[0]))
        {
            return false;
        }

        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return true;
    }
}
