using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <content>How a slot begins to show a track: at a key frame, from the cache, or, of voice, anywhere.</content>
internal sealed partial class DownTrack
{
    /// <summary>Sends the next packets of a group of pictures from the cache.</summary>
    public void Pump(Instant now, SendBatch batch)
    {
        if (State == Mode.Restarting)
        {
            Start(now, batch);
            return;
        }

        if (IsBehind && State == Mode.Live && _source is { Cache: { } kept })
        {
            PumpBehind(now, _source, kept, batch);
            return;
        }

        if (_source is not { Group.IsThere: true, Cache: { } cache } source)
        {
            State = Mode.Waiting;
            return;
        }

        if (source.Group.Start.IsNewerThan(_catchUp.Next))
        {
            BeginCatchUp(now, source, cache);   // a newer key frame makes the rest of the old group needless
        }

        for (var i = 0; i < CatchUpBurst; i++)
        {
            if (_catchUp.Next.IsNewerThan(source.Reached))
            {
                State = Mode.Live;
                return;
            }

            if (_link is not null && !_link.MayPass(now))
            {
                return;
            }

            if (!cache.TryGet(_catchUp.Next, out var packet))
            {
                if (source.Missing.IsWaitingFor(_catchUp.Next))
                {
                    return;   // it has been asked for; a number that was passed over could not be filled later
                }
            }
            else if (packet.Payload.IsEmpty)
            {
                _rewriter.Skip(packet.SequenceNumber);
            }
            else if (MayPass(packet))
            {
                var timestamp = _catchUp.Map(packet.Timestamp, _rewriter);
                if (_rewriter.TryMap(now, packet.SequenceNumber, timestamp, out var number))
                {
                    Send(now, packet, number, timestamp, batch);
                }
            }

            _catchUp.Next += 1;
        }
    }

    private void ForwardFirstRun(Instant now, SourceTrack source, PacketCache cache, SendBatch batch)
    {
        SequenceNumber? covered = null;
        source.Rewind();
        if (State == Mode.Restarting)
        {
            Start(now, batch);
            covered = State == Mode.Waiting ? null : source.Reached;
        }

        foreach (var number in source.Run.Numbers)
        {
            // Who starts from the cache gets from there also those of the run that came late and lie before its newest.
            if (!cache.TryGet(number, out var packet) || (covered is { } reached && !number.IsNewerThan(reached)))
            {
                continue;
            }

            source.Reach(packet);
            var before = State;
            Forward(now, packet, batch);
            if (before == Mode.Waiting && State != Mode.Waiting)
            {
                covered = source.Reached;
            }
        }
    }

    private void Start(Instant now, SendBatch batch)
    {
        var source = _source!;
        _waitsForHead = false;
        IsBehind = false;
        if (!source.IsVideo)
        {
            State = Mode.Waiting;   // the next packet will do: every one of voice is a start
            return;
        }

        if (source.IsHeadMissing)
        {
            (State, _waitsForHead) = (Mode.Waiting, true);
            return;
        }

        if (source.Group.IsThere && CanCatchUp(source, source.Cache!))
        {
            State = Mode.CatchingUp;
            BeginCatchUp(now, source, source.Cache!);
            Pump(now, batch);
            return;
        }

        State = Mode.Waiting;
        if (!_owner.IsObserver)
        {
            source.RequestKeyFrame(now, batch);
        }
    }

    // A member's link and decoder are spared a long group: a fresh key frame is smaller. An observer may cost nobody a key frame.
    private bool CanCatchUp(SourceTrack source, PacketCache cache) =>
        _owner.IsObserver
        || (source.Group.Bytes <= Math.Min(_options.CatchUpBytes, _link?.CatchUpBytes ?? int.MaxValue) && CatchUp.CountFrames(source, cache) <= _options.CatchUpFrames);

    private void BeginCatchUp(Instant now, SourceTrack source, PacketCache cache)
    {
        _rewriter.Continue(now, source.Group.Start, source.ReachedTimestamp, 90_000);
        BeginPictures(cache, source.Group.Start);
        _catchUp = CatchUp.Begin(source, cache);
    }

    private bool TryGoLive(Instant now, in MediaPacket packet, SendBatch batch)
    {
        if (State != Mode.Waiting)
        {
            return false;
        }

        if (_source!.IsHeadMissing)
        {
            _waitsForHead = true;
            return false;
        }

        if (_source.IsVideo && !packet.StartsKeyFrame && !_waitsForHead)
        {
            return false;
        }

        if (_source.IsVideo && (_waitsForHead || _source.Group.Start != packet.SequenceNumber || _source.Reached != packet.SequenceNumber))
        {
            Start(now, batch);   // it came late: what belongs to it has passed, and is in the cache
            return false;
        }

        if (!_source.IsVideo && _timeline == _source.Timeline)
        {
            _rewriter.ContinueOnSameClock(packet.SequenceNumber);   // the same voice in another form
        }
        else
        {
            _rewriter.Continue(now, packet.SequenceNumber, packet.Timestamp, _source.IsVideo ? 90_000 : 48_000);
        }

        _timeline = _source.Timeline;
        if (_source.IsVideo)
        {
            BeginPictures(_source.Cache!, packet.SequenceNumber);
        }

        State = Mode.Live;
        return true;
    }
}
