using System.Net;
using System.Net.Sockets;

namespace Streaming.Rtc.Net.Tcp;

/// <summary>Opens the TCP port that the options ask for.</summary>
internal static class TcpPorts
{
    // tcp(7)
    private const int ProtocolTcp = 6;
    private const int NotSentLowWater = 25;

    /// <summary>What the kernel takes beyond what is on its way, in bytes; more would be late before it leaves.</summary>
    private const int MostNotSent = 4_096;

    /// <summary>The same where the kernel counts all that is not acknowledged: enough for 2 Mbit/s over 250 ms.</summary>
    private const int SendBuffer = 64 * 1024;

    private const int Backlog = 512;

    /// <summary>Opens the port.</summary>
    /// <param name="options">With a <see cref="RtcOptions.TcpPort"/> of 0 or more.</param>
    /// <param name="firstUdp">The first worker's UDP port as it is.</param>
    /// <exception cref="InvalidOperationException">The port cannot be had; the message says which and what to change.</exception>
    public static Socket Open(RtcOptions options, int firstUdp)
    {
        var number = options.TcpPort == 0 ? firstUdp : options.TcpPort;
        try
        {
            return Listen(options.Address, number);
        }
        catch (SocketException) when (options is { TcpPort: 0, FirstPort: 0 })
        {
            return Listen(options.Address, 0);   // the system chose that number for UDP; it chooses this one, too
        }
        catch (SocketException e)
        {
            throw new InvalidOperationException(
                e.SocketErrorCode switch
                {
                    SocketError.AddressAlreadyInUse =>
                        $"TCP port {number} of {options.Address} is in use by another program. Stop that one, or set {nameof(RtcOptions.TcpPort)} "
                        + "to a free port, or to -1 for media by UDP alone.",
                    SocketError.AccessDenied =>
                        $"TCP port {number} may not be opened by this user. Set {nameof(RtcOptions.TcpPort)} to 1024 or more.",
                    _ => $"TCP port {number} of {options.Address} cannot be opened ({e.SocketErrorCode}). Look at {nameof(RtcOptions.Address)} and "
                        + $"{nameof(RtcOptions.TcpPort)}.",
                },
                e);
        }
    }

    /// <summary>Lets the kernel hold little of what is written to a connection.</summary>
    public static void KeepShort(Socket socket)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                socket.SetRawSocketOption(ProtocolTcp, NotSentLowWater, BitConverter.GetBytes(MostNotSent));
                return;
            }
        }
        catch (SocketException)
        {
            // A kernel before 3.12.
        }

        socket.SendBufferSize = SendBuffer;
    }

    private static Socket Listen(IPAddress address, int port)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = address.Equals(IPAddress.IPv6Any);
            }

            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
