using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Rtcp;

/// <summary>Counts what arrives of one stream and says it as report blocks (RFC 3550 §A.1, §A.3, §A.8).</summary>
/// <remarks>
/// Belongs to one receive stream. Packets have passed replay protection and authentication, so the probation of §A.1 is left out: nobody
/// can make up a source. A retransmission belongs to its own stream and is not counted here (RFC 4588 §7.1).
/// </remarks>
internal sealed class ReceptionStatistics
{
    private const int LargestGap = 3_000;
    private static readonly TimeSpan LargestTransitChange = TimeSpan.FromSeconds(5);

    private bool _started;
    private SequenceNumber _highest;
    private SequenceNumber? _resume;
    private long _wraps;
    private long _baseSequence;
    private long _received;
    private long _expectedBefore;
    private long _receivedBefore;
    private uint _transit;
    private uint _scaledJitter;
    private uint _lastSenderReport;
    private Instant _lastSenderReportAt;

    /// <summary>Whether any packet has arrived; before that there is nothing to report.</summary>
    public bool HasReceived => _started;

    /// <summary>The highest sequence number in the lower, the count of its wraps in the upper 16 bits.</summary>
    public uint ExtendedHighestSequence => unchecked((uint)ExtendedHighest);

    /// <summary>Packets lost since the stream (re)started; negative when duplicates outweigh losses.</summary>
    public long CumulativeLost => _started ? Expected - _received : 0;

    /// <summary>Packets received since the stream (re)started.</summary>
    public long Received => _received;

    /// <summary>Interarrival jitter in units of the media clock.</summary>
    public uint Jitter => _scaledJitter >> 4;

    private long ExtendedHighest => _wraps << 16 | _highest.Value;

    private long Expected => ExtendedHighest - _baseSequence + 1;

    /// <summary>Counts one packet.</summary>
    /// <remarks>
    /// A number further than 3 000 away, ahead or behind, is not counted until its successor follows it: then the stream has restarted
    /// and everything begins afresh. §A.1 calls a number late only up to 100 behind; a resend can be later than that.
    /// </remarks>
    /// <param name="now">When it arrived.</param>
    /// <param name="sequenceNumber">Its sequence number.</param>
    /// <param name="rtpTimestamp">Its media timestamp.</param>
    /// <param name="clockRate">Units of the media clock per second.</param>
    public void Receive(Instant now, SequenceNumber sequenceNumber, uint rtpTimestamp, int clockRate)
    {
        if (!_started)
        {
            Start(now, sequenceNumber, rtpTimestamp, clockRate);
            return;
        }

        int distance = sequenceNumber.DistanceFrom(_highest);
        if (Math.Abs(distance) > LargestGap)
        {
            if (_resume == sequenceNumber) Start(now, sequenceNumber, rtpTimestamp, clockRate);
            else _resume = sequenceNumber.Next;
            return;
        }

        _resume = null;
        _received++;
        if (distance <= 0) return;

        if (sequenceNumber.Value < _highest.Value) _wraps++;
        _highest = sequenceNumber;

        // Only what advances the stream tells of jitter: a late packet was held up by loss or reordering, and that is counted already.
        MeasureJitter(Transit(now, rtpTimestamp, clockRate), clockRate);
    }

    /// <summary>Remembers a sender report of this stream, for the sender to compute its round trip from our next block.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="ntpTime">The report's NTP time.</param>
    public void NoteSenderReport(Instant now, ulong ntpTime)
    {
        _lastSenderReport = (uint)(ntpTime >> 16);
        _lastSenderReportAt = now;
    }

    /// <summary>Makes a report block and begins the next interval.</summary>
    /// <param name="now">When the report leaves.</param>
    /// <param name="ssrc">The stream's SSRC.</param>
    public ReportBlock MakeReport(Instant now, Ssrc ssrc)
    {
        var expected = _started ? Expected : 0;
        var expectedInInterval = expected - _expectedBefore;
        var lostInInterval = expectedInInterval - (_received - _receivedBefore);
        _expectedBefore = expected;
        _receivedBefore = _received;

        var fraction = expectedInInterval <= 0 || lostInInterval <= 0 ? 0 : (lostInInterval << 8) / expectedInInterval;
        return new ReportBlock(
            ssrc,
            (byte)Math.Min(fraction, byte.MaxValue),
            (int)Math.Clamp(CumulativeLost, ReportBlock.LeastLost, ReportBlock.MostLost),
            ExtendedHighestSequence,
            Jitter,
            _lastSenderReport,
            DelaySinceLastSenderReport(now));
    }

    private static uint Transit(Instant now, uint rtpTimestamp, int clockRate)
    {
        // Seconds and remainder apart, for the product of a long uptime and a clock rate does not fit 64 bits.
        var (seconds, rest) = Math.DivRem(now.Ticks, TimeSpan.TicksPerSecond);
        var arrival = unchecked(seconds * clockRate + rest * clockRate / TimeSpan.TicksPerSecond);
        return unchecked((uint)arrival - rtpTimestamp);
    }

    private void Start(Instant now, SequenceNumber sequenceNumber, uint rtpTimestamp, int clockRate)
    {
        _started = true;
        _highest = sequenceNumber;
        _resume = null;
        _wraps = 0;
        _baseSequence = sequenceNumber.Value;
        _received = 1;
        _expectedBefore = 0;
        _receivedBefore = 0;
        _scaledJitter = 0;
        _transit = Transit(now, rtpTimestamp, clockRate);
    }

    private void MeasureJitter(uint transit, int clockRate)
    {
        var change = Math.Abs((long)unchecked((int)(transit - _transit)));
        _transit = transit;

        // A jump of seconds is a sender's clock set anew, not a network's jitter; it would drown the figure for minutes.
        if (change > (long)(LargestTransitChange.TotalSeconds * clockRate)) return;
        _scaledJitter = (uint)(_scaledJitter + change - ((_scaledJitter + 8) >> 4));
    }

    private uint DelaySinceLastSenderReport(Instant now)
    {
        if (_lastSenderReport == 0 || now < _lastSenderReportAt) return 0;

        var (seconds, rest) = Math.DivRem((now - _lastSenderReportAt).Ticks, TimeSpan.TicksPerSecond);
        return seconds > ushort.MaxValue ? uint.MaxValue : (uint)(seconds << 16 | (rest << 16) / TimeSpan.TicksPerSecond);
    }
}
