using Streaming.Client.Peers;
using Streaming.Rtc;

namespace Streaming.Client.Tests.Peers;

/// <summary>A peer and its server in virtual time: what one sends the other has half a round trip later.</summary>
internal sealed class Wire : IDisposable
{
    private readonly TimeSpan _way;
    private readonly PriorityQueue<(bool ToServer, byte[] Datagram), long> _flying = new();
    private readonly byte[] _buffer = new byte[OutgoingQueue.SlotSize];
    private long _order;

    public Wire(HeadlessPeer peer, double roundTripMilliseconds = 10)
    {
        Peer = peer;
        _way = TimeSpan.FromMilliseconds(roundTripMilliseconds / 2);
    }

    public HeadlessPeer Peer { get; }

    public TinyServer Server { get; } = new();

    public Instant Now { get; private set; } = new(TimeSpan.FromHours(7).Ticks);

    public List<IMediaFeed> Feeds { get; } = [];

    /// <summary>Which datagrams of the server are lost; none by default.</summary>
    public Func<byte[], bool> Loses { get; set; } = _ => false;

    public static Wire Connected(HeadlessPeer peer, double roundTripMilliseconds = 10)
    {
        var wire = new Wire(peer, roundTripMilliseconds);
        peer.Accept(wire.Now, wire.Server.Answer(peer.Offer));
        wire.Run(TimeSpan.FromMilliseconds(500));
        Assert.Equal(HeadlessPeerState.Connected, peer.State);
        return wire;
    }

    public void Run(TimeSpan span)
    {
        for (var end = Now + span; Now < end; Now += TimeSpan.FromMilliseconds(1))
        {
            Server.Tick(Now);
            if (Peer.NextTick <= Now)
            {
                Peer.Tick(Now);
            }

            Feeds.ForEach(feed => feed.Tick(Now));
            Move();
        }
    }

    public void Dispose()
    {
        Peer.Dispose();
        Server.Dispose();
    }

    private void Move()
    {
        while (Peer.TryTakeOutgoing(_buffer, out var length, out var to))
        {
            Assert.Equal(TinyServer.Address, to);
            Fly(toServer: true, _buffer[..length]);
        }

        while (Server.TryTake(out var datagram))
        {
            if (!Loses(datagram))
            {
                Fly(toServer: false, datagram);
            }
        }

        while (_flying.TryPeek(out _, out var key) && key >> 20 <= Now.Ticks)
        {
            var (toServer, datagram) = _flying.Dequeue();
            if (toServer)
            {
                Server.Receive(Now, datagram);
            }
            else
            {
                Peer.Receive(Now, datagram);
            }
        }
    }

    // Time first, then order of sending.
    private void Fly(bool toServer, byte[] datagram) =>
        _flying.Enqueue((toServer, datagram), ((Now + _way).Ticks << 20) | (_order++ & 0xF_FFFF));
}
