namespace Streaming.Server.Webhooks;

/// <summary>When a post that failed is tried again, and when no more.</summary>
internal static class WebhookRetry
{
    /// <summary>An event is tried for so long from when it happened.</summary>
    public static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(3);

    /// <summary>The longest wait between two tries.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(300);

    /// <summary>The longest wait that a receiver can ask for.</summary>
    public static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    /// <summary>How long to wait: 1, 2, 4 … 300 s, less up to half of it by chance: those who failed together do not come back together.</summary>
    /// <param name="failures">How often this event has failed, from 1.</param>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan Wait(int failures, double chance)
    {
        var full = Math.Min(Longest.TotalSeconds, Math.Pow(2, Math.Min(failures - 1, 30)));
        return TimeSpan.FromSeconds(full * (1 - (chance / 2)));
    }
}
