using System.Net.Sockets;

namespace Streaming.Rtc.Net;

/// <summary>Asks the kernel for large socket buffers.</summary>
internal static class SocketBuffers
{
    // socket(7)
    private const int SolSocket = 1;
    private const int SendBufferForce = 32;
    private const int ReceiveBufferForce = 33;

    /// <summary>Asks for <paramref name="bytes"/> each way; beyond the system's limits where this process may (Linux: CAP_NET_ADMIN).</summary>
    public static void Ask(Socket socket, int bytes)
    {
        socket.ReceiveBufferSize = bytes;
        socket.SendBufferSize = bytes;
        if (OperatingSystem.IsLinux())
        {
            Force(socket, bytes);
        }
    }

    private static void Force(Socket socket, int bytes)
    {
        try
        {
            socket.SetRawSocketOption(SolSocket, ReceiveBufferForce, BitConverter.GetBytes(bytes));
            socket.SetRawSocketOption(SolSocket, SendBufferForce, BitConverter.GetBytes(bytes));
        }
        catch (SocketException)
        {
            // Not allowed: what the limits grant has to do.
        }
    }
}
