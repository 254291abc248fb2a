using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <content>Which layer of a source a slot shows: another simulcast layer from its next key frame on, temporal layers at once.</content>
internal sealed partial class DownTrack
{
    /// <summary>A group that is this short is sent from the cache; for a longer one, a key frame costs the viewer's link less.</summary>
    private const int SwitchFrames = 15;

    private SourceTrack? _next;
    private SequenceNumber? _nextIsAfter;   // the group that was there when the switch was wanted
    private int _temporal = int.MaxValue;
    private int _wantedTemporal = int.MaxValue;
    private int _nextTemporal = int.MaxValue;
    private Vp8Descriptor _lastPicture;
    private bool _hasLastPicture;

    /// <summary>The layer that takes the place of <see cref="Source"/> with its next key frame; null when none does.</summary>
    public SourceTrack? Next => _next;

    /// <summary>Says what the slot is to show.</summary>
    /// <param name="now">The time.</param>
    /// <param name="track">A track; null for nothing.</param>
    /// <param name="temporal">Its highest temporal layer.</param>
    /// <param name="batch">What leaves.</param>
    public void Show(Instant now, SourceTrack? track, int temporal, SendBatch batch)
    {
        var isAnotherLayer = track is not null && _source is not null && track != _source && track.Source == _source.Source;
        if (!isAnotherLayer || State != Mode.Live || !track!.IsAlive || !_source!.IsAlive)
        {
            _wantedTemporal = temporal;
            SetSource(now, track, batch);
            return;
        }

        // Who has to go down is spared all that can be left out at once; who goes up has room for what there is.
        var isUp = track.Layer > _source.Layer;
        (_wantedTemporal, _nextTemporal) = (isUp ? int.MaxValue : 0, temporal);
        if (_next == track)
        {
            return;
        }

        _next = track;
        _nextIsAfter = track.Group.IsThere ? track.Group.Start : null;
        if (_owner.IsObserver)
        {
            return;
        }

        if (isUp)
        {
            track.RequestRepair(now, batch);   // many who climb one after the other must not cost everybody a key frame each
        }
        else
        {
            track.RequestKeyFrame(now, batch);
        }
    }

    /// <summary>Goes over to the other layer, if that has a start for it by now.</summary>
    public void SwitchIfReady(Instant now, SendBatch batch)
    {
        if (_next is not { Group.IsThere: true, IsHeadMissing: false } next)
        {
            return;
        }

        // An observer, for whom no key frame is asked, takes the group that there is.
        if (next.Group.Start == _nextIsAfter && !(_owner.IsObserver && CatchUp.CountFrames(next, next.Cache!) <= SwitchFrames))
        {
            return;
        }

        NoteLastPicture();
        CountViewer(next);
        (_source, _next, _wantedTemporal) = (next, null, _nextTemporal);
        _formats = [.. next.Formats.Select(format => PlayedFormat.Of(format, _slot))];
        _resender?.Clear();
        State = Mode.Restarting;
        _waitsForHead = false;
        IsBehind = false;
    }

    // Lower at the next frame; higher where a frame says that it needs nothing of what was left out.
    private bool MayPass(in MediaPacket packet)
    {
        if (_temporal != _wantedTemporal && packet.Layer.StartsFrame)
        {
            var layer = packet.Layer.TemporalId;
            if (_wantedTemporal < _temporal)
            {
                _temporal = _wantedTemporal;
            }
            else if (layer > _temporal && layer <= _wantedTemporal && packet.Layer.IsSync)
            {
                _temporal = layer == RateMeter.Layers - 1 ? _wantedTemporal : layer;
            }
            else if (packet.StartsKeyFrame)
            {
                _temporal = _wantedTemporal;
            }
        }

        if (packet.Layer.TemporalId <= _temporal)
        {
            return true;
        }

        _rewriter.Skip(packet.SequenceNumber);
        if (Vp8Descriptor.TryRead(packet.Payload, out var vp8) && vp8.PictureId is { } picture)
        {
            _pictures.Drop(picture);
        }

        return false;
    }

    // What the viewer got last of a stream that it leaves; the next one's pictures are numbered on from there.
    private void NoteLastPicture()
    {
        if (_source is { IsVideo: true, Cache: { } cache } && _rewriter.HasStarted
            && cache.TryGet(_rewriter.LastSource, out var packet)
            && packet.Format < _formats.Length && _formats[packet.Format].IsVp8)
        {
            Span<byte> head = stackalloc byte[Vp8Descriptor.LongestWithData];
            var payload = packet.Payload[..Math.Min(packet.Payload.Length, head.Length)];
            payload.CopyTo(head);
            _pictures.Patch(head[..payload.Length]);
            _hasLastPicture = Vp8Descriptor.TryRead(head[..payload.Length], out _lastPicture) || _hasLastPicture;
        }
    }

    private void BeginPictures(PacketCache cache, SequenceNumber first)
    {
        _pictures = default;
        _temporal = _wantedTemporal;
        if (_hasLastPicture && cache.TryGet(first, out var packet)
            && packet.Format < _formats.Length && _formats[packet.Format].IsVp8
            && Vp8Descriptor.TryRead(packet.Payload, out var vp8))
        {
            _pictures.Continue(vp8, _lastPicture);
        }
    }
}
