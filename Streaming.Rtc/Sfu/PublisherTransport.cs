using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>A peer that sends tracks.</summary>
/// <remarks>Belongs to one <see cref="RtcEngine"/>; only its RTC worker calls it.</remarks>
internal sealed class PublisherTransport : PeerTransport
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BitrateInterval = TimeSpan.FromMilliseconds(500);
    private const int MostReports = 512;   // of 17 streams: two pictures of four layers, each with what opens the compound, and a voice
    private const string CanonicalName = "streaming";   // one per server will do: nothing of ours is played there
    private readonly StreamRoutes _routes;
    private readonly ArrivalFeedback? _arrivals;
    private readonly RembEstimator? _bitrate;
    private Instant _nextReport;
    private Instant _nextBitrate;

    public PublisherTransport(TransportId id, Room room, PublishParameters parameters, RtcEngine engine, Instant admitted)
        : base(id, room, parameters.Peer, engine, admitted)
    {
        Tracks = [.. parameters.Tracks.SelectMany(track => Enumerable.Range(0, Math.Max(1, track.Rids.Count))
            .Select(layer => new UpTrack(track, layer, this, engine)))];
        _routes = new StreamRoutes(parameters, Tracks);
        if (parameters.TransportNumberExtension is > 0 and var extension)
        {
            _arrivals = new ArrivalFeedback(extension);
        }
        else
        {
            _bitrate = new RembEstimator(engine.Options.VideoBitrate * Math.Max(1, parameters.Tracks.Count(track => track.Source != TrackSource.Voice)));
        }
    }

    /// <summary>Its tracks, in the order of the media sections; the simulcast layers of one each by itself, the smallest first.</summary>
    public UpTrack[] Tracks { get; }

    /// <inheritdoc/>
    public override void Tick(Instant now, SendBatch batch)
    {
        if (!IsConnected)
        {
            return;
        }

        foreach (var track in Tracks)
        {
            track.Tick(now, batch);
        }

        if (now >= _nextReport)
        {
            _nextReport = After(_nextReport, ReportInterval, now);
            SendReports(now, batch);
        }

        if (_bitrate is not null && now >= _nextBitrate)
        {
            _nextBitrate = After(_nextBitrate, BitrateInterval, now);
            SendBitrate(_bitrate, batch);
        }

        if (_arrivals is not null && _arrivals.IsDue(now))
        {
            SendArrivals(now, _arrivals, batch);
        }
    }

    /// <summary>Asks for missing packets.</summary>
    public void SendNack(Ssrc media, ReadOnlySpan<SequenceNumber> missing, SendBatch batch)
    {
        Span<byte> compound = stackalloc byte[512];
        var writer = new RtcpWriter(compound);
        writer.ReceiverReport(Engine.LocalSsrc, []);   // RFC 3550 §6.1: a compound begins with a report and names its sender
        writer.SourceDescription(Engine.LocalSsrc, CanonicalName);
        writer.Nack(Engine.LocalSsrc, media, missing);
        SendRtcp(compound[..writer.Length], batch);
    }

    /// <summary>Asks for a key frame (RFC 4585 §6.3.1).</summary>
    public void SendPictureLoss(Ssrc media, SendBatch batch)
    {
        Span<byte> compound = stackalloc byte[64];
        var writer = new RtcpWriter(compound);
        writer.ReceiverReport(Engine.LocalSsrc, []);
        writer.SourceDescription(Engine.LocalSsrc, CanonicalName);
        writer.Pli(Engine.LocalSsrc, media);
        SendRtcp(compound[..writer.Length], batch);
    }

    /// <inheritdoc/>
    protected override void OnConnected(Instant now, SendBatch batch)
    {
        (_nextReport, _nextBitrate) = (now + ReportInterval, now);
        Room.PublisherConnected(this);
    }

    /// <inheritdoc/>
    protected override DropReason OnRtp(Instant now, in RtpReader packet, SendBatch batch)
    {
        _arrivals?.Note(now, packet);
        if (!_routes.TryFind(now, packet, batch, out var route))
        {
            return DropReason.RtpUnknownSsrc;
        }

        var dropped = route.IsRetransmission
            ? route.Track.ReceiveRetransmission(now, packet, batch)
            : route.Track.Receive(now, packet, batch);
        if (dropped == DropReason.None)
        {
            Engine.Counters.PacketsReceived++;
            Engine.Counters.BytesReceived += packet.Payload.Length;
        }

        return dropped;
    }

    /// <inheritdoc/>
    protected override void OnRtcp(Instant now, in RtcpPacket packet, SendBatch batch)
    {
        if (packet.TryGetSenderReport(out var report))
        {
            foreach (var track in Tracks)
            {
                if (track.Stream.HasStarted && track.Stream.Ssrc == report.Ssrc)
                {
                    track.Stream.NoteSenderReport(now, report.NtpTime, report.RtpTimestamp);
                    Room.Outlet.TellClock(track);
                }
            }
        }
    }

    // On the beat, but without making up for beats that were missed.
    private static Instant After(Instant due, TimeSpan interval, Instant now) => due + interval > now ? due + interval : now + interval;

    private void SendReports(Instant now, SendBatch batch)
    {
        Span<ReportBlock> blocks = stackalloc ReportBlock[Tracks.Length];
        var count = 0;
        var (expected, lost) = (0L, 0L);
        foreach (var track in Tracks)
        {
            if (track.Stream.HasStarted)
            {
                blocks[count++] = track.Stream.MakeReport(now, out var expectedOfTrack, out var lostOfTrack);
                (expected, lost) = (expected + expectedOfTrack, lost + lostOfTrack);
            }
        }

        if (count == 0)
        {
            return;
        }

        // Over all tracks: a quiet screen that loses one packet of four says nothing of the link.
        if (expected > 0)
        {
            _bitrate?.Update(lost / (double)expected);
        }

        Span<byte> compound = stackalloc byte[MostReports];
        var writer = new RtcpWriter(compound);
        writer.ReceiverReport(Engine.LocalSsrc, blocks[..count]);
        writer.SourceDescription(Engine.LocalSsrc, CanonicalName);
        SendRtcp(compound[..writer.Length], batch);
    }

    private void SendBitrate(RembEstimator bitrate, SendBatch batch)
    {
        Span<Ssrc> media = stackalloc Ssrc[Tracks.Length];
        var count = 0;
        foreach (var track in Tracks)
        {
            if (track.IsVideo && track.Stream.HasStarted)
            {
                media[count++] = track.Stream.Ssrc;
            }
        }

        if (count == 0)
        {
            return;
        }

        Span<byte> compound = stackalloc byte[128];
        var writer = new RtcpWriter(compound);
        writer.ReceiverReport(Engine.LocalSsrc, []);
        writer.SourceDescription(Engine.LocalSsrc, CanonicalName);
        writer.Remb(Engine.LocalSsrc, bitrate.Bitrate, media[..count]);
        SendRtcp(compound[..writer.Length], batch);
    }

    private void SendArrivals(Instant now, ArrivalFeedback arrivals, SendBatch batch)
    {
        Span<byte> compound = stackalloc byte[ArrivalFeedback.MostBytes];
        for (var isDone = false; !isDone;)
        {
            var writer = new RtcpWriter(compound);
            writer.ReceiverReport(Engine.LocalSsrc, []);
            writer.SourceDescription(Engine.LocalSsrc, CanonicalName);
            isDone = arrivals.TryWrite(now, ref writer, Engine.LocalSsrc);
            SendRtcp(compound[..writer.Length], batch);
        }
    }
}
