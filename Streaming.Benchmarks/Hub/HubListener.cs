using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Streaming.Benchmarks.Hub;

/// <summary>One connection of the load: a socket that has spoken the two handshakes, and afterwards looks for marks in whatever comes.</summary>
/// <remarks>A whole client would cost more than the server that is measured.</remarks>
internal sealed class HubListener : IDisposable
{
    private const byte Separator = 0x1e;
    private const int TcpMaxSegment = 2;   // TCP_MAXSEG
    private const int SegmentSize = 1_400;   // what a real link has; loopback's 64 kB would give the server send buffers of megabytes
    private const int StalledBuffer = 4_096;

    private readonly byte[] _rest = new byte[HubMark.Length];
    private int _kept;

    private HubListener(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    /// <summary>The number of the last delta.</summary>
    public int Last { get; private set; }

    /// <summary>How many came that were not the next.</summary>
    public int Wrong { get; private set; }

    /// <summary>Bytes received, frames and all.</summary>
    public long Bytes { get; private set; }

    /// <summary>Connects, and waits until the hub has answered the handshake.</summary>
    /// <remarks>
    /// Not asynchronously: the runtime would then watch the socket for ever, and be woken for every message, which on loopback is work of the sender.
    /// </remarks>
    /// <exception cref="IOException">The server answers otherwise.</exception>
    public static HubListener Connect(int port, string protocol, bool stalled)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpMaxSegment, BitConverter.GetBytes(SegmentSize));
            if (stalled)
            {
                socket.ReceiveBufferSize = StalledBuffer;
            }

            socket.Connect(IPAddress.Loopback, port);
            socket.Send(Upgrade(stalled));
            ReadUntil(socket, "\r\n\r\n"u8);
            socket.Send(Frame($$"""{"protocol":"{{protocol}}","version":1}""" + (char)Separator));
            ReadUntil(socket, [Separator]);
            socket.Blocking = false;
            return new HubListener(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes what has come.</summary>
    /// <param name="buffer">Room to read into; begins with room for what was kept.</param>
    /// <param name="now">The time, by the clock of <see cref="HubMark"/>.</param>
    /// <param name="latencies">Receives one value for each delta, in ticks of that clock; null while nothing is measured.</param>
    /// <returns>False when the server has closed the connection.</returns>
    public bool Read(byte[] buffer, long now, List<long>? latencies)
    {
        _rest.AsSpan(0, _kept).CopyTo(buffer);
        var received = Socket.Receive(buffer.AsSpan(_kept), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return true;
        }

        if (error != SocketError.Success || received == 0)
        {
            return false;
        }

        Bytes += received;
        ReadOnlySpan<byte> bytes = buffer.AsSpan(0, _kept + received);
        while (HubMark.TryTake(ref bytes, out var number, out var at))
        {
            Wrong += number == Last + 1 ? 0 : 1;
            Last = number;
            latencies?.Add(now - at);
        }

        bytes.CopyTo(_rest);
        _kept = bytes.Length;
        return true;
    }

    public void Dispose() => Socket.Dispose();

    private static byte[] Upgrade(bool stalled) => Encoding.ASCII.GetBytes(
        $"GET /hub{(stalled ? "?stalled=1" : "")} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Convert.ToBase64String(RandomNumberGenerator.GetBytes(16))}\r\n\r\n");

    // RFC 6455 §5.2: one text frame, masked by zeros.
    private static byte[] Frame(string text) => [0x81, (byte)(0x80 | text.Length), 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(text)];

    private static void ReadUntil(Socket socket, ReadOnlySpan<byte> end)
    {
        // Byte by byte: what follows must stay in the socket.
        var read = new List<byte>();
        Span<byte> one = stackalloc byte[1];
        while (!CollectionsMarshal.AsSpan(read).EndsWith(end))
        {
            if (socket.Receive(one) == 0)
            {
                throw new IOException($"The server ended the handshake: {Encoding.ASCII.GetString([.. read])}");
            }

            read.Add(one[0]);
        }
    }
}
