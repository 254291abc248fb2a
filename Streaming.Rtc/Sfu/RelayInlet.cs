namespace Streaming.Rtc.Sfu;

/// <summary>The tracks of a class whose publisher another worker has.</summary>
/// <remarks>Belongs to one <see cref="Room"/>; only its RTC worker calls it.</remarks>
internal sealed class RelayInlet(RelayRing ring, Action<RtcCommand> home, Room room, RtcEngineOptions options, DropCounters drops)
{
    /// <summary>Packets that are taken in one round, as many as datagrams: a class that comes faster than it can be sent on must not keep everybody else waiting.</summary>
    public const int MostPackets = 128;

    private readonly List<RelayTrack> _tracks = [];
    private long _noted;
    private int _wanted = LayerDemand.Everything;

    /// <summary>Its tracks now.</summary>
    public IReadOnlyList<RelayTrack> Tracks => _tracks;

    /// <summary>Whether something waits to be read.</summary>
    public bool HasPackets => !ring.IsEmpty;

    /// <summary>Takes the tracks that there are now; one whose life goes on keeps its packets.</summary>
    public void SetSources(Instant now, IReadOnlyList<RelayedSource> sources, SendBatch batch)
    {
        RelayTrack[] former = [.. _tracks];
        _tracks.Clear();
        foreach (var source in sources)
        {
            _tracks.Add(Array.Find(former, known => known.Stream == source.Stream) ?? new RelayTrack(source, room, ring, home, options));
        }

        for (var i = 0; i < sources.Count; i++)
        {
            _tracks[i].Switch(now, sources[i].IsOn, batch);
            _tracks[i].HoldBack(now, sources[i].IsHeldBack);
        }
    }

    /// <summary>Takes a track's clock.</summary>
    public void SetClock(long stream, SenderClock clock) => Find(stream)?.SetClock(clock);

    /// <summary>Notes how much there is to read now. What commands have to say of it is in the inbox by now.</summary>
    public void Note() => _noted = ring.Written;

    /// <summary>Takes what has been noted, up to <see cref="MostPackets"/>; packets of lives that are over, or unheard of, are let go.</summary>
    public void Receive(Instant now, SendBatch batch)
    {
        var end = Math.Min(_noted, ring.Read + MostPackets);
        while (ring.Read < end && ring.TryPeek(out var stream, out var packet))
        {
            try
            {
                if (Find(stream) is { } track)
                {
                    track.Receive(now, packet, batch);
                }
                else
                {
                    drops.Count(DropReason.RelayedForNobody);
                }
            }
            finally
            {
                ring.Advance();   // one that fails does not come back for ever
            }
        }
    }

    /// <summary>Tells which layers of the camera are wanted here, when that has changed.</summary>
    /// <param name="top">The largest; −1 for none.</param>
    public void Want(int top)
    {
        if (top != _wanted)
        {
            _wanted = top;
            home(new WantLayers(room.Id, ring, top));
        }
    }

    /// <summary>Asks for what is due.</summary>
    public void Tick(Instant now)
    {
        foreach (var track in _tracks)
        {
            track.Tick(now);
        }
    }

    private RelayTrack? Find(long stream)
    {
        foreach (var track in _tracks)
        {
            if (track.Stream == stream)
            {
                return track;
            }
        }

        return null;
    }
}
