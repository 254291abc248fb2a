using System.Diagnostics.CodeAnalysis;

namespace Streaming.Rtc.Sdp;

/// <summary>Reads SDP (RFC 8866), with CRLF or LF at the ends of lines.</summary>
public static class SdpParser
{
    /// <summary>The longest text that is read, in characters.</summary>
    public const int MaxLength = 32_768;

    /// <summary>The most lines that are read.</summary>
    public const int MaxLines = 2_000;

    /// <summary>The most <c>m=</c> sections that are read.</summary>
    public const int MaxMediaSections = 64;

    /// <summary>The most <c>a=</c> lines that are read in one section, and above the first section.</summary>
    public const int MaxAttributes = 512;

    /// <summary>Reads a description.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="description">What it says.</param>
    /// <param name="error">One sentence with the line's number: what is wrong and what would be right.</param>
    /// <returns>False when it is not SDP, or is larger than the limits of this class.</returns>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out SessionDescription? description, [NotNullWhen(false)] out string? error)
    {
        var read = TryRead(text, out description, out var refusal);
        error = refusal?.Sentence;
        return read;
    }

    /// <summary>As <see cref="TryParse"/>, with the kind of error.</summary>
    internal static bool TryRead(
        string text, [NotNullWhen(true)] out SessionDescription? description, [NotNullWhen(false)] out SdpRefusal? refusal)
    {
        description = null;
        if (text.Length > MaxLength)
        {
            refusal = SdpRefusal.TooLarge($"The SDP has {text.Length} characters; at most {MaxLength} are read.");
            return false;
        }

        var reading = new SdpLineReader();
        var rest = text.AsSpan().TrimEnd("\r\n");
        for (var number = 1; ; number++)
        {
            if (number > MaxLines)
            {
                refusal = SdpRefusal.TooLarge($"The SDP has more than {MaxLines} lines; no more are read.");
                return false;
            }

            var end = rest.IndexOf('\n');
            var line = end < 0 ? rest : rest[..end];
            refusal = reading.Add(line is [.. var start, '\r'] ? start : line, number);
            if (refusal is not null) return false;

            if (end < 0) return reading.TryFinish(out description, out refusal);
            rest = rest[(end + 1)..];
        }
    }
}
