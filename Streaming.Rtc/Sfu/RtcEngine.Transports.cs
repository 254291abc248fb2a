using System.Text;

namespace Streaming.Rtc.Sfu;

/// <content>Transports that come and go: where they are reached, and what their going means for those who stay.</content>
internal sealed partial class RtcEngine
{
    private static readonly TimeSpan AddressHeld = TimeSpan.FromSeconds(10);   // two consent checks
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(2);
    private readonly Dictionary<TransportAddress, (PeerTransport Owner, Instant Checked)> _byAddress = [];
    private readonly Dictionary<TransportId, (TransportAddress To, Instant Until)> _farewells = [];
    private readonly HashSet<Room> _unsettled = [];

    /// <summary>What fills a room's slots is chosen anew once the present command is done: a watcher's fault there does not undo it.</summary>
    public void Unsettle(Room room) => _unsettled.Add(room);

    /// <summary>Whether another peer is alive at an address.</summary>
    public bool IsHeldByAnother(Instant now, TransportAddress address, PeerTransport transport) =>
        _byAddress.TryGetValue(address, out var claim) && claim.Owner != transport && now - claim.Checked < AddressHeld;

    /// <summary>From now on datagrams from <paramref name="address"/> belong to <paramref name="transport"/>, which has had a verified check from there.</summary>
    public void Claim(Instant now, TransportAddress address, PeerTransport transport) => _byAddress[address] = (transport, now);

    /// <summary>Undoes <see cref="Claim"/>, unless the address has found a new owner.</summary>
    public void Forget(TransportAddress address, PeerTransport transport)
    {
        if (_byAddress.TryGetValue(address, out var claim) && claim.Owner == transport)
        {
            _byAddress.Remove(address);
        }
    }

    /// <summary>What is known of a watcher's link and what it gets, in a line for logs; empty when nothing is.</summary>
    public string Describe(TransportId id) => (_transports.GetValueOrDefault(id) as WatcherTransport)?.DescribeLink() ?? "";

    private void Admit(PeerTransport transport)
    {
        if (!TryKey(Encoding.ASCII.GetBytes(transport.LocalUfrag), out var key))
        {
            throw new ArgumentException($"Our own user fragments have 8 characters; '{transport.LocalUfrag}' has not.");
        }

        _transports.Add(transport.Id, transport);
        _byUfrag.Add(key, transport);
        transport.Room.Transports.Add(transport);
        CountOpen(transport, +1);
    }

    private void RefuseRoomless(RtcCommand command)
    {
        var id = command is AddPublisher publisher ? publisher.Transport : ((AddWatcher)command).Transport;
        Raise(new TransportClosed(id, CloseReason.RoomClosed));
    }

    private void CloseRoom(Instant now, RoomId id, SendBatch batch)
    {
        if (!_rooms.Remove(id, out var room))
        {
            return;
        }

        _relayed.Remove(room);

        foreach (var transport in room.Transports.ToArray())
        {
            Close(now, transport.Id, CloseReason.RoomClosed, batch);
        }
    }

    private void Close(Instant now, TransportId id, CloseReason reason, SendBatch batch)
    {
        if (!_transports.Remove(id, out var transport))
        {
            return;
        }

        CountOpen(transport, -1);
        CountersOf(transport).TcpTransports -= transport.Remote.IsTcp ? 1 : 0;
        transport.Room.Remove(now, transport, batch);
        _unsettled.Add(transport.Room);
        if (transport.IsConnected)
        {
            // The close_notify comes back from the handshaker when the transport is already gone.
            _farewells[id] = (transport.Remote, now + FarewellTime);
        }

        if (TryKey(Encoding.ASCII.GetBytes(transport.LocalUfrag), out var key))
        {
            _byUfrag.Remove(key);
        }

        foreach (var address in transport.Addresses)
        {
            Forget(address, transport);
        }

        handshaker.Close(id);
        transport.Dispose();
        Raise(new TransportClosed(id, reason));
    }

    // Once per round: to choose anew for each of a thousand who go at once would hold up everybody else's packets.
    private void Settle(Instant now, SendBatch batch)
    {
        if (_unsettled.Count == 0)
        {
            return;
        }

        foreach (var room in _unsettled)
        {
            _unsettled.Remove(room);   // allowed while enumerating, and one that throws is not tried for ever
            room.Rebuild(now, batch);
        }
    }

    /// <summary>A transport sends to another address than before.</summary>
    public void PathMoved(PeerTransport transport, bool wasTcp) =>
        CountersOf(transport).TcpTransports += (transport.Remote.IsTcp ? 1 : 0) - (wasTcp ? 1 : 0);

    private void CountOpen(PeerTransport transport, int change) => CountersOf(transport).Transports += change;

    private WatchCounters CountersOf(PeerTransport transport) => transport.IsObserver ? Counters.Observers : Counters.Members;

    private void SayFarewell(TransportId id, byte[] datagram, SendBatch batch)
    {
        // Not only the first: a flight that the handshaker repeated just before may still come in front of the close_notify.
        if (_farewells.TryGetValue(id, out var farewell))
        {
            batch.Add(farewell.To, datagram);
        }
    }

    private void ForgetFarewells(Instant now)
    {
        foreach (var (id, farewell) in _farewells)
        {
            if (now > farewell.Until)
            {
                _farewells.Remove(id);   // allowed while enumerating since .NET Core 3.0
            }
        }
    }
}
