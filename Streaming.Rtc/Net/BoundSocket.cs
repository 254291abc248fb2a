using System.Net;
using System.Net.Sockets;

namespace Streaming.Rtc.Net;

/// <summary>Makes the UDP sockets of both ports: bound, non-blocking, with large buffers, deaf to ICMP errors.</summary>
internal static class BoundSocket
{
    /// <summary>What is asked of the kernel for each direction, in bytes: a second of 30 Mbit/s.</summary>
    public const int WantedBuffer = 4 * 1024 * 1024;

    private const int WindowsConnectionReset = unchecked((int)0x9800000C);

    /// <summary>Binds a socket.</summary>
    /// <param name="address">Where; <see cref="IPAddress.IPv6Any"/> serves IPv4 as well.</param>
    /// <param name="port">0 lets the system choose.</param>
    /// <exception cref="SocketException">The port is taken, or the address is not one of this machine.</exception>
    public static Socket Open(IPAddress address, int port)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = address.Equals(IPAddress.IPv6Any);
            }

            socket.Blocking = false;
            SocketBuffers.Ask(socket, WantedBuffer);
            IgnoreIcmpErrors(socket);
            socket.Bind(new IPEndPoint(address, port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // One viewer that closed its browser answers each packet by "port unreachable". On a socket that serves everybody such an answer would
    // fail the next receive or send, which is for somebody else. Other systems tell only connected sockets (Linux: or those with IP_RECVERR).
    private static void IgnoreIcmpErrors(Socket socket)
    {
        if (OperatingSystem.IsWindows())
        {
            socket.IOControl(WindowsConnectionReset, [0, 0, 0, 0], null);
        }
    }
}
