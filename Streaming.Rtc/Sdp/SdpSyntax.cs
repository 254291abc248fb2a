using System.Buffers;
using System.Globalization;

namespace Streaming.Rtc.Sdp;

/// <summary>The character classes of RFC 8866 §9 and RFC 8839 §5.4, and how foreign text is quoted in a sentence.</summary>
internal static class SdpSyntax
{
    public const int MaxMidLength = 16;

    private const int LongestQuote = 60;

    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(Alphanumeric + "!#$%&'*+-.^_`{|}~");

    private static readonly SearchValues<char> ProtocolCharacters = SearchValues.Create(Alphanumeric + "!#$%&'*+-.^_`{|}~/");

    private static readonly SearchValues<char> IceCharacters = SearchValues.Create(Alphanumeric + "+/");

    public static bool IsToken(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExcept(TokenCharacters);

    /// <summary>Tokens with slashes between them, as in <c>UDP/TLS/RTP/SAVPF</c>.</summary>
    public static bool IsProtocol(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExcept(ProtocolCharacters);

    public static bool IsIce(ReadOnlySpan<char> text, int shortest) =>
        text.Length >= shortest && text.Length <= 256 && !text.ContainsAnyExcept(IceCharacters);

    public static bool IsMid(ReadOnlySpan<char> text) => text.Length <= MaxMidLength && IsToken(text);

    /// <summary>Splits at the first space; the tail is trimmed and may be empty.</summary>
    public static (string Head, string Tail) SplitAtSpace(string text) =>
        text.IndexOf(' ') is var at and >= 0 ? (text[..at], text[(at + 1)..].Trim(' ')) : (text, "");

    public static bool TryReadPayloadType(ReadOnlySpan<char> text, out byte payloadType) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out payloadType) && payloadType < 128;

    public static bool TryReadNumber(ReadOnlySpan<char> text, int smallest, int largest, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= smallest && number <= largest;

    public static bool TryReadSsrc(ReadOnlySpan<char> text, out uint ssrc) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ssrc);

    /// <summary>A peer's text for a sentence of ours: short, on one line.</summary>
    public static string Quote(ReadOnlySpan<char> text)
    {
        Span<char> shown = stackalloc char[Math.Min(text.Length, LongestQuote)];
        for (var i = 0; i < shown.Length; i++)
            shown[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '?' : text[i];
        return text.Length > LongestQuote ? $"\"{shown}…\"" : $"\"{shown}\"";
    }
}
