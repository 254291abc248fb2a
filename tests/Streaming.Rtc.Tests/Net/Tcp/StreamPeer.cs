using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Streaming.Client.Peers;
using Streaming.Rtc.Net;
using Streaming.Rtc.Net.Tcp;

namespace Streaming.Rtc.Tests.Net.Tcp;

/// <summary>A <see cref="HeadlessPeer"/> whose datagrams go by a TCP connection (RFC 6544, active). Moves only while <see cref="Move"/> is called.</summary>
internal sealed class StreamPeer(HeadlessPeer peer, IPEndPoint server) : IDisposable
{
    private readonly byte[] _outgoing = new byte[2_048];
    private readonly byte[] _incoming = new byte[64 * 1024];
    private Socket _socket = Connect(server);
    private FrameReader _frames = new();

    public HeadlessPeer Peer => peer;

    /// <summary>Whether the server has closed the connection.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Takes at most this many bytes from the connection each time; none: it does not read at all.</summary>
    public int Appetite { get; set; } = int.MaxValue;

    /// <summary>Loses the connection; comes back by another with the next check.</summary>
    public void Lose()
    {
        _socket.Dispose();
        IsCut = true;
    }

    /// <summary>Does what is due: sends, and takes what has come.</summary>
    public void Move(Instant now)
    {
        if (now >= peer.NextTick)
        {
            peer.Tick(now);
        }

        while (peer.TryTakeOutgoing(_outgoing.AsSpan(FrameReader.HeaderLength), out var length, out _))
        {
            if (IsCut && _outgoing[FrameReader.HeaderLength] < 4)
            {
                ConnectAgain();   // a connection begins with a check (RFC 6544 §7.1)
            }

            BinaryPrimitives.WriteUInt16BigEndian(_outgoing, (ushort)length);
            Send(_outgoing.AsSpan(0, FrameReader.HeaderLength + length));
        }

        while (!IsCut && Appetite > 0 && _socket.Poll(0, SelectMode.SelectRead))
        {
            var taken = Receive(_incoming.AsSpan(0, Math.Min(Appetite, _incoming.Length)));
            ReadOnlySpan<byte> bytes = _incoming.AsSpan(0, taken);
            IsCut = taken == 0;
            while (_frames.Next(ref bytes, out var datagram) == FrameOutcome.Whole)
            {
                peer.Receive(now, datagram);
            }

            if (Appetite < int.MaxValue)
            {
                break;
            }
        }
    }

    private void ConnectAgain()
    {
        try
        {
            (_socket, _frames, IsCut) = (Connect(server), new FrameReader(), false);
        }
        catch (SocketException)
        {
            // The server has gone; with the next check it is tried again.
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        peer.Dispose();
    }

    private static Socket Connect(IPEndPoint server)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 16 * 1024 };
        socket.Connect(server);
        return socket;
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _ = IsCut ? 0 : _socket.Send(bytes);
        }
        catch (SocketException)
        {
            IsCut = true;
        }
    }

    private int Receive(Span<byte> bytes)
    {
        try
        {
            return _socket.Receive(bytes);
        }
        catch (SocketException)
        {
            return 0;   // reset
        }
    }
}
