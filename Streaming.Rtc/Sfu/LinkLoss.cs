using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Sfu;

/// <summary>What is lost between us and one watcher, over all its slots, by its receiver reports (RFC 3550 §6.4.1).</summary>
/// <remarks>
/// Packets are weighed, not slots: a still screen that loses one packet of two says nothing of the link. And what has never reached us was
/// not lost here: nobody is blamed for the publisher's network.
/// </remarks>
internal struct LinkLoss
{
    /// <summary>Fewer packets are not judged but kept for the next time: one of them that is lost would look like a bad link.</summary>
    public const int FewestPackets = 64;

    private long _sent;
    private long _lost;

    /// <summary>Takes what one report says of one slot.</summary>
    public void Add(long sent, long lost) => (_sent, _lost) = (_sent + sent, _lost + lost);

    /// <summary>Judges what was reported since the last time.</summary>
    /// <param name="fraction">Share of the packets that were lost, 0–1.</param>
    /// <returns>False while there were too few.</returns>
    public bool TryTake(out double fraction)
    {
        fraction = _sent < FewestPackets ? 0 : Math.Clamp(_lost / (double)_sent, 0, 1);
        if (_sent < FewestPackets)
        {
            return false;
        }

        this = default;
        return true;
    }
}

/// <summary>What the reports on one slot have said so far.</summary>
internal struct SlotReports
{
    private bool _hasReport;
    private uint _highest;
    private long _sent;
    private long _received;

    /// <summary>Takes the next report.</summary>
    /// <param name="block">What the watcher says of the slot.</param>
    /// <param name="stream">What we have sent of it.</param>
    /// <param name="lost">How many of them did not arrive; negative when what was thought lost came late.</param>
    /// <returns>How many packets were sent in the interval that the report closes; the first closes none.</returns>
    public long Note(in ReportBlock block, OutboundSrtpStream stream, out long lost)
    {
        // A hole that the publisher left counts on neither side: we sent nothing under that number, and nothing came.
        var sent = stream.PacketsUpTo(new SequenceNumber((ushort)block.ExtendedHighestSequence));
        var received = block.ExtendedHighestSequence - (long)block.CumulativeLost;
        var sentSince = _hasReport && block.ExtendedHighestSequence >= _highest ? Math.Max(0, sent - _sent) : 0;
        lost = Math.Clamp(sentSince - (received - _received), -sentSince, sentSince);
        (_hasReport, _highest, _sent, _received) = (true, block.ExtendedHighestSequence, sent, received);
        return sentSince;
    }
}
