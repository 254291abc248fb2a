using Streaming.Rtc;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Srtp;

namespace Streaming.Client.Peers;

/// <summary>The tracks of a <see cref="HeadlessPeer"/>: finds whose a packet is, reports, asks again.</summary>
/// <remarks>Sees plain packets only; its peer decrypts what comes in. Belongs to that peer.</remarks>
internal sealed class PeerMedia(HeadlessPeerOptions options, Ssrc reporter, OutgoingQueue queue)
{
    private const int MostRtcp = 1200;
    private const int MostNumbersPerNack = 64;
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RequestPause = TimeSpan.FromMilliseconds(500);

    private readonly ArrivalTeller _arrivals = new(reporter);

    private OutboundSrtp? _outbound;
    private Instant _nextReport = Instant.Never;
    private Instant _requestsFrom = Instant.LongAgo;

    /// <summary>The RTCP CNAME of all that the peer sends (RFC 7022).</summary>
    public string CanonicalName { get; } = $"headless-{reporter}";

    /// <summary>What a publisher sends.</summary>
    public SentTrack[] Sent { get; set; } = [];

    /// <summary>What a watcher receives.</summary>
    public ReceivedTrack[] Received { get; private set; } = [];

    /// <inheritdoc cref="HeadlessPeer.RembBitrate"/>
    public ulong? RembBitrate { get; private set; }

    /// <summary>Counts what is sent over all tracks.</summary>
    public TransportNumbers Numbers { get; } = new();

    /// <inheritdoc cref="HeadlessPeer.ArrivalsTold"/>
    public long ArrivalsTold { get; private set; }

    /// <inheritdoc cref="HeadlessPeer.TransportFeedbacks"/>
    public long TransportFeedbacks { get; private set; }

    /// <summary>When <see cref="Tick"/> wants to be called next.</summary>
    public Instant NextTick
    {
        get
        {
            var next = Instant.Earlier(_nextReport, _arrivals.Due);
            foreach (var track in Received)
            {
                next = Instant.Earlier(next, RequestsDue(track));
            }

            return next;
        }
    }

    /// <summary>Takes what was answered to the offer's sections.</summary>
    public void Accept(IReadOnlyList<AnsweredSection> sections)
    {
        foreach (var track in Sent)
        {
            if (track.Section < sections.Count)
            {
                track.Accept(sections[track.Section]);
            }
        }

        if (Sent.Length == 0)
        {
            Received = [.. sections.Select((section, index) => new ReceivedTrack(section, index, options))];
            _arrivals.Accept(sections);
        }
    }

    /// <summary>Begins to send.</summary>
    public void Connect(Instant now, OutboundSrtp outbound)
    {
        _outbound = outbound;
        _nextReport = now + ReportInterval;
        foreach (var track in Sent)
        {
            track.Connect(outbound);
        }
    }

    /// <summary>Ends sending for good.</summary>
    public void Disconnect()
    {
        _outbound = null;
        foreach (var track in Sent)
        {
            track.Disconnect();
        }
    }

    /// <summary>Takes a decrypted RTP packet; a retransmission is restored in place.</summary>
    public DropReason ReceiveRtp(Instant now, Span<byte> datagram)
    {
        if (!RtpReader.TryRead(datagram, out var packet))
        {
            return DropReason.RtpMalformed;
        }

        _arrivals.Note(now, packet);
        foreach (var track in Received)
        {
            if (track.Ssrc == packet.Ssrc)
            {
                track.Receive(now, packet);
                return DropReason.None;
            }

            if (track.RetransmissionSsrc == packet.Ssrc)
            {
                track.ReceiveAgain(now, datagram, packet.PayloadType);
                return DropReason.None;
            }
        }

        return DropReason.RtpUnknownSsrc;
    }

    /// <summary>Takes a decrypted RTCP compound.</summary>
    public DropReason ReceiveRtcp(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (!RtcpReader.TryRead(datagram, out var compound))
        {
            return DropReason.RtcpMalformed;
        }

        while (compound.TryNext(out var packet))
        {
            Take(now, packet);
        }

        return DropReason.None;
    }

    /// <summary>Sends the requests and reports that are due.</summary>
    public void Tick(Instant now)
    {
        AskAgain(now);
        TellArrivals(now);
        if (now >= _nextReport)
        {
            Report(now);
        }
    }

