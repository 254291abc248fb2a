using System.Text;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>Where one SSRC of a publisher goes.</summary>
internal readonly record struct StreamRoute(Ssrc Ssrc, UpTrack Track, bool IsRetransmission);

/// <summary>Which stream of a publisher belongs to which of its tracks and layers.</summary>
/// <remarks>
/// Belongs to one <see cref="PublisherTransport"/>. What the offer names by SSRC is known from the start. Everything else is bound by the first
/// packet that says whose it is, and known by its SSRC from then on: senders leave the names out once we have reported of the stream.
/// </remarks>
internal sealed class StreamRoutes
{
    private readonly PublishParameters _parameters;
    private readonly UpTrack[] _tracks;
    private readonly List<StreamRoute> _routes = [];

    /// <param name="parameters">As negotiated.</param>
    /// <param name="tracks">The tracks of its sections, in their order, each layer by itself.</param>
    public StreamRoutes(PublishParameters parameters, UpTrack[] tracks)
    {
        (_parameters, _tracks) = (parameters, tracks);
        foreach (var published in parameters.Tracks)
        {
            var track = Array.Find(tracks, track => track.Mid == published.Mid)!;
            Add(published.Ssrc, track, isRetransmission: false);
            Add(published.RetransmissionSsrc, track, isRetransmission: true);
        }
    }

    /// <summary>Finds whose a packet is.</summary>
    /// <param name="now">The time.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="batch">What leaves, when a track begins anew by it.</param>
    /// <param name="route">Where it goes.</param>
    /// <returns>False when nothing says it, or when the stream that it would take the place of is alive.</returns>
    public bool TryFind(Instant now, in RtpReader packet, SendBatch batch, out StreamRoute route)
    {
        foreach (var known in _routes)
        {
            if (known.Ssrc == packet.Ssrc)
            {
                route = known;
                return true;
            }
        }

        return TryName(packet, out route) && TryBind(now, route, batch);
    }

    // By its MID (RFC 9143 §9.2), else by a payload type that only one section has; a layer by its RID or the one that it repairs (RFC 8852).
    private bool TryName(in RtpReader packet, out StreamRoute route)
    {
        route = default;
        packet.TryGetExtension(_parameters.MidExtension, out var mid);
        packet.TryGetExtension(_parameters.RidExtension, out var rid);
        packet.TryGetExtension(_parameters.RepairedRidExtension, out var repaired);
        foreach (var track in _tracks)
        {
            if ((!mid.IsEmpty && !Ascii.Equals(mid, track.Mid)) || !Carries(track, packet.PayloadType, out var isRetransmission))
            {
                continue;
            }

            var said = isRetransmission ? repaired : rid;
            if (!said.IsEmpty && !Ascii.Equals(said, track.Rid))
            {
                continue;   // who sends one stream has no names for it
            }

            if ((track.Rid is not null && said.IsEmpty) || route.Track is not null)
            {
                return false;   // it may be this one's, or another's
            }

            route = new StreamRoute(packet.Ssrc, track, isRetransmission);
        }

        return route.Track is not null;
    }

    private bool TryBind(Instant now, StreamRoute route, SendBatch batch)
    {
        if (!route.IsRetransmission && !route.Track.TryRebind(now, route.Ssrc, batch))
        {
            return false;
        }

        _routes.RemoveAll(known => known.Track == route.Track && known.IsRetransmission == route.IsRetransmission);
        _routes.Add(route);
        return true;
    }

    private static bool Carries(UpTrack track, PayloadType payloadType, out bool isRetransmission)
    {
        isRetransmission = false;
        for (var i = 0; i < track.Formats.Count; i++)   // an enumerator would be allocated
        {
            isRetransmission = track.Formats[i].Retransmission == payloadType;
            if (isRetransmission || track.Formats[i].PayloadType == payloadType)
            {
                return true;
            }
        }

        return false;
    }

    private void Add(Ssrc? ssrc, UpTrack track, bool isRetransmission)
    {
        if (ssrc is { } value)
        {
            _routes.Add(new StreamRoute(value, track, isRetransmission));
        }
    }
}
