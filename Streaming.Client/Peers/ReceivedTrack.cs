using Streaming.Rtc;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Sfu;

namespace Streaming.Client.Peers;

/// <summary>One slot of a watching <see cref="HeadlessPeer"/>: counts what arrives, notices what does not.</summary>
/// <remarks>Belongs to its peer; only whoever drives the peer calls it. No packet allocates.</remarks>
public sealed class ReceivedTrack
{
    private const int Window = 2048;         // numbers behind the newest for which we still know whether they came
    private const int LargestStep = 3_000;   // a longer step is no loss but another stream

    private readonly HeadlessPeerOptions _options;
    private readonly ulong[] _came = new ulong[Window / 64];
    private readonly ReceptionStatistics _statistics = new();
    private readonly NegotiatedFormat[] _formats;
    private long _first;
    private long _highest = -1;
    private uint? _lastFrame;
    private uint? _lastKeyFrame;

    internal ReceivedTrack(AnsweredSection section, int index, HeadlessPeerOptions options)
    {
        _options = options;
        _formats = [.. section.Formats];
        (Mid, Index, IsVideo) = (section.Mid, index, section.Kind == "video");
        (Ssrc, RetransmissionSsrc) = (section.Ssrc ?? default, section.RetransmissionSsrc);
    }

    /// <summary>The slot's media section (RFC 9143).</summary>
    public string Mid { get; }

    /// <summary>Its place among the slots of the peer.</summary>
    public int Index { get; }

    /// <summary>Whether it is a picture.</summary>
    public bool IsVideo { get; }

    /// <summary>The SSRC under which the server sends.</summary>
    public Ssrc Ssrc { get; }

    /// <summary>The SSRC under which it sends again; null when it does not.</summary>
    public Ssrc? RetransmissionSsrc { get; }

    /// <summary>Whether the server fills the slot.</summary>
    public bool IsAccepted => _formats.Length > 0;

    /// <summary>Packets that arrived, each once.</summary>
    public long Packets { get; private set; }

    /// <summary>Payload bytes of <see cref="Packets"/>.</summary>
    public long Bytes { get; private set; }

    /// <summary>Numbers between the first and the highest that have not arrived. What is still on its way is in here too.</summary>
    public long Lost { get; private set; }

    /// <summary>Packets that arrived as retransmissions only.</summary>
    public long Recovered { get; private set; }

    /// <summary>Packets that arrived again.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Packets that arrived by themselves behind a later one.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>Jumps of the numbering by which it started anew; a server that rewrites into slots never makes one.</summary>
    public long Restarts { get; private set; }

    /// <summary>Frames of which the last packet arrived; for voice, packets.</summary>
    public long Frames { get; private set; }

    /// <summary>Frames of which the first packet says that a decoder can start there.</summary>
    public long KeyFrames { get; private set; }

    /// <summary>Packets with padding only, by which a sender probes the path.</summary>
    public long Probes { get; private set; }

    /// <summary>Packets of a payload type that was not negotiated.</summary>
    public long ForeignTypes { get; private set; }

    /// <summary>Packets that were asked for in vain.</summary>
    public long GivenUp { get; internal set; }

    /// <summary>NACKed numbers, repeats counted.</summary>
    public long AskedAgain { get; internal set; }

    /// <summary>PLIs sent.</summary>
    public long KeyFrameRequests { get; internal set; }

    /// <summary>The timestamp of the newest packet; null before the first.</summary>
    public uint? LastTimestamp { get; private set; }

    /// <summary>When the last packet arrived; <see cref="Instant.LongAgo"/> before the first.</summary>
    public Instant LastAt { get; private set; } = Instant.LongAgo;

    /// <summary>When the first key frame's first packet arrived; null before.</summary>
    public Instant? FirstKeyFrameAt { get; private set; }

    /// <summary>The newest <see cref="ReceivedPacket.Index"/>; -1 before the first.</summary>
    public long HighestIndex => _highest;

    /// <summary>Where packets are also recorded; null for nowhere.</summary>
    public RtpRecording? Capture { get; set; }

    internal GapTracker Gaps { get; } = new();

    internal bool WantsKeyFrame { get; set; }

    internal bool HasReceived => _statistics.HasReceived;

    internal ReportBlock Report(Instant now) => _statistics.MakeReport(now, Ssrc);

    internal void NoteSenderReport(Instant now, ulong ntpTime) => _statistics.NoteSenderReport(now, ntpTime);

    /// <summary>Takes a packet of the slot's own stream.</summary>
    internal void Receive(Instant now, in RtpReader packet)
    {
        if (!TryFormat(packet.PayloadType, out var format))
        {
            ForeignTypes++;
            return;
        }

        _statistics.Receive(now, packet.SequenceNumber, packet.Timestamp, format.Format.ClockRate);
        Arrive(now, packet, format.Format.Codec, isRecovered: false);
    }

