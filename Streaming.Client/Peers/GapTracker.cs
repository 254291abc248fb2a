using Streaming.Rtc;
using Streaming.Rtc.Rtp;

namespace Streaming.Client.Peers;

/// <summary>Which packets of a stream to ask for again, and when: at once, after 20 ms, then by the round trip; ten times in all.</summary>
internal sealed class GapTracker
{
    /// <summary>How often a packet is asked for.</summary>
    public const int MostTries = 10;

    private const int MostGaps = 512;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly List<Gap> _gaps = new(16);

    /// <summary>How long an answer takes, smoothed; null before the first.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    /// <summary>When the next ask is due; <see cref="Instant.Never"/> when nothing is missing.</summary>
    public Instant Due { get; private set; } = Instant.Never;

    /// <summary>Notes that a packet is missing.</summary>
    /// <returns>False when too many are: that is an outage, which asking does not mend.</returns>
    public bool Open(Instant now, long index)
    {
        if (_gaps.Count == MostGaps)
        {
            return false;
        }

        _gaps.Add(new Gap(index, 0, now, now));
        Due = Instant.Earlier(Due, now);
        return true;
    }

    /// <summary>Notes that a packet has come after all.</summary>
    public void Fill(Instant now, long index, bool byRetransmission)
    {
        for (var i = 0; i < _gaps.Count; i++)
        {
            var gap = _gaps[i];
            if (gap.Index != index)
            {
                continue;
            }

            if (byRetransmission && gap.Tries == 1)
            {
                // Only an ask made once tells which ask was answered (Karn's rule).
                var sample = now - gap.AskedAt;
                RoundTrip = RoundTrip is { } smoothed ? smoothed + ((sample - smoothed) / 8) : sample;
            }

            _gaps.RemoveAt(i);
            return;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _gaps.Clear();
        Due = Instant.Never;
    }

    /// <summary>Collects what is to be asked for now, in order.</summary>
    /// <param name="now">The time.</param>
    /// <param name="numbers">Receives the numbers; what does not fit is due again at once.</param>
    /// <param name="givenUp">How many packets were asked for in vain ten times, and are not waited for any more.</param>
    /// <returns>How many numbers.</returns>
    public int Take(Instant now, Span<SequenceNumber> numbers, out int givenUp)
    {
        var taken = 0;
        givenUp = _gaps.RemoveAll(gap => gap.Tries == MostTries && gap.Next <= now);
        Due = Instant.Never;
        for (var i = 0; i < _gaps.Count; i++)
        {
            var gap = _gaps[i];
            if (gap.Next <= now && taken < numbers.Length)
            {
                numbers[taken++] = new SequenceNumber(unchecked((ushort)gap.Index));
                gap = gap with { Tries = gap.Tries + 1, AskedAt = now, Next = now + PauseAfter(gap.Tries + 1) };
                _gaps[i] = gap;
            }

            Due = Instant.Earlier(Due, gap.Next);
        }

        return taken;
    }

    private TimeSpan PauseAfter(int tries)
    {
        // Until the round trip is known the pause doubles, so that ten tries also outlast a slow link's first answer.
        var pause = RoundTrip is { } roundTrip ? roundTrip * 1.25 : FirstPause * (1 << Math.Min(tries - 1, 5));
        return pause < FirstPause ? FirstPause : pause > LongestPause ? LongestPause : pause;
    }

    private readonly record struct Gap(long Index, int Tries, Instant AskedAt, Instant Next);
}
