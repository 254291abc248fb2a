using System.Net;
using System.Net.Sockets;
using Streaming.Rtc;

namespace Streaming.Tests.Shared.Links;

/// <summary>One client of a <see cref="LinkEmulator"/>: its address, its own socket towards the server, and both directions of its link.</summary>
internal sealed class LinkFlow : IDisposable
{
    private const int LongestDatagram = 65_535;

    public LinkFlow(SocketAddress client, IPEndPoint server, LinkProfile profile, int seed, Instant began)
    {
        Client = client;
        Far = Open(server.Address);
        Far.Connect(server);
        (Down, Up) = (new LinkModel(profile.Down, seed, began), new LinkModel(profile.Up, ~seed, began));
    }

    /// <summary>Where the client sends from.</summary>
    public SocketAddress Client { get; }

    /// <summary>Where the server hears it from.</summary>
    public Socket Far { get; }

    /// <summary>Towards the client.</summary>
    public LinkModel Down { get; }

    /// <summary>Towards the server.</summary>
    public LinkModel Up { get; }

    /// <summary>Becomes another link from now on.</summary>
    public void Change(Instant now, LinkProfile profile)
    {
        Down.Change(now, profile.Down);
        Up.Change(now, profile.Up);
    }

    /// <summary>A socket on a loopback port of the system's choice.</summary>
    public static Socket Open(IPAddress loopback)
    {
        var socket = new Socket(loopback.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(loopback, 0));
        return socket;
    }

    /// <summary>A buffer that every datagram fits into.</summary>
    public static byte[] MakeBuffer() => new byte[LongestDatagram];

    public void Dispose() => Far.Dispose();
}
