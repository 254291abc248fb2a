using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>What a worker has of one source of a class: its last packets, where a late comer can start, and the run that leaves next.</summary>
/// <remarks>Belongs to one <see cref="Sfu.Room"/>; only its RTC worker calls it.</remarks>
internal abstract class SourceTrack
{
    /// <summary>Packets of voice that are kept: over a second of 20 ms frames.</summary>
    private const int VoiceCachePackets = 64;

    /// <summary>What has not come by then does not fit the publisher's uplink.</summary>
    private static readonly TimeSpan ComesWithin = TimeSpan.FromSeconds(5);

    /// <summary>Without a picture for so long it has stopped.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long an encoder takes from its first pictures to its rate.</summary>
    private static readonly TimeSpan Growing = TimeSpan.FromSeconds(3);

    private readonly RtcEngineOptions _options;
    private SequenceNumber _newest;
    private uint _newestTimestamp;
    private SequenceNumber _reachedBefore;
    private uint _reachedTimestampBefore;
    private bool _hasStarted;
    private bool _hasReached;   // whether Reached is of this life: in its first run there is nothing before
    private TimeSpan _silence;
    private RateMeter _rate;
    private bool _isHeldBack;
    private Instant _comesUntil = Instant.LongAgo;
    private Instant _begun = Instant.LongAgo;

    /// <param name="source">What it shows.</param>
    /// <param name="layer">Which simulcast layer, 0 for the smallest and for a single stream.</param>
    /// <param name="formats">The formats it may use.</param>
    /// <param name="room">The class.</param>
    /// <param name="options">The limits of forwarding.</param>
    protected SourceTrack(TrackSource source, int layer, IReadOnlyList<NegotiatedFormat> formats, Room room, RtcEngineOptions options)
    {
        (Source, Layer, Formats, Room, _options) = (source, layer, formats, room, options);
        IsVideo = source != TrackSource.Voice;
        Group = new PictureGroup(formats, options.VideoCachePackets);
        Forms = IsVideo || this is DerivedVoice ? null : new VoiceForms(this, room, options);
    }

    /// <summary>The forms that it is sent in; null for pictures.</summary>
    public VoiceForms? Forms { get; }

    /// <summary>The track on whose clock its timestamps lie.</summary>
    public virtual SourceTrack Timeline => this;

    /// <summary>Whether its packets are few, so that what is not the payload weighs.</summary>
    public virtual bool IsSparse => false;

    /// <summary>How many slots show it.</summary>
    public int Viewers { get; set; }

    /// <summary>What it shows.</summary>
    public TrackSource Source { get; }

    /// <summary>Which of its source's simulcast layers it is: 0 for the smallest, and for a single stream.</summary>
    public int Layer { get; }

    /// <summary>The formats it may use.</summary>
    public IReadOnlyList<NegotiatedFormat> Formats { get; }

    /// <summary>Whether it has pictures, and so key frames and retransmission.</summary>
    public bool IsVideo { get; }

    /// <summary>Whether the publisher says that it sends this now.</summary>
    public bool IsOn { get; private set; } = true;

    /// <summary>Whether it comes, as far as the other layers of its source tell; a single stream always does.</summary>
    public bool IsAlive { get; private set; }

    /// <summary>Whether the publisher was told that nobody wants it.</summary>
    public bool IsLeftOut => _isHeldBack;

    /// <summary>Whether the publisher does not send it because nobody wanted it, or has only just been told that somebody does: whoever wants it may have it soon.</summary>
    public bool IsHeldBack(Instant now) => _isHeldBack || now < _comesUntil;

    /// <summary>What it cost when it was sent last before it was held back, in bit/s on the wire; 0 when it never was.</summary>
    public int RateBefore { get; private set; }

    /// <summary>When a packet of it came last that was not padding; <see cref="Instant.LongAgo"/> before the first.</summary>
    public Instant LastPicture { get; private set; } = Instant.LongAgo;

    /// <summary>Whether a picture of it ever came.</summary>
    public bool HasCome => LastPicture != Instant.LongAgo;

