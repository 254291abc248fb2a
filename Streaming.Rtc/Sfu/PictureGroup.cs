using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>The last group of pictures of one track: where in its cache a decoder can start.</summary>
/// <remarks>Belongs to one <see cref="SourceTrack"/>; only its RTC worker calls it.</remarks>
/// <param name="formats">What the track may use.</param>
/// <param name="capacity">How many packets the cache keeps.</param>
internal sealed class PictureGroup(IReadOnlyList<NegotiatedFormat> formats, int capacity)
{
    private uint _timestamp;
    private bool _hasOpenHead;

    /// <summary>Whether the cache holds a key frame and all that came after it.</summary>
    public bool IsThere { get; private set; }

    /// <summary>Its first packet; only with <see cref="IsThere"/>.</summary>
    public SequenceNumber Start { get; private set; }

    /// <summary>Its size so far, in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether the picture with this timestamp is its key frame.</summary>
    public bool BeginsWith(uint timestamp) => IsThere && timestamp == _timestamp;

    /// <summary>Takes the next packet of the track, before the cache does.</summary>
    /// <returns>True when a new group begins.</returns>
    public bool Note(in MediaPacket packet, SequenceNumber highest, PacketCache cache)
    {
        var isOfStart = IsThere && packet.Timestamp == _timestamp;
        var isOlder = IsThere && Start.IsNewerThan(packet.SequenceNumber);
        var begins = packet.StartsKeyFrame && !isOfStart && !isOlder;
        if (begins)
        {
            (_timestamp, IsThere, Bytes) = (packet.Timestamp, true, 0);
        }

        if (begins || (isOfStart && isOlder))   // or its head comes late
        {
            StartAt(packet, cache);
        }
        else if (IsThere && highest.DistanceFrom(Start) >= capacity)
        {
            IsThere = false;   // its key frame is being overwritten
        }

        Bytes += packet.Payload.Length;
        return begins;
    }

    /// <summary>
    /// Whether it begins behind a packet that is still asked for and may hold what its decoder needs: H.264 sends parameter sets ahead of the
    /// picture.
    /// </summary>
    public bool LacksHead(NackTracker missing) => IsThere && _hasOpenHead && missing.IsWaitingFor(Start + -1);

    /// <summary>Nobody starts here any more.</summary>
    public void Forget() => IsThere = false;

    private void StartAt(in MediaPacket packet, PacketCache cache)
    {
        Start = packet.SequenceNumber;
        var format = formats[packet.Format];
        _hasOpenHead = format.Retransmission is not null && KeyFrames.MayLackParameters(format.Format.Codec, packet.Payload);
        while (_hasOpenHead && cache.TryGet(Start + -1, out var earlier) && earlier.Timestamp == packet.Timestamp)
        {
            Start += -1;   // no start by itself, but of the same picture
        }
    }
}
