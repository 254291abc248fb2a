using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>The books of one incoming SSRC: order, loss, and how its timestamps lie on the publisher's clock.</summary>
internal sealed class ReceiveStream(Ssrc ssrc, int clockRate)
{
    private readonly ReceptionStatistics _statistics = new();
    private long _reportedHighest = long.MaxValue;   // the first interval is not judged
    private long _reportedLost;

    /// <summary>Whose books these are.</summary>
    public Ssrc Ssrc => ssrc;

    /// <summary>What is missing.</summary>
    public NackTracker Missing { get; } = new();

    /// <summary>The newest packet so far.</summary>
    public SequenceNumber Highest { get; private set; }

    /// <summary>The timestamp of the newest packet.</summary>
    public uint HighestTimestamp { get; private set; }

    /// <summary>Whether a packet came at all.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>How its timestamps lie on the publisher's clock.</summary>
    public SenderClock Clock { get; private set; }

    /// <summary>When a packet came last.</summary>
    public Instant LastReceived { get; private set; } = Instant.LongAgo;

    /// <summary>Notes a packet that arrived by itself, not by RTX.</summary>
    public void Receive(Instant now, in RtpReader packet)
    {
        LastReceived = now;
        _statistics.Receive(now, packet.SequenceNumber, packet.Timestamp, clockRate);
        if (!HasStarted || packet.SequenceNumber.IsNewerThan(Highest))
        {
            Highest = packet.SequenceNumber;
            HighestTimestamp = packet.Timestamp;
            HasStarted = true;
        }
    }

    /// <summary>Notes a sender report (RFC 3550 §6.4.1).</summary>
    public void NoteSenderReport(Instant now, ulong ntp, uint rtp)
    {
        _statistics.NoteSenderReport(now, ntp);
        Clock = new SenderClock(ntp, rtp, now, clockRate);
    }

    /// <summary>The block that goes into our receiver report; closes the interval.</summary>
    /// <param name="now">The time.</param>
    /// <param name="expected">Packets that the interval should have brought.</param>
    /// <param name="lost">How many of them did not come by themselves.</param>
    public ReportBlock MakeReport(Instant now, out long expected, out long lost)
    {
        var block = _statistics.MakeReport(now, ssrc);
        expected = Math.Max(0, (long)block.ExtendedHighestSequence - _reportedHighest);
        lost = Math.Clamp(_statistics.CumulativeLost - _reportedLost, 0, expected);
        (_reportedHighest, _reportedLost) = (block.ExtendedHighestSequence, _statistics.CumulativeLost);
        return block;
    }
}
