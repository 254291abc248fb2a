using System.Diagnostics;

namespace Streaming.Rtc.Net;

/// <summary>The one place where instants come from: a monotonic clock that all threads of the process share.</summary>
internal static class Clock
{
    private static readonly long Start = Stopwatch.GetTimestamp();

    /// <summary>The time now. Starts near zero with the process.</summary>
    public static Instant Now() => new(Stopwatch.GetElapsedTime(Start).Ticks);
}
