using System.Net.Sockets;
using Streaming.Rtc;
using Streaming.Rtc.Net;

namespace Streaming.Client.Peers;

/// <summary>A peer with its socket and its feeds. Belongs to the thread of one <see cref="HeadlessPeerLoop"/>.</summary>
internal sealed class LoopPeer(HeadlessPeer peer, IMediaFeed[] feeds, int socketBuffer)
{
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _outgoing = GC.AllocateUninitializedArray<byte>(OutgoingQueue.SlotSize);

    public HeadlessPeer Peer => peer;

    /// <summary>Done when the peer is connected, or will never be.</summary>
    public Task Connected => _connected.Task;

    /// <summary>Its socket; null before it has sent anything.</summary>
    public Socket? Socket { get; private set; }

    /// <summary>Takes one datagram, in place.</summary>
    public void Receive(Instant now, Span<byte> datagram) => peer.ReceiveInPlace(now, datagram);

    /// <summary>Does what is due and sends what comes of it.</summary>
    public void Tick(Instant now)
    {
        if (now >= peer.NextTick)
        {
            peer.Tick(now);
        }

        if (peer.State == HeadlessPeerState.Connected)
        {
            foreach (var feed in feeds)
            {
                if (now >= feed.NextTick)
                {
                    feed.Tick(now);
                }
            }
        }

        Send();
        if (!_connected.Task.IsCompleted)
        {
            Settle();
        }
    }

    /// <summary>Says goodbye and frees everything.</summary>
    public void End(Instant now)
    {
        peer.Close();
        Tick(now);
        peer.Dispose();
        Socket?.Dispose();
    }

    /// <summary>Tells who waits that the loop is broken.</summary>
    public void Abandon(Exception error) => _connected.TrySetException(error);

    private void Settle()
    {
        switch (peer.State)
        {
            case HeadlessPeerState.Connected:
                _connected.TrySetResult();
                break;
            case HeadlessPeerState.Failed:
                _connected.TrySetException(new HeadlessPeerException(peer.Failure!));
                break;
            case HeadlessPeerState.Closed:
                _connected.TrySetException(new HeadlessPeerException("The peer was closed before it was connected."));
                break;
        }
    }

    private void Send()
    {
        while (peer.TryTakeOutgoing(_outgoing, out var length, out var to))
        {
            // A refusal (no room, or nobody at the other port yet) is a lost datagram, which the protocols above mend.
            Socket ??= Open(to);
            _ = Socket.Send(_outgoing.AsSpan(0, length), SocketFlags.None, out _);
        }
    }

    // Connected, so that the kernel looks up the route once and lets nobody else's datagrams through.
    private Socket Open(TransportAddress to)
    {
        var endpoint = to.ToIPEndPoint();
        var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            SocketBuffers.Ask(socket, socketBuffer);
            socket.Connect(endpoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
