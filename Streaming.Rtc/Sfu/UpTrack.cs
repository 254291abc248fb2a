using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>One track of a publisher, or one simulcast layer of it: keeps its order, asks again for what is missing and for key frames.</summary>
/// <remarks>Belongs to one <see cref="PublisherTransport"/>; only its RTC worker calls it.</remarks>
internal sealed class UpTrack : SourceTrack
{
    private static readonly TimeSpan Alive = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SizeInterval = TimeSpan.FromSeconds(10);
    private readonly PublishedTrack _published;
    private readonly PublisherTransport _publisher;
    private readonly RtcCounters _counters;
    private readonly KeyFrameWish _keyFrame;
    private readonly RtcEngine _engine;
    private long _givenUp;
    private Instant _nextSize = Instant.LongAgo;

    /// <param name="published">The media section.</param>
    /// <param name="layer">Which of its simulcast layers; 0 for a single stream.</param>
    /// <param name="publisher">Who sends it.</param>
    /// <param name="engine">The engine.</param>
    public UpTrack(PublishedTrack published, int layer, PublisherTransport publisher, RtcEngine engine)
        : base(published.Source, layer, published.Formats, publisher.Room, engine.Options)
    {
        (_published, _publisher, _engine, _counters) = (published, publisher, engine, engine.Counters);
        _keyFrame = new KeyFrameWish(engine.Options.KeyFrameInterval);
        Life = engine.NextLife();
        Stream = new ReceiveStream(published.Ssrc ?? default, published.Formats[0].Format.ClockRate);
    }

    /// <summary>Whose it is.</summary>
    public TransportId Publisher => _publisher.Id;

    /// <summary>The media section it came in.</summary>
    public string Mid => _published.Mid;

    /// <summary>The name of its simulcast layer; null for a single stream.</summary>
    public string? Rid => Layer < _published.Rids.Count ? _published.Rids[Layer] : null;

    /// <summary>How large its pictures are, as the last key frame that could be read says; null before.</summary>
    public PictureSize? Size { get; private set; }

    /// <summary>The books of its incoming stream.</summary>
    public ReceiveStream Stream { get; private set; }

    /// <summary>Which life of which track of this worker: a restart begins another, for its numbers go on from somewhere else.</summary>
    public long Life { get; private set; }

    /// <inheritdoc/>
    public override SenderClock Clock => Stream.Clock;

    /// <inheritdoc/>
    public override NackTracker Missing => Stream.Missing;

    /// <summary>Takes the books of another SSRC: the publisher restarted this track.</summary>
    /// <returns>False while the present one is alive: two that alternate would restart everybody with every packet.</returns>
    public bool TryRebind(Instant now, Ssrc ssrc, SendBatch batch)
    {
        if (Stream.HasStarted && now - Stream.LastReceived < Alive)
        {
            return false;
        }

        Room.FanOut(now, batch);
        Stream = new ReceiveStream(ssrc, _published.Formats[0].Format.ClockRate);
        (_givenUp, Life) = (0, _engine.NextLife());
        Restart(now, batch);
        Room.Announce();
        return true;
    }

    /// <summary>Takes a packet that arrived by itself.</summary>
    /// <param name="now">The time.</param>
    /// <param name="packet">Valid until this method returns; the cache copies what it keeps.</param>
    /// <param name="batch">What leaves.</param>
    public DropReason Receive(Instant now, in RtpReader packet, SendBatch batch)
    {
        var format = IndexOf(packet.PayloadType, isRetransmission: false);
        if (format < 0)
        {
            return DropReason.RtpUnknownPayloadType;
        }

        var isLate = Stream.HasStarted && !packet.SequenceNumber.IsNewerThan(Stream.Highest);
        Stream.Receive(now, packet);
        if (IsVideo && !Stream.Missing.Receive(now, packet.SequenceNumber) && isLate)
        {
            return DropReason.RtpTooOld;   // it came by RTX before
        }

        return Keep(now, Describe(packet.SequenceNumber, packet.Timestamp, packet.Marker, format, packet.Payload), batch);
    }

