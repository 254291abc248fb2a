namespace Streaming.Rtc.Sdp;

/// <summary>The <c>key=value;key=value</c> of an <c>a=fmtp</c> line.</summary>
/// <param name="text">What stands after the payload type; empty when there is no such line.</param>
internal readonly struct FormatParameters(string text)
{
    private const int LongestEcho = 16;

    /// <summary>All of it.</summary>
    public string Text => text.Trim();

    /// <summary>The value of a key, in any case; null when it is not there.</summary>
    public string? this[string key]
    {
        get
        {
            foreach (var range in text.AsSpan().Split(';'))
            {
                var pair = text.AsSpan(range).Trim();
                if (pair.Length > key.Length && pair[key.Length] == '=' && pair.StartsWith(key, StringComparison.OrdinalIgnoreCase))
                    return pair[(key.Length + 1)..].Trim().ToString();
            }

            return null;
        }
    }

    /// <summary>Those of the keys that are there, as an answer may repeat them; null when none is.</summary>
    public string? Only(ReadOnlySpan<string> keys)
    {
        var kept = new List<string>(keys.Length);
        foreach (var key in keys)
        {
            if (this[key] is { Length: > 0 and <= LongestEcho } value && value.All(char.IsAsciiLetterOrDigit)) kept.Add($"{key}={value}");
        }

        return kept.Count > 0 ? string.Join(';', kept) : null;
    }
}