    /// <inheritdoc cref="HeadlessPeer.RequestKeyFrame"/>
    public void RequestKeyFrame(ReceivedTrack track)
    {
        Span<byte> compound = stackalloc byte[64];
        var writer = new RtcpWriter(compound);
        writer.Pli(reporter, track.Ssrc);
        track.KeyFrameRequests++;
        SendRtcp(compound[..writer.Length]);
    }

    private void Take(Instant now, in RtcpPacket packet)
    {
        foreach (var block in packet.ReportBlocks)
        {
            SentBy(block.Ssrc)?.ReceiveReport(now, block);
        }

        switch (packet.Kind)
        {
            case RtcpKind.SenderReport when packet.TryGetSenderReport(out var report):
                foreach (var track in Received)
                {
                    if (track.Ssrc == report.Ssrc)
                    {
                        track.NoteSenderReport(now, report.NtpTime);
                    }
                }

                break;
            case RtcpKind.Nack:
                SentBy(packet.Media)?.ReceiveNack(packet.LostPackets);
                break;
            case RtcpKind.Pli:
                SentBy(packet.Media)?.ReceiveRequest();
                break;
            case RtcpKind.Fir:
                foreach (var entry in packet.FirEntries)
                {
                    SentBy(entry.Ssrc)?.ReceiveFir(entry.SequenceNumber);
                }

                break;
            case RtcpKind.Remb when packet.TryGetRemb(out var bitrate):
                RembBitrate = bitrate;
                break;
            case RtcpKind.TransportFeedback when packet.TryGetTransportFeedback(out var feedback):
                TransportFeedbacks++;
                foreach (var _ in feedback)
                {
                    ArrivalsTold++;
                }

                break;
        }
    }

    private SentTrack? SentBy(Ssrc ssrc) => Array.Find(Sent, track => track.Ssrc == ssrc);

    private void AskAgain(Instant now)
    {
        Span<byte> compound = stackalloc byte[MostRtcp];
        Span<SequenceNumber> numbers = stackalloc SequenceNumber[MostNumbersPerNack];
        foreach (var track in Received)
        {
            if (now >= track.Gaps.Due)
            {
                var count = track.Gaps.Take(now, numbers, out var givenUp);
                track.GivenUp += givenUp;
                track.AskedAgain += count;
                track.WantsKeyFrame |= givenUp > 0;
                var writer = new RtcpWriter(compound);
                writer.Nack(reporter, track.Ssrc, numbers[..count]);
                SendRtcp(compound[..writer.Length]);
            }

            if (now >= RequestsDue(track) && track.WantsKeyFrame)
            {
                track.WantsKeyFrame = false;
                _requestsFrom = now + RequestPause;
                RequestKeyFrame(track);
            }
        }
    }

    private void TellArrivals(Instant now)
    {
        Span<byte> compound = stackalloc byte[MostRtcp];
        while (now >= _arrivals.Due)
        {
            SendRtcp(compound[.._arrivals.Write(now, compound)]);
        }
    }

    private Instant RequestsDue(ReceivedTrack track)
    {
        var keyFrame = track is { WantsKeyFrame: true, IsVideo: true } && options.AsksForKeyFrames ? _requestsFrom : Instant.Never;
        return Instant.Earlier(track.Gaps.Due, keyFrame);
    }

    private void Report(Instant now)
    {
        _nextReport = now + ReportInterval;
        foreach (var track in Received)
        {
            track.WantsKeyFrame |= track is { IsVideo: true, HasReceived: true, KeyFrames: 0 };   // its very first packets were lost
        }

        Span<byte> compound = stackalloc byte[MostRtcp];
        var writer = new RtcpWriter(compound);
        foreach (var track in Sent)
        {
            track.Report(now, ref writer, CanonicalName);
        }

        if (Received.Length > 0)
        {
            Span<ReportBlock> blocks = stackalloc ReportBlock[8];
            var count = 0;
            foreach (var track in Received)
            {
                if (track.HasReceived && count < blocks.Length)
                {
                    blocks[count++] = track.Report(now);
                }
            }

            writer.ReceiverReport(reporter, blocks[..count]);
            writer.SourceDescription(reporter, CanonicalName);
        }

        SendRtcp(compound[..writer.Length]);
    }

    private void SendRtcp(ReadOnlySpan<byte> compound)
    {
        if (_outbound is not null && !compound.IsEmpty && queue.Next() is { IsEmpty: false } slot)
        {
            queue.Commit(_outbound.ProtectRtcp(compound, slot));
        }
    }
}
