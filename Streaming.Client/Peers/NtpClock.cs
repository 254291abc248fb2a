using Streaming.Rtc;

namespace Streaming.Client.Peers;

/// <summary>An <see cref="Instant"/> in the 64-bit form of sender reports (RFC 3550 §4).</summary>
/// <remarks>The epoch is our own: reports are only ever compared with each other.</remarks>
internal static class NtpClock
{
    // Keeps the middle 32 bits, by which reports are recognised, away from zero, which means "none".
    private const ulong Epoch = 0x8000_0000;

    /// <summary>Seconds in the upper, their fraction in the lower 32 bits.</summary>
    public static ulong At(Instant now)
    {
        var (seconds, rest) = Math.DivRem(now.Ticks, TimeSpan.TicksPerSecond);
        return unchecked((Epoch + (ulong)seconds) << 32 | ((ulong)rest << 32) / TimeSpan.TicksPerSecond);
    }

    /// <summary>The middle 32 bits: units of 1/65 536 s.</summary>
    public static uint ShortAt(Instant now) => (uint)(At(now) >> 16);
}
