using System.Buffers.Binary;
using System.Security.Cryptography;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Stun;

namespace Streaming.Rtc.Sfu;

/// <summary>Everything behind one UDP port: which datagram belongs to whom, who is in which room, what is due.</summary>
/// <remarks>
/// A state machine without socket, clock, lock or task: it is told the time and given the bytes. One RTC worker owns it; a simulated
/// network in tests is another such owner.
/// </remarks>
internal sealed partial class RtcEngine(RtcEngineOptions options, IHandshaker handshaker, DropCounters drops)
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan CatchUpInterval = TimeSpan.FromMilliseconds(5);
    private readonly Dictionary<RoomId, Room> _rooms = [];
    private readonly Dictionary<TransportId, PeerTransport> _transports = [];
    private readonly Dictionary<ulong, PeerTransport> _byUfrag = [];
    private readonly Queue<(PeerTransport Transport, CloseReason Reason)> _expired = [];
    private readonly List<Room> _gathering = [];
    private readonly Queue<RtcEvent> _events = [];

    private Instant _nextGrid = Instant.LongAgo;

    /// <summary>When <see cref="Tick"/> wants to be called next.</summary>
    public Instant NextTick { get; private set; } = Instant.LongAgo;

    /// <summary>What it has moved.</summary>
    public RtcCounters Counters { get; } = new();

    /// <summary>What it has dropped.</summary>
    public DropCounters Drops => drops;

    /// <summary>Its limits.</summary>
    public RtcEngineOptions Options => options;

    /// <summary>Where DTLS runs.</summary>
    public IHandshaker Handshaker => handshaker;

    /// <summary>Whose datagram or turn it was last: who is to blame when handling it throws.</summary>
    public PeerTransport? Current { get; internal set; }

    /// <summary>Our SSRC in reports about what others send.</summary>
    public Ssrc LocalSsrc { get; } = new((uint)RandomNumberGenerator.GetInt32(1, int.MaxValue));

    /// <summary>Stop 2 of a packet's path: which protocol (RFC 7983), which transport.</summary>
    /// <param name="now">The time of the batch that it came with.</param>
    /// <param name="from">Who sent it.</param>
    /// <param name="datagram">Decrypted in place; valid until this method returns.</param>
    /// <param name="batch">What leaves.</param>
    public void Receive(Instant now, TransportAddress from, Span<byte> datagram, SendBatch batch)
    {
        Current = null;
        switch (datagram)
        {
            case [< 4, ..]:
                ReceiveStun(now, from, datagram, batch);
                break;
            case [>= 20 and < 64, ..]:
                Find(from)?.ReceiveDtls(now, datagram);
                break;
            case [>= 128 and < 192, >= 192 and < 224, ..]:   // RFC 5761 §4: RTCP packet types
                Find(from)?.ReceiveRtcp(now, datagram, batch);
                break;
            case [>= 128 and < 192, ..]:
                Find(from)?.ReceiveRtp(now, datagram, batch);
                break;
            default:
                drops.Count(DropReason.UnknownProtocol);
                break;
        }
    }

    /// <summary>Whether what the round has brought so far ends in the midst of a picture, whose rest is about to come.</summary>
    public bool IsPictureOpen
    {
        get
        {
            foreach (var room in _gathering)
            {
                if (room.IsPictureOpen)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>A round of datagrams is over: what publishers have sent leaves to the watchers, each watcher's packets together.</summary>
    /// <remarks>When it throws, <see cref="Current"/> says whose fault it was, and another call goes on behind them.</remarks>
    public void EndRound(Instant now, SendBatch batch)
    {
        Current = null;   // not whose datagram was the round's last
        while (_gathering.Count > 0)
        {
            _gathering[^1].FanOut(now, batch);
            _gathering.RemoveAt(_gathering.Count - 1);
        }
    }

    /// <summary>Does what was asked for. A command for a transport or room that is gone does nothing.</summary>
    /// <remarks>When it throws and <see cref="Current"/> is a watcher, it was that one's turn, whomever the command is about.</remarks>
    public void Apply(Instant now, RtcCommand command, SendBatch batch)
    {
        Current = null;
        switch (command)
        {
            case OpenRoom(var id): _rooms.TryAdd(id, new Room(id, this)); break;
            case CloseRoom(var id): CloseRoom(now, id, batch); break;
            case AddPublisher(var id, var room, var parameters) when _rooms.TryGetValue(room, out var found):
                Admit(new PublisherTransport(id, found, parameters, this, now));
                break;
            case AddWatcher(var id, var room, var parameters, var isObserver) when _rooms.TryGetValue(room, out var found):
                Admit(new WatcherTransport(id, found, parameters, isObserver, this, now) { Voice = VoiceOf(parameters) });
                break;
            case AddPublisher or AddWatcher: RefuseRoomless(command); break;
            case CloseTransport(var id, var reason): Close(now, id, reason, batch); break;
            case SetSources(var id, var sources) when _transports.GetValueOrDefault(id) is PublisherTransport publisher:
                publisher.Room.SetSources(now, publisher, sources, batch);
                break;
            case LimitWatcher(var id, var highest) when _transports.GetValueOrDefault(id) is WatcherTransport watcher:
                watcher.Limit(now, highest, batch);
                break;
            case DtlsSend(var id, var datagram) when _transports.TryGetValue(id, out var transport):
                transport.SendDtls(now, datagram, batch);
                break;
            case DtlsSend(var id, var datagram): SayFarewell(id, datagram, batch); break;
            case DtlsConnected connected when _transports.TryGetValue(connected.Transport, out var transport):
                transport.Connect(now, connected, batch);
                Raise(new TransportConnected(transport.Id));
                break;
            case DtlsConnected(_, var session, _): session.Dispose(); break;   // closed meanwhile
            case DtlsProven(var id): _transports.GetValueOrDefault(id)?.Prove(); break;
            case DtlsClosed(var id, var reason): Close(now, id, reason, batch); break;
            default: ApplyRelaying(now, command, batch); break;
        }

        Settle(now, batch);
        NextTick = Instant.Earlier(NextTick, now + CatchUpInterval);   // somebody may have begun to catch up
        Counters.Rooms = _rooms.Count;
    }

    /// <summary>Does what is due by now.</summary>
    /// <remarks>
    /// Watchers who catch up have rounds of their own. Everybody else is called on a steady grid, so that nothing which a publisher gets to
    /// hear leaves sooner or later because of who watches.
    /// </remarks>
    public void Tick(Instant now, SendBatch batch)
    {
        var isOnGrid = now >= _nextGrid;
        var catchingUp = false;
        foreach (var transport in _transports.Values)
        {
            Current = transport;
            if (isOnGrid && now >= transport.Due)
            {
                if (transport.Expired(now) is { } reason)
                {
                    _expired.Enqueue((transport, reason));
                    continue;
                }

                transport.Tick(now, batch);
            }

            if (transport.IsRestless && transport is WatcherTransport watcher)
            {
                watcher.CatchUp(now, batch);
                catchingUp |= watcher.IsRestless;
            }
        }

        while (_expired.TryDequeue(out var expired))
        {
            Current = expired.Transport;
            Close(now, expired.Transport.Id, expired.Reason, batch);
        }

        Current = null;
        if (isOnGrid)
        {
            foreach (var room in _rooms.Values)
            {
                room.Tick(now, batch);
            }
        }

        Settle(now, batch);
        if (isOnGrid)
        {
            foreach (var room in _relayed)
            {
                room.Inlet!.Tick(now);
            }

            ForgetFarewells(now);
            _nextGrid = _nextGrid + TickInterval > now ? _nextGrid + TickInterval : now + TickInterval;
        }

        NextTick = catchingUp ? Instant.Earlier(now + CatchUpInterval, _nextGrid) : _nextGrid;
    }

    /// <summary>A room has packets that leave at the end of the round.</summary>
    public void Gathering(Room room)
    {
        if (!_gathering.Contains(room))
        {
            _gathering.Add(room);
        }
    }

    /// <summary>Takes the next thing that happened.</summary>
    public bool TryTakeEvent([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out RtcEvent? happened) => _events.TryDequeue(out happened);

    /// <summary>Tells what happened.</summary>
    public void Raise(RtcEvent happened) => _events.Enqueue(happened);

    private void ReceiveStun(Instant now, TransportAddress from, ReadOnlySpan<byte> datagram, SendBatch batch)
    {
        if (!StunReader.TryRead(datagram, out var request) || !request.IsBinding || request.Class != StunClass.Request)
        {
            drops.Count(DropReason.StunMalformed);
            return;
        }

        if (!request.TrySplitUsername(out var receiver, out _)
            || !TryKey(receiver, out var key)
            || !_byUfrag.TryGetValue(key, out var transport))
        {
            drops.Count(DropReason.StunUnknownUser);
            return;
        }

        Current = transport;
        transport.ReceiveCheck(now, request, from, batch);
    }

    private PeerTransport? Find(TransportAddress from)
    {
        if (_byAddress.TryGetValue(from, out var claim))
        {
            Current = claim.Owner;
            return claim.Owner;
        }

        drops.Count(DropReason.UnknownAddress);
        return null;
    }

    private static Ssrc VoiceOf(WatchParameters parameters)
    {
        foreach (var slot in parameters.Slots)
        {
            if (slot.Sources.Contains(TrackSource.Voice))
            {
                return slot.Ssrc;
            }
        }

        return default;
    }

    // Our fragments have 8 characters, so that one number can be the key and nothing is allocated per check.
    private static bool TryKey(ReadOnlySpan<byte> ufrag, out ulong key)
    {
        key = ufrag.Length == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(ufrag) : 0;
        return ufrag.Length == 8;
    }
}
