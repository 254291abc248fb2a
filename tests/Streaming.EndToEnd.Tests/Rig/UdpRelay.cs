using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>Somebody on the way between one peer and the server: passes everything on, remembers it, and can slip in what it likes.</summary>
internal sealed class UdpRelay : IDisposable
{
    private const int Remembered = 2_000;

    private readonly Socket _near = Open();
    private readonly Socket _far = Open();
    private readonly EndPoint _server;
    private readonly ConcurrentQueue<byte[]> _seen = new();
    private volatile SocketAddress? _peer;
    private volatile bool _stopping;

    /// <summary>Stands in front of the server's media port.</summary>
    public UdpRelay(IPEndPoint server)
    {
        _server = server;
        _far.Connect(_server);
        Start("relay-up", PassUp);
        Start("relay-down", PassDown);
    }

    /// <summary>Where the peer must send to.</summary>
    public IPEndPoint Near => (IPEndPoint)_near.LocalEndPoint!;

    /// <summary>What the peer sent lately.</summary>
    public IReadOnlyCollection<byte[]> Seen => _seen;

    /// <summary>Sends to the server, as if the peer had.</summary>
    /// <returns>Whether the system took the datagram.</returns>
    public bool Inject(ReadOnlySpan<byte> datagram)
    {
        _far.Send(datagram, SocketFlags.None, out var error);
        return error == SocketError.Success;
    }

    public void Dispose()
    {
        _stopping = true;
        _near.Dispose();
        _far.Dispose();
    }

    private static Socket Open()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private void Start(string name, Action<byte[]> pass) =>
        new Thread(() => Run(pass)) { Name = name, IsBackground = true }.Start();

    private void Run(Action<byte[]> pass)
    {
        var buffer = new byte[2048];
        while (!_stopping)
        {
            try
            {
                pass(buffer);
            }
            catch (Exception e) when (e is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                // The server was not there for a moment.
            }
            catch (Exception e) when (_stopping && e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void PassUp(byte[] buffer)
    {
        var from = new SocketAddress(AddressFamily.InterNetwork);
        var length = _near.ReceiveFrom(buffer, SocketFlags.None, from);
        _peer = from;
        _far.Send(buffer.AsSpan(0, length));
        _seen.Enqueue(buffer[..length]);
        while (_seen.Count > Remembered)
        {
            _seen.TryDequeue(out _);
        }
    }

    private void PassDown(byte[] buffer)
    {
        var length = _far.Receive(buffer);
        if (_peer is { } peer)
        {
            _near.SendTo(buffer.AsSpan(0, length), SocketFlags.None, peer);
        }
    }
}
