using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>One track of a publisher: keeps its order, its last group of pictures and its watchers.</summary>
/// <remarks>Belongs to one <see cref="PublisherTransport"/>; only its RTC worker calls it.</remarks>
internal sealed class UpTrack
{
    private static readonly TimeSpan Alive = TimeSpan.FromMilliseconds(500);
    private readonly PublishedTrack _published;
    private readonly PublisherTransport _publisher;
    private readonly RtcEngineOptions _options;
    private readonly RtcCounters _counters;
    private readonly KeyFrameWish _keyFrame;
    private DownTrack[] _viewers = [];
    private long _givenUp;

    public UpTrack(PublishedTrack published, PublisherTransport publisher, RtcEngineOptions options, RtcCounters counters)
    {
        (_published, _publisher, _options, _counters) = (published, publisher, options, counters);
        _keyFrame = new KeyFrameWish(options.KeyFrameInterval);
        Group = new PictureGroup(published.Formats, options.VideoCachePackets);
        IsVideo = published.Source != TrackSource.Voice;
        Stream = new ReceiveStream(published.Ssrc ?? default, published.Formats[0].Format.ClockRate);
    }

    /// <summary>The media section it came in.</summary>
    public string Mid => _published.Mid;

    /// <summary>What it shows.</summary>
    public TrackSource Source => _published.Source;

    /// <summary>The formats it may use.</summary>
    public IReadOnlyList<NegotiatedFormat> Formats => _published.Formats;

    /// <summary>Whether it has pictures, and so key frames, a cache and retransmission.</summary>
    public bool IsVideo { get; }

    /// <summary>Whether the publisher says that it sends this now.</summary>
    public bool IsOn { get; private set; } = true;

    /// <summary>The last packets; pictures only, and only once there was one: an offer alone costs no memory.</summary>
    public PacketCache? Cache { get; private set; }

    /// <summary>The books of its incoming stream.</summary>
    public ReceiveStream Stream { get; private set; }

    /// <summary>Where a late comer can start.</summary>
    public PictureGroup Group { get; }

    /// <summary>Whether the group's first packets are still asked for.</summary>
    public bool IsHeadMissing => Group.LacksHead(Stream.Missing);

    /// <summary>Who gets it. The array is replaced, never changed: choices are made when something changes, not when a packet passes.</summary>
    public void SetViewers(DownTrack[] viewers) => _viewers = viewers;

    /// <summary>Notes whether the publisher sends this. What was shown before is forgotten: nobody who comes later gets to see it.</summary>
    public void Switch(Instant now, bool isOn, SendBatch batch)
    {
        if (IsOn == isOn)
        {
            return;
        }

        IsOn = isOn;
        if (!isOn)
        {
            ForgetGroup();
            RestartViewers(now, batch);
        }
        else if (Stream.HasStarted)
        {
            Stream.Missing.Reset(Stream.Highest);   // what was lost while it was off stays unseen
        }
    }

    /// <summary>Takes the books of another SSRC: the publisher restarted this track.</summary>
    /// <returns>False while the present one is alive: two that alternate would restart everybody with every packet.</returns>
    public bool TryRebind(Instant now, Ssrc ssrc, SendBatch batch)
    {
        if (Stream.HasStarted && now - Stream.LastReceived < Alive)
        {
            return false;
        }

        Stream = new ReceiveStream(ssrc, _published.Formats[0].Format.ClockRate);
        _givenUp = 0;
        ForgetGroup();
        RestartViewers(now, batch);
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

        Forward(now, Describe(packet.SequenceNumber, packet.Timestamp, packet.Marker, format, packet.Payload), batch);
        return DropReason.None;
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
        Forward(now, Describe(original, packet.Timestamp, packet.Marker, format, payload), batch);
        return DropReason.None;
    }

    /// <summary>Asks the publisher for a key frame, merged with everybody else's wish and throttled.</summary>
    public void RequestKeyFrame(Instant now, SendBatch batch)
    {
        _keyFrame.Want();
        AskForKeyFrameIfDue(now, batch);
    }

    /// <summary>Asks for one because a watcher's decoder is lost: the more often that happens, the less often it is done.</summary>
    public void RequestRepair(Instant now, SendBatch batch)
    {
        _keyFrame.WantRepair();
        AskForKeyFrameIfDue(now, batch);
    }

    /// <summary>Sends what is due: requests for missing packets and key frames.</summary>
    public void Tick(Instant now, SendBatch batch)
    {
        if (!IsVideo || !IsOn || !Stream.HasStarted)
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
        if (!Group.IsThere || Stream.Highest.DistanceFrom(Group.Start) > _options.VideoCachePackets * 3 / 4 || Stream.Missing.GivenUp != _givenUp)
        {
            _givenUp = Stream.Missing.GivenUp;
            _keyFrame.Want();
        }

        AskForKeyFrameIfDue(now, batch);
    }

    private void Forward(Instant now, in MediaPacket packet, SendBatch batch)
    {
        if (!IsOn)
        {
            return;   // its number is noted; what it shows is nobody's business
        }

        var isPadding = IsVideo && packet.Payload.IsEmpty;   // probes the link (RFC 3550 §5.1)
        if (IsVideo)
        {
            Cache ??= new PacketCache(_options.VideoCachePackets);
            if (!isPadding && Group.Note(packet, Stream.Highest, Cache))
            {
                _keyFrame.Fulfil();
            }

            Cache.Store(packet);
        }

        foreach (var viewer in _viewers)
        {
            viewer.TakeTurn();
            if (isPadding)
            {
                viewer.Skip(this, packet.SequenceNumber);
            }
            else
            {
                viewer.Forward(now, this, packet, batch);
            }
        }

        _publisher.TakeTurn();
    }

    private void ForgetGroup()
    {
        Group.Forget();
        _keyFrame.Fulfil();
        Cache?.Clear();
    }

    private void RestartViewers(Instant now, SendBatch batch)
    {
        foreach (var viewer in _viewers)
        {
            viewer.TakeTurn();
            viewer.SourceRestarted(now, batch);
        }

        _publisher.TakeTurn();
    }

    private void AskForKeyFrameIfDue(Instant now, SendBatch batch)
    {
        if (IsOn && Stream.HasStarted && _keyFrame.TryTake(now))
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
        Payload = payload,
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
