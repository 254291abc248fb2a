namespace Streaming.Server.Attendance;

/// <summary>The language of a download, and of what is said about a list.</summary>
/// <param name="IsChinese">Chinese, else English.</param>
internal readonly record struct ReportLanguage(bool IsChinese)
{
    /// <summary>What to say when a language is refused.</summary>
    public const string Rule = "lang is en or zh.";

    /// <summary>Reads what somebody asked for; nothing is English.</summary>
    public static bool TryRead(string? asked, out ReportLanguage language)
    {
        language = new ReportLanguage(asked == "zh");
        return string.IsNullOrEmpty(asked) || asked is "en" or "zh";
    }

    /// <summary>Of two texts the one in this language.</summary>
    public string Say(string english, string chinese) => IsChinese ? chinese : english;
}