    /// <summary>Whether its first pictures have only just come: an encoder that begins sends less than it will.</summary>
    public bool IsGrowing(Instant now) => now - _begun < Growing;

    /// <summary>Whether a decoder could start with it at once, from the cache.</summary>
    public bool CanStart => Group.IsThere && !IsHeadMissing;

    /// <summary>The highest temporal layer that it has, 0 where it has none.</summary>
    public int HighestTemporal => _rate.Highest;

    /// <summary>The last packets; only once there was one: an offer alone costs no memory.</summary>
    public PacketCache? Cache { get; private set; }

    /// <summary>Where a late comer can start.</summary>
    public PictureGroup Group { get; }

    /// <summary>What has come and not left yet.</summary>
    public PacketRun Run { get; } = new();

    /// <summary>The newest packet that a watcher can have got by now: within a fan-out, the one whose turn it is.</summary>
    public SequenceNumber Reached { get; private set; }

    /// <summary>The timestamp of <see cref="Reached"/>.</summary>
    public uint ReachedTimestamp { get; private set; }

    /// <summary>Whether the newest picture's last packet, which its marker tells (RFC 3550 §5.1), has not come yet.</summary>
    public bool IsPictureOpen { get; private set; }

    /// <summary>What is missing and may still come.</summary>
    public abstract NackTracker Missing { get; }

    /// <summary>How its timestamps lie on the publisher's clock.</summary>
    public abstract SenderClock Clock { get; }

    /// <summary>Whether the group's first packets are still asked for.</summary>
    public bool IsHeadMissing => Group.LacksHead(Missing);

    /// <summary>Whether a packet has come since this life of the stream began.</summary>
    protected bool HasPackets => _hasStarted || Run.Count > 0;

    /// <summary>The newest packet that has come; only with <see cref="HasPackets"/>.</summary>
    protected SequenceNumber Newest => _newest;

    /// <summary>The class it is shown in, as far as this worker carries it.</summary>
    protected Room Room { get; }

    /// <summary>The limits of forwarding.</summary>
    protected RtcEngineOptions Options => _options;

    /// <summary>Asks the publisher for a key frame, merged with everybody else's wish and throttled.</summary>
    public abstract void RequestKeyFrame(Instant now, SendBatch batch);

    /// <summary>Asks for one because a watcher's decoder is lost: the more often that happens, the less often it is done.</summary>
    public abstract void RequestRepair(Instant now, SendBatch batch);

    /// <summary>Notes whether the publisher sends this. What was shown before is forgotten: nobody who comes later gets to see it.</summary>
    public void Switch(Instant now, bool isOn, SendBatch batch)
    {
        if (IsOn == isOn)
        {
            return;
        }

        Room.FanOut(now, batch);
        IsOn = isOn;
        Forms?.Switch(now, isOn, batch);
        if (!isOn)
        {
            Restart(now, batch);
        }
        else
        {
            OnSwitchedOn();
        }
    }

    /// <summary>Notes whether the publisher was told that nobody wants it.</summary>
    public void HoldBack(Instant now, bool isHeldBack)
    {
        if (_isHeldBack && !isHeldBack)
        {
            _comesUntil = now + ComesWithin;
        }
        else if (!_isHeldBack && isHeldBack)
        {
            RateBefore = Rate(now);
        }

        _isHeldBack = isHeldBack;
    }

    /// <summary>It comes, or is the only one.</summary>
    public void Wake() => (IsAlive, _silence) = (true, TimeSpan.Zero);

    /// <summary>Other layers of its source had pictures, and it had none.</summary>
    /// <param name="passed">How long.</param>
    /// <param name="patience">How much of that it takes until it is dead: nothing is asked of it any more, and who comes back begins with a key frame.</param>
    public void Wait(TimeSpan passed, TimeSpan patience)
    {
        _silence += passed;
        if (IsAlive && _silence >= patience)
        {
            IsAlive = false;
            Group.Forget();
            Missing.Forget();
            OnKeyFrame();
        }
    }

