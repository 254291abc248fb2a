using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Streaming.Contracts;
using Streaming.Rtc.Net;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Sfu;
using Rung = Streaming.Contracts.Rung;
using RtcRung = Streaming.Rtc.Sfu.Rung;
using RtcSource = Streaming.Rtc.Sfu.TrackSource;
using TrackSource = Streaming.Contracts.TrackSource;

namespace Streaming.Server.Media;

/// <summary>The server's side of the media workers: answers offers, posts commands, carries events back.</summary>
/// <remarks>Offers are answered on the caller's thread; commands to a worker are one-way and nobody waits for it.</remarks>
internal sealed class MediaGateway(RtcWorkerPool pool, IOptions<StreamingOptions> options, IMediaEvents events) : BackgroundService, IMediaGateway
{
    private readonly MediaRooms _rooms = new(pool, options.Value.Rtc.ViewersPerWorker);
    private readonly ConcurrentDictionary<string, Session> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<TransportId, Session> _byTransport = new();

    /// <inheritdoc/>
    public ValueTask<MediaResult> PublishAsync(MediaOwner owner, string sdpOffer, CancellationToken cancellationToken)
    {
        string? answer = null;
        PublishParameters? parameters = null;
        SdpRefusal? refusal = null;
        var opened = Open(
            owner,
            MediaPlace.Publisher,
            worker => PublishAnswer.TryMake(sdpOffer, Describe(worker), out answer, out parameters, out refusal),
            (room, transport) => new AddPublisher(transport, room, parameters!));
        return ValueTask.FromResult(opened
            ? MediaResult.Answered(answer!, [.. parameters!.Tracks.Select(track => ToContract(track.Source))])
            : Refused(refusal!));
    }

    /// <inheritdoc/>
    public ValueTask<MediaResult> WatchAsync(MediaOwner owner, bool observer, string sdpOffer, CancellationToken cancellationToken)
    {
        string? answer = null;
        WatchParameters? parameters = null;
        SdpRefusal? refusal = null;
        var opened = Open(
            owner,
            observer ? MediaPlace.Observer : MediaPlace.Viewer,
            worker => WatchAnswer.TryMake(sdpOffer, Describe(worker), CanonicalName(), null, out answer, out parameters, out refusal),
            (room, transport) => new AddWatcher(transport, room, parameters!, observer));
        return ValueTask.FromResult(opened ? MediaResult.Answered(answer!, []) : Refused(refusal!));
    }

    /// <inheritdoc/>
    public void SetSources(string session, IReadOnlyList<TrackSource> sources)
    {
        if (_byName.TryGetValue(session, out var found))
        {
            found.Worker.Post(new SetSources(found.Transport, [.. sources.Select(ToRtc)]));
        }
    }

    /// <inheritdoc/>
    public void LimitRung(string session, Rung highest)
    {
        if (_byName.TryGetValue(session, out var found))
        {
            found.Worker.Post(new LimitWatcher(found.Transport, ToRtc(highest)));
        }
    }

    /// <inheritdoc/>
    public void Close(string session)
    {
        if (_byName.TryGetValue(session, out var found) && Forget(found))
        {
            found.Worker.Post(new CloseTransport(found.Transport, CloseReason.Requested));
            Leave(found);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var happened in pool.Events.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            if (_byTransport.TryGetValue(happened.Transport, out var session))
            {
                Tell(happened, session);
            }
        }
    }

    private void Tell(RtcEvent happened, Session session)
    {
        switch (happened)
        {
            case TransportConnected:
                events.Connected(session.Owner);
                break;
            case WatcherQuality quality:
                events.Quality(session.Owner, Rate(quality.LostFraction));
                break;
            case WatcherRung rung:
                events.Rung(session.Owner, ToContract(rung.Rung));
                break;
            case CameraWanted wanted:
                events.LayersWanted(session.Owner, wanted.Top);
                break;
            case PictureSized picture:
                events.Sends(session.Owner, ToContract(picture.Source), picture.Layer, $"{picture.Rid ?? "-"} {picture.Ssrc}", $"{picture.Size}");
                break;
            case TransportClosed closed when Forget(session):
                Leave(session);
                events.Closed(session.Owner, closed.Reason.ToString());
                break;
        }
    }

    private void Leave(Session session) => _rooms.Leave(session.Seat);

    private bool Open(MediaOwner owner, MediaPlace place, Func<RtcWorker, bool> negotiate, Func<RoomId, TransportId, RtcCommand> admit)
    {
        var transport = pool.NextTransportId();
        return _rooms.Enter(
            owner.Class,
            place,
            seat =>
            {
                if (!negotiate(seat.Worker))
                {
                    return false;
                }

                // Known before the worker hears of it: its first event may come at once.
                var session = new Session(owner, transport, seat);
                _byTransport[transport] = session;
                _byName[owner.Session] = session;
                return true;
            },
            room => admit(room, transport)) is not null;
    }

    // The class closes a session while its worker may be telling of its end: one dictionary decides who of them gives the place back.
    private bool Forget(Session session)
    {
        if (!_byTransport.TryRemove(session.Transport, out _))
        {
            return false;
        }

        _byName.TryRemove(session.Owner.Session, out _);
        return true;
    }

    private LocalDescription Describe(RtcWorker worker) => new(
        worker.NewCredentials(),
        pool.Certificate.Fingerprint,
        [.. worker.Candidates.Select(candidate => candidate.ToSdp())],
        (ulong)RandomNumberGenerator.GetInt32(int.MaxValue))
    {
        Voice = new VoiceWish
        {
            Bitrate = options.Value.Rtc.VoiceBitrate,
            HasFec = options.Value.Rtc.VoiceFec,
            IsQuietInSilence = options.Value.Rtc.VoiceDtx,
        },
    };

    // RFC 7022 §4.2: 96 random bits; one name for all that one watcher gets.
    private static string CanonicalName() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(12));

    private static MediaResult Refused(SdpRefusal refusal) => MediaResult.Refused(
        refusal.Kind switch
        {
            SdpRefusalKind.TooLarge => HubErrors.SdpTooLarge,
            SdpRefusalKind.NoCommonCodec => HubErrors.NoCommonCodec,
            _ => HubErrors.SdpInvalid,
        },
        refusal.Sentence);

    private static LinkQuality Rate(double lostFraction) => lostFraction switch
    {
        < 0.02 => LinkQuality.Good,
        <= 0.08 => LinkQuality.Fair,
        _ => LinkQuality.Bad,
    };

    private static Rung ToContract(RtcRung rung) => rung switch
    {
        RtcRung.Picture => Rung.Picture,
        RtcRung.Slides => Rung.Slides,
        RtcRung.Sound => Rung.Sound,
        _ => Rung.Text,
    };

    private static RtcRung ToRtc(Rung rung) => rung switch
    {
        Rung.Picture => RtcRung.Picture,
        Rung.Slides => RtcRung.Slides,
        Rung.Sound => RtcRung.Sound,
        _ => RtcRung.Text,
    };

    private static TrackSource ToContract(RtcSource source) => source switch
    {
        RtcSource.Voice => TrackSource.Voice,
        RtcSource.Camera => TrackSource.Camera,
        _ => TrackSource.Screen,
    };

    private static RtcSource ToRtc(TrackSource source) => source switch
    {
        TrackSource.Voice => RtcSource.Voice,
        TrackSource.Camera => RtcSource.Camera,
        _ => RtcSource.Screen,
    };

    private sealed record Session(MediaOwner Owner, TransportId Transport, MediaSeat Seat)
    {
        public RtcWorker Worker => Seat.Worker;
    }
}
