using System.Runtime.CompilerServices;
using Streaming.Rtc.Rtcp;

namespace Streaming.Rtc.Sfu;

/// <summary>When the last sender reports left, by which a receiver report tells the round trip (RFC 3550 §6.4.1).</summary>
/// <remarks>Several, for on a weak link the answer to one comes after the next has left.</remarks>
internal struct SentReports
{
    private const int Kept = 8;

    private Entries _entries;
    private int _next;

    /// <summary>A report leaves.</summary>
    /// <param name="now">When.</param>
    /// <param name="ntp">The time that it tells.</param>
    public void Note(Instant now, ulong ntp)
    {
        _entries[_next] = ((uint)(ntp >> 16), now);
        _next = (_next + 1) % Kept;
    }

    /// <summary>The round trip that a block tells: arrival − LSR − DLSR, with our own note of when that report left; null when it names none that is known.</summary>
    public readonly TimeSpan? RoundTripOf(Instant now, in ReportBlock block)
    {
        if (block.LastSenderReport == 0)
        {
            return null;
        }

        foreach (var (report, at) in _entries)
        {
            if (report == block.LastSenderReport)
            {
                var roundTrip = now - at - TimeSpan.FromSeconds(block.DelaySinceLastSenderReport / 65_536.0);
                return roundTrip > TimeSpan.Zero ? roundTrip : TimeSpan.Zero;
            }
        }

        return null;
    }

    [InlineArray(Kept)]
    private struct Entries
    {
        private (uint Report, Instant At) _first;
    }
}