    /// <summary>Takes a packet that the publisher sent again on our request (RFC 4588 §4).</summary>
    public DropReason ReceiveRetransmission(Instant now, in RtpReader packet, SendBatch batch)
    {
        var format = IndexOf(packet.PayloadType, isRetransmission: true);
        if (format < 0)
        {
            return DropReason.RtpUnknownPayloadType;
        }

        if (!Retransmission.TryRead(packet.Payload, out var original, out var payload))
        {
            return DropReason.None;   // an empty one probes the link
        }

        if (!Stream.HasStarted || original.IsNewerThan(Stream.Highest) || !Stream.Missing.Receive(now, original, isRetransmission: true))
        {
            return DropReason.RtpTooOld;
        }

        _counters.PacketsRecovered++;
        return Keep(now, Describe(original, packet.Timestamp, packet.Marker, format, payload), batch);
    }

    /// <inheritdoc/>
    public override void RequestKeyFrame(Instant now, SendBatch batch)
    {
        _keyFrame.Want();
        AskForKeyFrameIfDue(now, batch);
    }

    /// <inheritdoc/>
    public override void RequestRepair(Instant now, SendBatch batch)
    {
        _keyFrame.WantRepair();
        AskForKeyFrameIfDue(now, batch);
    }

    /// <summary>Sends what is due: requests for missing packets and key frames.</summary>
    public void Tick(Instant now, SendBatch batch)
    {
        if (!IsVideo || !IsOn || !IsAlive || !Stream.HasStarted)
        {
            return;
        }

        if (Stream.Missing.NextDue <= now)
        {
            Span<SequenceNumber> due = stackalloc SequenceNumber[32];
            var count = Stream.Missing.TakeDue(now, due);
            if (count > 0)
            {
                _publisher.SendNack(Stream.Ssrc, due[..count], batch);
            }
        }

        // A group that outgrows the cache could not be shown to a late comer. This rhythm depends on the publisher's packets alone:
        // it is what lets an observer in without anybody being asked for anything.
        // A group with a hole that nothing will fill is no better.
        if (!Group.IsThere || Stream.Highest.DistanceFrom(Group.Start) > Options.VideoCachePackets * 3 / 4 || Stream.Missing.GivenUp != _givenUp)
        {
            _givenUp = Stream.Missing.GivenUp;
            _keyFrame.Want();
        }

        AskForKeyFrameIfDue(now, batch);
    }

    /// <inheritdoc/>
    protected override void OnKeyFrame() => _keyFrame.Fulfil();

    /// <inheritdoc/>
    protected override void NoteKeyFrame(Instant now, in MediaPacket packet)
    {
        if (PictureSize.TryRead(Formats[packet.Format].Format.Codec, packet.Payload, out var size) && size != Size && now >= _nextSize)
        {
            (Size, _nextSize) = (size, now + SizeInterval);
            _engine.Raise(new PictureSized(_publisher.Id, Source, Layer, Rid, Stream.Ssrc, size));
        }
    }

    /// <inheritdoc/>
    protected override void OnSwitchedOn()
    {
        if (Stream.HasStarted)
        {
            Stream.Missing.Reset(Stream.Highest);   // what was lost while it was off stays unseen
        }
    }

    private DropReason Keep(Instant now, in MediaPacket packet, SendBatch batch) =>
        Take(now, packet, batch) ? DropReason.None : DropReason.Oversized;

    private void AskForKeyFrameIfDue(Instant now, SendBatch batch)
    {
        if (IsOn && IsAlive && Stream.HasStarted && _keyFrame.TryTake(now))
        {
            _counters.KeyFramesRequested++;
            _publisher.SendPictureLoss(Stream.Ssrc, batch);
        }
    }

    private MediaPacket Describe(SequenceNumber number, uint timestamp, bool marker, int format, ReadOnlySpan<byte> payload) => new()
    {
        SequenceNumber = number,
        Timestamp = timestamp,
        Marker = marker,
        Format = (byte)format,
        StartsKeyFrame = IsVideo && KeyFrames.StartsKeyFrame(_published.Formats[format].Format.Codec, payload),
        Layer = IsVideo ? FrameLayer.Of(_published.Formats[format].Format.Codec, payload) : default,
        Payload = payload,
        Padded = payload,
    };

    private int IndexOf(PayloadType payloadType, bool isRetransmission)
    {
        var formats = _published.Formats;
        for (var i = 0; i < formats.Count; i++)
        {
            if ((isRetransmission ? formats[i].Retransmission : formats[i].PayloadType) == payloadType)
            {
                return i;
            }
        }

        return -1;
    }
}