    /// <summary>Takes a packet of the slot's retransmission stream; its header is moved in place.</summary>
    internal void ReceiveAgain(Instant now, Span<byte> packet, PayloadType type)
    {
        foreach (ref readonly var format in _formats.AsSpan())
        {
            if (format.Retransmission != type)
            {
                continue;
            }

            if (!Retransmission.TryRestore(packet, format.PayloadType, Ssrc, out var original)
                || !RtpReader.TryRead(original, out var reader))
            {
                Probes++;
                return;
            }

            Arrive(now, reader, format.Format.Codec, isRecovered: true);
            return;
        }

        ForeignTypes++;
    }

    private bool TryFormat(PayloadType type, out NegotiatedFormat found)
    {
        foreach (ref readonly var format in _formats.AsSpan())
        {
            if (format.PayloadType == type)
            {
                found = format;
                return true;
            }
        }

        found = default;
        return false;
    }

    private void Arrive(Instant now, in RtpReader packet, Codec codec, bool isRecovered)
    {
        var index = _highest < 0 ? FirstIndex(packet.SequenceNumber) : _highest + packet.SequenceNumber.DistanceFrom(new((ushort)_highest));
        if (!TryPlace(now, index, isRecovered))
        {
            return;
        }

        LastAt = now;
        if (index == _highest)
        {
            LastTimestamp = packet.Timestamp;
        }

        if (packet.Payload.IsEmpty)
        {
            Probes++;
            return;
        }

        Packets++;
        Bytes += packet.Payload.Length;
        CountFrames(now, packet, codec);
        Capture?.Add(now, packet.Packet);
        _options.OnPacket?.Invoke(this, now, new ReceivedPacket(packet, index, isRecovered));
    }

    /// <summary>Puts a number into the order of those before it.</summary>
    /// <returns>False when it was there already, or is so old that nobody can tell.</returns>
    private bool TryPlace(Instant now, long index, bool isRecovered)
    {
        if (_highest >= 0 && Math.Abs(index - _highest) > LargestStep)
        {
            Restarts++;
            _highest = -1;
            Gaps.Clear();
            index = FirstIndex(new((ushort)index));
        }

        if (_highest < 0)
        {
            Array.Clear(_came);
            (_first, _highest) = (index, index);
            Mark(index);
            return true;
        }

        if (index > _highest)
        {
            OpenGaps(now, index);
            Mark(index);
            _highest = index;
            Recovered += isRecovered ? 1 : 0;
            return true;
        }

        if (index <= _highest - Window || Came(index))
        {
            Duplicates++;
            return false;
        }

        Mark(index);
        Lost -= index > _first ? 1 : 0;   // what came before the first to arrive was never missed
        (Recovered, OutOfOrder) = isRecovered ? (Recovered + 1, OutOfOrder) : (Recovered, OutOfOrder + 1);
        Gaps.Fill(now, index, isRecovered);
        return true;
    }

    private void OpenGaps(Instant now, long index)
    {
        Lost += index - _highest - 1;
        for (var missing = _highest + 1; missing <= index; missing++)
        {
            Unmark(missing);
            if (missing < index && _options.AsksAgain && RetransmissionSsrc is not null)
            {
                WantsKeyFrame |= !Gaps.Open(now, missing);
            }
        }

        // Nobody will send it again, so the picture stays broken until it starts anew.
        WantsKeyFrame |= index > _highest + 1 && IsVideo && (!_options.AsksAgain || RetransmissionSsrc is null);
    }

    private void CountFrames(Instant now, in RtpReader packet, Codec codec)
    {
        if (!IsVideo)
        {
            Frames++;
            return;
        }

        if (packet.Marker && _lastFrame != packet.Timestamp)
        {
            _lastFrame = packet.Timestamp;
            Frames++;
        }

        if (_lastKeyFrame != packet.Timestamp && Rtc.Rtp.KeyFrames.StartsKeyFrame(codec, packet.Payload))
        {
            _lastKeyFrame = packet.Timestamp;
            KeyFrames++;
            FirstKeyFrameAt ??= now;
        }
    }

    // One circle up, so that a packet from before the first has a place too.
    private static long FirstIndex(SequenceNumber number) => 0x1_0000 + number.Value;

    private static long Word(long index) => index % Window / 64;

    private bool Came(long index) => (_came[Word(index)] >> (int)(index % 64) & 1) != 0;

    private void Mark(long index) => _came[Word(index)] |= 1UL << (int)(index % 64);

    private void Unmark(long index) => _came[Word(index)] &= ~(1UL << (int)(index % 64));
}
