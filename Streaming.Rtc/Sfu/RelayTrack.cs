using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>A track whose publisher another worker has: its packets come over a <see cref="RelayRing"/>, and wishes go back as commands.</summary>
/// <remarks>Belongs to one <see cref="RelayInlet"/>; only its RTC worker calls it.</remarks>
internal sealed class RelayTrack(RelayedSource relayed, Room room, RelayRing ring, Action<RtcCommand> home, RtcEngineOptions options)
    : SourceTrack(relayed.Source, relayed.Layer, relayed.Formats, room, options)
{
    private readonly KeyFrameWish _keyFrame = new(options.KeyFrameInterval);
    private readonly KeyFrameWish _repair = new(options.KeyFrameInterval);   // merged here; how often it is granted is for the publisher's worker to say
    private SenderClock _clock;
    private long _givenUp;

    /// <summary>Which life of which track.</summary>
    public long Stream => relayed.Stream;

    /// <inheritdoc/>
    public override NackTracker Missing { get; } = new();

    /// <inheritdoc/>
    public override SenderClock Clock => _clock;

    /// <summary>Takes what the publisher's worker knows of the publisher's clock.</summary>
    public void SetClock(SenderClock clock) => _clock = clock;

    /// <summary>Takes a packet from the ring.</summary>
    public void Receive(Instant now, in MediaPacket packet, SendBatch batch)
    {
        // A hole is one that the publisher's worker has as well, or one that the ring had no room for: the second kind is asked for.
        var isLate = HasPackets && !packet.SequenceNumber.IsNewerThan(Newest);
        if (!IsVideo || Missing.Receive(now, packet.SequenceNumber) || !isLate)
        {
            Take(now, packet, batch);
        }
    }

    /// <inheritdoc/>
    public override void RequestKeyFrame(Instant now, SendBatch batch)
    {
        _keyFrame.Want();
        AskIfDue(now);
    }

    /// <inheritdoc/>
    public override void RequestRepair(Instant now, SendBatch batch)
    {
        _repair.Want();
        AskIfDue(now);
    }

    /// <summary>Asks for what is due.</summary>
    public void Tick(Instant now)
    {
        if (!IsVideo || !IsOn || !IsAlive)
        {
            return;
        }

        if (Missing.NextDue <= now)
        {
            Span<SequenceNumber> due = stackalloc SequenceNumber[32];
            var count = Missing.TakeDue(now, due);
            if (count > 0)
            {
                home(new RelayAgain(Room.Id, ring, relayed.Stream, due[..count].ToArray()));
            }
        }

        // A group with a hole that nothing will fill is no start for anybody; one from before the group is no hole of it.
        if (Missing.GivenUp != _givenUp)
        {
            _givenUp = Missing.GivenUp;
            if (!Group.IsThere || Missing.LastGivenUp.IsNewerThan(Group.Start))
            {
                _keyFrame.Want();
            }
        }

        AskIfDue(now);
    }

    /// <inheritdoc/>
    protected override void OnKeyFrame()
    {
        _keyFrame.Fulfil();
        _repair.Fulfil();
    }

    /// <inheritdoc/>
    protected override void OnSwitchedOn() => Missing.Forget();   // how far the publisher's numbers went on meanwhile is not known here

    private void AskIfDue(Instant now)
    {
        if (!IsOn || !IsAlive)
        {
            return;
        }

        if (_keyFrame.TryTake(now))
        {
            home(new WantKeyFrame(Room.Id, relayed.Stream, IsRepair: false));
        }

        if (_repair.TryTake(now))
        {
            home(new WantKeyFrame(Room.Id, relayed.Stream, IsRepair: true));
        }
    }
}
