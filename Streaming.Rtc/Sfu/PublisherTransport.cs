using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>A peer that sends tracks.</summary>
/// <remarks>Belongs to one <see cref="RtcEngine"/>; only its RTC worker calls it.</remarks>
internal sealed class PublisherTransport : PeerTransport
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BitrateInterval = TimeSpan.FromMilliseconds(500);
    private const string CanonicalName = "streaming";   // one per server will do: nothing of ours is played there
    private readonly PublishParameters _parameters;
    private readonly List<Route> _routes = [];
    private readonly RembEstimator _bitrate;
    private Instant _nextReport;
    private Instant _nextBitrate;

    public PublisherTransport(TransportId id, Room room, PublishParameters parameters, RtcEngine engine, Instant admitted)
        : base(id, room, parameters.Peer, engine, admitted)
    {
        _parameters = parameters;
        Tracks = [.. parameters.Tracks.Select(track => new UpTrack(track, this, engine))];
        _bitrate = new RembEstimator(engine.Options.VideoBitrate * Math.Max(1, Tracks.Count(track => track.IsVideo)));
        for (var i = 0; i < Tracks.Length; i++)
        {
            AddRoute(parameters.Tracks[i].Ssrc, Tracks[i], isRetransmission: false);
            AddRoute(parameters.Tracks[i].RetransmissionSsrc, Tracks[i], isRetransmission: true);
        }
    }

    /// <summary>Its tracks, in the order of the media sections.</summary>
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

        if (now >= _nextBitrate)
        {
            _nextBitrate = After(_nextBitrate, BitrateInterval, now);
            SendBitrate(batch);
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
        if (!TryFindRoute(now, packet, batch, out var route))
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
            _bitrate.Update(lost / (double)expected);
        }

        Span<byte> compound = stackalloc byte[256];
        var writer = new RtcpWriter(compound);
        writer.ReceiverReport(Engine.LocalSsrc, blocks[..count]);
        writer.SourceDescription(Engine.LocalSsrc, CanonicalName);
        SendRtcp(compound[..writer.Length], batch);
    }

    private void SendBitrate(SendBatch batch)
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
        writer.Remb(Engine.LocalSsrc, _bitrate.Bitrate, media[..count]);
        SendRtcp(compound[..writer.Length], batch);
    }

    private bool TryFindRoute(Instant now, in RtpReader packet, SendBatch batch, out Route route)
    {
        foreach (var known in _routes)
        {
            if (known.Ssrc == packet.Ssrc)
            {
                route = known;
                return true;
            }
        }

        return TryBind(now, packet, batch, out route);
    }

    // An SSRC that the offer did not name: by its MID (RFC 9143 §9.2), else by a payload type that only one section has.
    private bool TryBind(Instant now, in RtpReader packet, SendBatch batch, out Route route)
    {
        route = default;
        var match = -1;
        var isRetransmission = false;
        var hasMid = _parameters.MidExtension != 0 && packet.TryGetExtension(_parameters.MidExtension, out var mid) && !mid.IsEmpty;
        packet.TryGetExtension(_parameters.MidExtension, out mid);
        for (var i = 0; i < Tracks.Length; i++)
        {
            if (hasMid && !System.Text.Ascii.Equals(mid, Tracks[i].Mid))
            {
                continue;
            }

            foreach (var format in Tracks[i].Formats)
            {
                if (format.PayloadType != packet.PayloadType && format.Retransmission != packet.PayloadType)
                {
                    continue;
                }

                if (match >= 0 && match != i)
                {
                    return false;
                }

                (match, isRetransmission) = (i, format.Retransmission == packet.PayloadType);
            }
        }

        if (match < 0)
        {
            return false;
        }

        var track = Tracks[match];
        if (!isRetransmission && !track.TryRebind(now, packet.Ssrc, batch))
        {
            return false;
        }

        _routes.RemoveAll(known => known.Track == track && known.IsRetransmission == isRetransmission);
        route = new Route(packet.Ssrc, track, isRetransmission);
        _routes.Add(route);
        return true;
    }

    private void AddRoute(Ssrc? ssrc, UpTrack track, bool isRetransmission)
    {
        if (ssrc is { } value)
        {
            _routes.Add(new Route(value, track, isRetransmission));
        }
    }

    private readonly record struct Route(Ssrc Ssrc, UpTrack Track, bool IsRetransmission);
}
