namespace Streaming.Rtc.Sfu;

/// <summary>One class's media: which track fills which slot of whom, and the way of its packets to the watchers.</summary>
/// <remarks>Belongs to one <see cref="RtcEngine"/>; only its RTC worker calls it.</remarks>
internal sealed class Room(RoomId id, RtcEngine engine)
{
    private readonly SourceLayers[] _sources = [.. Enum.GetValues<TrackSource>().Select(_ => new SourceLayers())];
    private const int Together = 16;   // watchers whose memory is fetched at the same time; more would push each other out of the first cache
    private static readonly TimeSpan DemandInterval = TimeSpan.FromMilliseconds(250);
    private readonly List<SourceTrack> _gathered = [];
    private readonly List<WatcherTransport> _watchers = [];
    private WatcherTransport[] _fanning = [];   // of _watchers, as they were when the fan-out began
    private bool _haveWatchersChanged;
    private RelayInlet? _inlet;
    private LayerDemand _demand = new();
    private Instant _nextDemand;
    private int _turn;
    private int _touched;
    private bool _hasPictures;   // in the fan-out that is under way

    /// <summary>Its id.</summary>
    public RoomId Id => id;

    /// <summary>Every transport in it, also those that are still connecting.</summary>
    public List<PeerTransport> Transports { get; } = [];

    /// <summary>The other workers that show it.</summary>
    public RelayOutlet Outlet { get; } = new(id, engine.Counters);

    /// <summary>Where its packets come from when another worker has its publisher.</summary>
    public RelayInlet? Inlet => _inlet;

    /// <summary>Shows what comes over a ring.</summary>
    public void Open(AddInlet inlet) => _inlet = new RelayInlet(inlet.Ring, inlet.Home, this, engine.Options, engine.Drops);

    /// <summary>Takes the tracks of a publisher that another worker has.</summary>
    public void SetRelayed(Instant now, IReadOnlyList<RelayedSource> sources, SendBatch batch)
    {
        if (_inlet is null)
        {
            return;
        }

        _inlet.SetSources(now, sources, batch);
        for (var source = 0; source < _sources.Length; source++)
        {
            _sources[source].Set(LayersIn(_inlet.Tracks, (TrackSource)source));
        }

        engine.Unsettle(this);
    }

    /// <summary>What comes of a source: its layers, and the largest that can be shown. Read anew with every <see cref="Rebuild"/>.</summary>
    public SourceLayers Layers(TrackSource source) => _sources[(int)source];

    /// <summary>The other workers hear which tracks there are.</summary>
    public void Announce() => Outlet.Announce(_sources);

    /// <summary>Looks which layers still come, and sends what voice waits in vain. On a steady grid, whoever watches.</summary>
    public void Tick(Instant now, SendBatch batch)
    {
        foreach (var voice in Layers(TrackSource.Voice).Span)
        {
            voice.Forms?.Tick(now, batch);
        }

        var hasChanged = false;
        foreach (var layers in _sources)
        {
            hasChanged |= layers.Tick();
        }

        if (hasChanged)
        {
            engine.Unsettle(this);
        }

        if (now >= _nextDemand)
        {
            _nextDemand = now + DemandInterval;
            JudgeDemand(now);
        }
    }

    /// <summary>The publisher's tracks take the place of those that had the same source.</summary>
    public void PublisherConnected(PublisherTransport publisher)
    {
        foreach (var source in publisher.Tracks.Select(track => track.Source).Distinct())
        {
            Layers(source).Set(LayersIn(publisher.Tracks, source));
        }

        _demand = new LayerDemand();
        Announce();
        engine.Unsettle(this);
    }

    /// <summary>Fills a new watcher's slots.</summary>
    public void WatcherConnected(Instant now, WatcherTransport watcher, SendBatch batch)
    {
        _watchers.Add(watcher);
        _haveWatchersChanged = true;
        watcher.Fill(now, batch);
    }

    /// <summary>Takes a transport and all that hangs on it out. <see cref="RtcEngine.Unsettle"/> has to follow, once for all that go in one round.</summary>
    public void Remove(Instant now, PeerTransport transport, SendBatch batch)
    {
        Transports.Remove(transport);
        if (transport is WatcherTransport watcher)
        {
            foreach (var slot in watcher.Slots)
            {
                slot.SetSource(now, null, batch);
            }

            _haveWatchersChanged |= _watchers.Remove(watcher);
        }
        else if (transport is PublisherTransport publisher)
        {
            foreach (var track in publisher.Tracks)
            {
                if (Layers(track.Source).Contains(track))
                {
                    Layers(track.Source).Set([]);
                }
            }

            Announce();
        }
    }