    /// <summary>A fan-out begins: the run gets one size, where that pays.</summary>
    /// <returns>How many packets got padding.</returns>
    public int BeginFanOut(bool pad)
    {
        (_reachedBefore, _reachedTimestampBefore) = (Reached, ReachedTimestamp);
        return pad && IsVideo ? Run.Pad(Cache!) : 0;
    }

    /// <summary>What it costs to send on, in bit/s on the wire; 0 before that is known.</summary>
    /// <param name="now">The time.</param>
    /// <param name="temporal">Up to which temporal layer.</param>
    public int Rate(Instant now, int temporal = FrameLayer.Highest) => _rate.UpTo(now, temporal);

    /// <summary>The next watcher's turn begins.</summary>
    public void Rewind() => (Reached, ReachedTimestamp, _hasReached) = (_reachedBefore, _reachedTimestampBefore, _hasStarted);

    /// <summary>It is this packet's turn.</summary>
    public void Reach(in MediaPacket packet)
    {
        if (!_hasReached || packet.SequenceNumber.IsNewerThan(Reached))
        {
            (Reached, ReachedTimestamp, _hasReached) = (packet.SequenceNumber, packet.Timestamp, true);
        }
    }

    /// <summary>Everybody has the run.</summary>
    public void EndFanOut()
    {
        (Reached, ReachedTimestamp, _hasStarted) = (_newest, _newestTimestamp, true);
        Run.Clear();
    }

    /// <summary>Keeps a packet, in whatever order they come, and puts it into the run.</summary>
    /// <returns>False when it fits no datagram.</returns>
    protected bool Take(Instant now, in MediaPacket packet, SendBatch batch)
    {
        if (!IsOn)
        {
            return true;   // what it shows is nobody's business
        }

        if (packet.Payload.Length > PacketCache.SlotSize)
        {
            return false;   // before it is noted: a group whose first packet is not kept is no start for anybody
        }

        Cache ??= new PacketCache(IsVideo ? _options.VideoCachePackets : VoiceCachePackets);
        if (Run.Collides(packet.SequenceNumber, Cache.Capacity))
        {
            Room.FanOut(now, batch);
        }

        var isPadding = IsVideo && packet.Payload.IsEmpty;   // probes the link (RFC 3550 §5.1)
        if (!HasPackets || packet.SequenceNumber.IsNewerThan(_newest))
        {
            (_newest, _newestTimestamp) = (packet.SequenceNumber, packet.Timestamp);
            IsPictureOpen = IsVideo && !isPadding && !packet.Marker;
        }

        if (!isPadding)
        {
            _begun = now - LastPicture > Pause ? now : _begun;
            LastPicture = now;
        }

        if (IsVideo && !isPadding && Group.Note(packet, _newest, Cache))
        {
            OnKeyFrame();
            NoteKeyFrame(now, packet);
        }

        if (!isPadding && !(IsVideo && Group.BeginsWith(packet.Timestamp)))
        {
            _rate.Add(now, packet.Payload.Length, packet.Layer.TemporalId);
        }

        Cache.Store(packet);
        Run.Add(packet.SequenceNumber);
        Room.Gathered(this);
        Forms?.Take(now, packet, batch);
        if (Run.IsFull)
        {
            Room.FanOut(now, batch);
        }

        return true;
    }

    /// <summary>What was kept belongs to a stream that is over; whoever watched begins anew. Nothing of it may still be in the run.</summary>
    protected void Restart(Instant now, SendBatch batch)
    {
        Group.Forget();
        OnKeyFrame();
        Cache?.Clear();
        _hasStarted = false;
        Forms?.Renew(now, batch);
        Room.RestartViewers(now, this, batch);
    }

    /// <summary>A key frame came, or none is wanted any more.</summary>
    protected abstract void OnKeyFrame();

    /// <summary>A key frame begins with this packet.</summary>
    protected virtual void NoteKeyFrame(Instant now, in MediaPacket packet)
    {
    }

    /// <summary>The publisher sends it again.</summary>
    protected abstract void OnSwitchedOn();
}
