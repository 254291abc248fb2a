using System.Security.Cryptography;

namespace Streaming.Server.Access;

/// <summary>The keys that webhooks are signed with, in the form in which a receiver is given one: <c>whsec_</c> and base64, a line each.</summary>
/// <remarks>Several lines are for the days of a change: what is signed with the former key and with the new one suits receivers of either.</remarks>
internal static class WebhookKey
{
    private const string Prefix = "whsec_";

    // In bytes, as Standard Webhooks 1.0.0 has it.
    private const int Shortest = 24, Longest = 64;

    /// <summary>Reads the keys, and makes one when the file is not there.</summary>
    /// <exception cref="DataDirectoryException">The file holds something else; the message says what to do.</exception>
    public static IReadOnlyList<byte[]> Read(string path)
    {
        if (!File.Exists(path))
        {
            DataDirectory.Make(path, Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(DataDirectory.KeyLength)));
        }

        var lines = File.ReadAllText(path).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        byte[][] keys = [.. lines.Select(Parse).OfType<byte[]>()];
        return keys.Length > 0 && keys.Length == lines.Length
            ? keys
            : throw new DataDirectoryException(
                $"The key file '{path}' does not hold {Prefix} and {Shortest} to {Longest} bytes as base64 in each of its lines. Put its backup there, "
                + "or delete it: a new key is made at the next start, and the receivers of webhooks have to be given it.");
    }

    /// <summary>The bytes of a key; null when the text is none.</summary>
    public static byte[]? Parse(string text)
    {
        Span<byte> key = stackalloc byte[Longest + 2];
        return text.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[Prefix.Length..], key, out var length)
            && length is >= Shortest and <= Longest
            ? key[..length].ToArray()
            : null;
    }
}