    /// <summary>Notes what a publisher sends now; slots with a choice follow.</summary>
    public void SetSources(Instant now, PublisherTransport publisher, IReadOnlyList<TrackSource> sources, SendBatch batch)
    {
        foreach (var track in publisher.Tracks)
        {
            track.Switch(now, sources.Contains(track.Source), batch);
        }

        Announce();
        engine.Unsettle(this);
    }

    /// <summary>Chooses anew what fills which slot.</summary>
    public void Rebuild(Instant now, SendBatch batch)
    {
        var before = engine.Current;
        foreach (var watcher in _watchers)
        {
            watcher.TakeTurn();
            watcher.Fill(now, batch);
        }

        engine.Current = before;
    }

    /// <summary>A track's stream began anew: whoever shows it does too.</summary>
    public void RestartViewers(Instant now, SourceTrack track, SendBatch batch)
    {
        var before = engine.Current;
        foreach (var watcher in _watchers)
        {
            watcher.TakeTurn();
            foreach (var slot in watcher.Slots)
            {
                if (slot.Source == track)
                {
                    slot.SourceRestarted(now, batch);
                }
            }
        }

        engine.Current = before;
    }

    /// <summary>Whether what leaves with the next fan-out ends in the midst of a picture.</summary>
    public bool IsPictureOpen
    {
        get
        {
            foreach (var track in _gathered)
            {
                if (track.IsPictureOpen)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>A track has a packet that leaves with the next fan-out.</summary>
    public void Gathered(SourceTrack track)
    {
        if (track.Run.Count == 1)
        {
            _gathered.Add(track);
            engine.Gathering(this);
        }
    }

    /// <summary>Sends every track's run to everybody who shows it, watcher by watcher: what goes to one address lies together.</summary>
    /// <remarks>When a watcher's turn throws, the next call goes on behind it.</remarks>
    public void FanOut(Instant now, SendBatch batch)
    {
        if (_gathered.Count == 0)
        {
            return;
        }

        var before = engine.Current;
        if (_turn == 0)
        {
            Outlet.Relay(_gathered);   // first: the other worker's core begins while this one goes on
            if (_haveWatchersChanged)
            {
                (_fanning, _haveWatchersChanged) = ([.. _watchers], false);
            }

            foreach (var track in _gathered)
            {
                engine.Counters.PacketsPadded += track.BeginFanOut(batch.IsSegmenting);
                _hasPictures |= track.IsVideo;
            }
        }

        while (_turn < _fanning.Length)
        {
            if (!_hasPictures && _turn % Together == 0)
            {
                foreach (var next in _fanning.AsSpan(_turn, Math.Min(Together, _fanning.Length - _turn)))
                {
                    next.TakeTurn();
                    _touched += next.Touch();
                }
            }

            var watcher = _fanning[_turn++];
            watcher.TakeTurn();
            watcher.ForwardRuns(now, _hasPictures, batch);
            batch.FlushIfEnough();
        }

        foreach (var track in _gathered)
        {
            track.EndFanOut();
        }

        _gathered.Clear();
        (_turn, engine.Current, _hasPictures) = (0, before, false);
    }

    // The worker that has the publisher decides; the others tell it what their members want.
    private void JudgeDemand(Instant now)
    {
        var layers = Layers(TrackSource.Camera);
        if (layers.Span.Length < 2 || !layers.Span[0].IsOn)
        {
            return;
        }

        var wanted = -1;
        foreach (var watcher in _watchers)
        {
            wanted = watcher.IsObserver ? wanted : Math.Max(wanted, watcher.Allocation.CameraLayer);
        }

        if (_inlet is not null)
        {
            _inlet.Want(wanted);
            return;
        }

        // A layer that comes no more though it may has no room on the publisher's way. To forbid it, and to allow it again, would only disturb.
        // One that has never come is not made of a picture of that size.
        wanted = Math.Max(wanted, Outlet.Wanted);
        var largest = 0;
        foreach (var track in layers.Span)
        {
            if (track.HasCome)
            {
                largest = track.Layer;
                wanted = track.Layer <= _demand.Top && !track.IsAlive ? Math.Max(wanted, track.Layer) : wanted;
            }
        }

        if (_demand.Update(now, wanted >= largest ? LayerDemand.Everything : wanted) && layers.Span[0] is UpTrack { Publisher: var publisher })
        {
            foreach (var track in layers.Span)
            {
                track.HoldBack(now, track.HasCome && track.Layer > _demand.Top);
            }

            Announce();
            engine.Raise(new CameraWanted(publisher, Math.Min(_demand.Top, layers.Span.Length - 1)));
        }
    }

    private static SourceTrack[] LayersIn(IReadOnlyList<SourceTrack> tracks, TrackSource source) =>
        [.. tracks.Where(track => track.Source == source).OrderBy(track => track.Layer)];
}
