using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>The other workers that show a class whose publisher is here: each gets every packet once.</summary>
/// <remarks>Belongs to one <see cref="Room"/>; only its RTC worker calls it.</remarks>
internal sealed class RelayOutlet(RoomId room, RtcCounters counters)
{
    private readonly List<AddBranch> _branches = [];
    private readonly List<UpTrack> _tracks = [];
    private readonly Dictionary<RelayRing, int> _wanted = [];

    /// <summary>Takes another worker in: it hears of the tracks, and gets what a late comer needs to begin.</summary>
    public void Add(AddBranch branch)
    {
        _branches.Add(branch);
        _wanted[branch.Ring] = LayerDemand.Everything;
        branch.Branch(Sources());
        foreach (var track in _tracks)
        {
            TellClock(branch, track);
            Prime(branch, track);
        }

        branch.Nudge();
    }

    /// <summary>A worker has no viewers of the class any more.</summary>
    public void Remove(RelayRing ring)
    {
        _branches.RemoveAll(branch => branch.Ring == ring);
        _wanted.Remove(ring);
    }

    /// <summary>The largest of the camera's layers that another worker wants; −1 when none wants any.</summary>
    public int Wanted
    {
        get
        {
            var wanted = -1;
            foreach (var top in _wanted.Values)
            {
                wanted = Math.Max(wanted, top);
            }

            return wanted;
        }
    }

    /// <summary>Takes what another worker wants of the camera.</summary>
    public void Want(RelayRing ring, int top)
    {
        if (_wanted.ContainsKey(ring))
        {
            _wanted[ring] = top;
        }
    }

    /// <summary>The tracks, or their states or lives, are others now.</summary>
    public void Announce(IEnumerable<SourceLayers> sources)
    {
        _tracks.Clear();
        foreach (var layers in sources)
        {
            _tracks.AddRange(layers.Tracks.OfType<UpTrack>());   // the smallest layer first: when the ring gets full, a late comer has that one
        }

        if (_branches.Count == 0)
        {
            return;
        }

        var announced = Sources();
        foreach (var branch in _branches)
        {
            branch.Branch(announced);
        }
    }

    /// <summary>A sender report came.</summary>
    public void TellClock(UpTrack track)
    {
        foreach (var branch in _branches)
        {
            TellClock(branch, track);
        }
    }

    /// <summary>Sends the run of each track on.</summary>
    public void Relay(List<SourceTrack> gathered)
    {
        foreach (var branch in _branches)
        {
            foreach (var track in gathered)
            {
                if (track is UpTrack up && _tracks.Contains(up))
                {
                    foreach (var number in up.Run.Numbers)
                    {
                        Write(branch, up, number);
                    }
                }
            }

            branch.Nudge();
        }
    }

    /// <summary>Somebody elsewhere wants a key frame of this life of a track.</summary>
    public void WantKeyFrame(Instant now, long stream, bool isRepair, SendBatch batch)
    {
        if (isRepair)
        {
            Find(stream)?.RequestRepair(now, batch);
        }
        else
        {
            Find(stream)?.RequestKeyFrame(now, batch);
        }
    }

    /// <summary>Sends packets to a worker again that lacks them; not while it has enough to do with those that it has: they would take the place of new ones.</summary>
    public void Again(RelayRing ring, long stream, IReadOnlyList<SequenceNumber> numbers)
    {
        if (Find(stream) is not { } track || _branches.Find(branch => branch.Ring == ring) is not { } asking || ring.IsHalfFull)
        {
            return;
        }

        foreach (var number in numbers)
        {
            Write(asking, track, number);
        }

        asking.Nudge();
    }

    private UpTrack? Find(long stream) => _tracks.Find(track => track.Life == stream);

    private void Write(AddBranch branch, UpTrack track, SequenceNumber number)
    {
        if (track.Cache is null || !track.Cache.TryGet(number, out var packet))
        {
            return;
        }

        if (branch.Ring.TryWrite(track.Life, track.Source, packet))
        {
            counters.PacketsRelayed++;
        }
        else if (track.IsVideo)
        {
            counters.PicturePacketsNotRelayed++;
        }
        else
        {
            counters.VoicePacketsNotRelayed++;
        }
    }

    private RelaySources Sources() =>
        new(room, [.. _tracks.Select(track => new RelayedSource(track.Life, track.Source, track.Layer, track.Formats, track.IsOn, track.IsLeftOut))]);

    private void TellClock(AddBranch branch, UpTrack track)
    {
        if (track.Clock.IsSet)
        {
            branch.Branch(new RelayClock(room, track.Life, track.Clock));
        }
    }

    // The last group of pictures as far as it has left here; what is in the run comes with it.
    private void Prime(AddBranch branch, UpTrack track)
    {
        if (!track.IsOn || !track.IsVideo || !track.Group.IsThere)
        {
            return;
        }

        for (var number = track.Group.Start; !number.IsNewerThan(track.Reached); number += 1)
        {
            Write(branch, track, number);
        }
    }
}
