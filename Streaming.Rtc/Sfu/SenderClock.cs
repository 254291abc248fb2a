namespace Streaming.Rtc.Sfu;

/// <summary>How a stream's timestamps lie on its sender's clock, by its last sender report (RFC 3550 §6.4.1).</summary>
/// <param name="Ntp">The sender's clock, 64-bit NTP.</param>
/// <param name="Rtp">The stream's timestamp at that time.</param>
/// <param name="ReportedAt">When the report came.</param>
/// <param name="ClockRate">The codec's clock in Hz; 0 before the first report.</param>
internal readonly record struct SenderClock(ulong Ntp, uint Rtp, Instant ReportedAt, int ClockRate)
{
    /// <summary>Whether there was a report.</summary>
    public bool IsSet => ClockRate != 0;

    /// <summary>The sender's clock and the stream's timestamp for the moment <paramref name="now"/>.</summary>
    /// <remarks>Carried on from the last report; both tracks of a publisher lie on one clock, so lips stay in step.</remarks>
    public (ulong Ntp, uint Rtp) At(Instant now)
    {
        var elapsed = (now - ReportedAt).TotalSeconds;
        return (Ntp + (ulong)(elapsed * (1UL << 32)), Rtp + (uint)(long)(elapsed * ClockRate));
    }
}
