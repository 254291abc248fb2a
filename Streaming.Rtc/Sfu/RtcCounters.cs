namespace Streaming.Rtc.Sfu;

/// <summary>What one worker has moved. Written by its thread; read racily by metrics.</summary>
public sealed class RtcCounters
{
    /// <summary>RTP packets accepted from publishers, those that were sent again included; what was dropped is not.</summary>
    public long PacketsReceived { get; internal set; }

    /// <summary>Bytes of their payload.</summary>
    public long BytesReceived { get; internal set; }

    /// <summary>Packets that publishers lost on the way and sent again for us.</summary>
    public long PacketsRecovered { get; internal set; }

    /// <summary>Key frame requests sent to publishers.</summary>
    public long KeyFramesRequested { get; internal set; }

    /// <summary>Publishers' packets that were lengthened by a few bytes so that a frame leaves as one segmented send.</summary>
    public long PacketsPadded { get; internal set; }

    /// <summary>Packets handed to other workers that show the same class; a packet counts once for each.</summary>
    public long PacketsRelayed { get; internal set; }

    /// <summary>Picture packets that another worker had no room for: it was too slow, or the group of pictures that it began with was too large.</summary>
    public long PicturePacketsNotRelayed { get; internal set; }

    /// <summary>Voice packets that another worker had no room for.</summary>
    public long VoicePacketsNotRelayed { get; internal set; }

    /// <summary>Rooms open now.</summary>
    public int Rooms { get; internal set; }

    /// <summary>The members' share: teachers and students.</summary>
    public WatchCounters Members { get; } = new();

    /// <summary>The observers' share. Not for any eye in the school.</summary>
    public WatchCounters Observers { get; } = new();

    /// <summary>Datagrams of observers that were dropped.</summary>
    public DropCounters ObserverDrops { get; } = new();

    /// <summary>Open transports of both.</summary>
    public int Transports => Members.Transports + Observers.Transports;
}

/// <summary>What was sent to one kind of watcher.</summary>
public sealed class WatchCounters
{
    /// <summary>Transports open now, publishers' included.</summary>
    public int Transports { get; internal set; }

    /// <summary>Those of them that are reached by TCP now.</summary>
    public int TcpTransports { get; internal set; }

    /// <summary>RTP packets forwarded, resent ones not counted.</summary>
    public long PacketsForwarded { get; internal set; }

    /// <summary>RTP packets sent again on a NACK.</summary>
    public long PacketsResent { get; internal set; }

    /// <summary>Packets of padding that tried how much more a link carries.</summary>
    public long PacketsProbed { get; internal set; }

    /// <summary>NACKed packets that the cache no longer held.</summary>
    public long ResendsMissed { get; internal set; }

    /// <summary>Packets not forwarded because the watcher has no codec for them, or no room.</summary>
    public long PacketsUnplayable { get; internal set; }
}
