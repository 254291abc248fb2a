using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Sfu;

/// <summary>What a worker is told. One-way: nobody waits for the media thread; what comes of it is an <see cref="RtcEvent"/>.</summary>
public abstract record RtcCommand;

/// <summary>Opens a room.</summary>
public sealed record OpenRoom(RoomId Room) : RtcCommand;

/// <summary>Closes a room and every transport in it.</summary>
public sealed record CloseRoom(RoomId Room) : RtcCommand;

/// <summary>Admits a publisher; its checks may arrive from now on. Its tracks take the place of a former publisher's, source by source.</summary>
public sealed record AddPublisher(TransportId Transport, RoomId Room, PublishParameters Parameters) : RtcCommand;

/// <summary>Admits a watcher.</summary>
/// <param name="Transport">Its id.</param>
/// <param name="Room">Which class it watches.</param>
/// <param name="Parameters">As negotiated.</param>
/// <param name="IsObserver">An observer takes what comes: nothing it does ever reaches a publisher.</param>
public sealed record AddWatcher(TransportId Transport, RoomId Room, WatchParameters Parameters, bool IsObserver) : RtcCommand;

/// <summary>Closes one transport.</summary>
public sealed record CloseTransport(TransportId Transport, CloseReason Reason) : RtcCommand;

/// <summary>Says which of its tracks a publisher sends now; slots with a choice follow.</summary>
public sealed record SetSources(TransportId Transport, IReadOnlyList<TrackSource> Sources) : RtcCommand;

/// <summary>Says how much a watcher wants at most, whatever its link carries; everything until it is said.</summary>
public sealed record LimitWatcher(TransportId Transport, Rung Highest) : RtcCommand;

/// <summary>A DTLS datagram for the peer.</summary>
internal sealed record DtlsSend(TransportId Transport, byte[] Datagram) : RtcCommand;

/// <summary>A handshake's keys are there, and set.</summary>
/// <param name="Transport">Whose.</param>
/// <param name="Session">The transport's from now on; whoever finds no transport disposes it.</param>
/// <param name="IsProven">Whether the peer has shown that it has them, too; otherwise <see cref="DtlsProven"/> may follow.</param>
internal sealed record DtlsConnected(TransportId Transport, SrtpSession Session, bool IsProven = true) : RtcCommand
{
    /// <summary>
    /// What leaves before anything does under the keys: our last flight. The peer has its keys by it, or may send when it has come, and finds ours then.
    /// </summary>
    public IReadOnlyList<byte[]> LastFlight { get; init; } = [];
}

/// <summary>The peer has had the last word of a handshake whose keys were there before it.</summary>
internal sealed record DtlsProven(TransportId Transport) : RtcCommand;

/// <summary>An association ended by itself.</summary>
internal sealed record DtlsClosed(TransportId Transport, CloseReason Reason) : RtcCommand;
