namespace Streaming.Rtc.Sfu;

/// <summary>One class's media: which track fills which slot of whom.</summary>
/// <remarks>Belongs to one <see cref="RtcEngine"/>; only its RTC worker calls it.</remarks>
internal sealed class Room(RoomId id)
{
    private readonly List<WatcherTransport> _watchers = [];
    private readonly Dictionary<TrackSource, UpTrack> _tracks = [];

    /// <summary>Its id.</summary>
    public RoomId Id => id;

    /// <summary>Every transport in it, also those that are still connecting.</summary>
    public List<PeerTransport> Transports { get; } = [];

    /// <summary>The publisher's tracks take the place of those that had the same source.</summary>
    public void PublisherConnected(Instant now, PublisherTransport publisher, SendBatch batch)
    {
        foreach (var track in publisher.Tracks)
        {
            // The former track's packets must not run into slots that are numbered for the new one: that would use numbers twice.
            _tracks.GetValueOrDefault(track.Source)?.SetViewers([]);
            _tracks[track.Source] = track;
        }

        Rebuild(now, batch);
    }

    /// <summary>Fills a new watcher's slots.</summary>
    public void WatcherConnected(Instant now, WatcherTransport watcher, SendBatch batch)
    {
        _watchers.Add(watcher);
        Rebuild(now, batch);
    }

    /// <summary>Takes a transport and all that hangs on it out. <see cref="Rebuild"/> has to follow, once for all that go in one round.</summary>
    public void Remove(Instant now, PeerTransport transport, SendBatch batch)
    {
        Transports.Remove(transport);
        if (transport is WatcherTransport watcher)
        {
            foreach (var slot in watcher.Slots)
            {
                slot.SetSource(now, null, batch);
            }

            _watchers.Remove(watcher);
        }
        else if (transport is PublisherTransport publisher)
        {
            foreach (var track in publisher.Tracks)
            {
                track.SetViewers([]);
                if (_tracks.GetValueOrDefault(track.Source) == track)
                {
                    _tracks.Remove(track.Source);
                }
            }
        }
    }

    /// <summary>Notes what a publisher sends now; slots with a choice follow.</summary>
    public void SetSources(Instant now, PublisherTransport publisher, IReadOnlyList<TrackSource> sources, SendBatch batch)
    {
        foreach (var track in publisher.Tracks)
        {
            track.Switch(now, sources.Contains(track.Source), batch);
        }

        Rebuild(now, batch);
    }

    /// <summary>Chooses anew what fills which slot.</summary>
    public void Rebuild(Instant now, SendBatch batch)
    {
        // Viewers first, sources second: a slot that starts may get its first packets at once and must not miss the next.
        var filled = new List<(DownTrack Slot, UpTrack? Track)>();
        foreach (var watcher in _watchers)
        {
            foreach (var slot in watcher.Slots)
            {
                filled.Add((slot, Choose(slot)));
            }
        }

        foreach (var track in _tracks.Values)
        {
            track.SetViewers([.. filled.Where(pair => pair.Track == track).Select(pair => pair.Slot)]);
        }

        foreach (var (slot, track) in filled)
        {
            slot.SetSource(now, track, batch);
        }
    }

    private UpTrack? Choose(DownTrack slot)
    {
        UpTrack? fallback = null;
        foreach (var source in slot.Sources)
        {
            if (_tracks.TryGetValue(source, out var track))
            {
                if (track.IsOn)
                {
                    return track;
                }

                fallback ??= track;
            }
        }

        return fallback;
    }
}
