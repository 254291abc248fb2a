using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Net.Tcp;

/// <summary>Why a TCP connection ended, or was not taken.</summary>
public enum TcpEnd
{
    /// <summary>The peer closed it, or the network did.</summary>
    Gone,

    /// <summary>There were too many, in all or of its network.</summary>
    Refused,

    /// <summary>Its first datagram was no check that concerns us.</summary>
    Stranger,

    /// <summary>A frame's length was out of bounds.</summary>
    Broken,

    /// <summary>No valid check came in time.</summary>
    Unchecked,

    /// <summary>No further valid check came: the transport's consent is over (RFC 7675).</summary>
    ConsentExpired,

    /// <summary>It took nothing of what it was sent.</summary>
    Stuck,

    /// <summary>The server stops.</summary>
    Stopped,
}

/// <summary>What media by TCP comes to. Written by many threads, read racily by metrics.</summary>
public sealed class TcpCounters
{
    private readonly long[] _ends = new long[Enum.GetValues<TcpEnd>().Length];

    /// <summary>Members' packets that were dropped because their connection was too slow.</summary>
    public TcpDrops Members { get; } = new();

    /// <summary>Observers' such packets. Not for any eye in the school.</summary>
    public TcpDrops Observers { get; } = new();

    /// <summary>How many connections ended for a reason.</summary>
    public long this[TcpEnd end] => Volatile.Read(ref _ends[(int)end]);

    internal void Count(TcpEnd end) => Interlocked.Increment(ref _ends[(int)end]);

    internal void Dropped(in TcpPeer peer, int pictures, int others) =>
        (peer.IsObserver ? Observers : Members).Count(pictures, others);
}

/// <summary>Packets that a TCP connection was too slow for.</summary>
public sealed class TcpDrops
{
    private long _pictures;
    private long _others;

    /// <summary>Of pictures.</summary>
    public long Pictures => Volatile.Read(ref _pictures);

    /// <summary>Of voice, and whatever else is no picture.</summary>
    public long Others => Volatile.Read(ref _others);

    internal void Count(int pictures, int others)
    {
        Interlocked.Add(ref _pictures, pictures);
        Interlocked.Add(ref _others, others);
    }
}
