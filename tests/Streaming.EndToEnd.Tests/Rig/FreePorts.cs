using System.Net;
using System.Net.Sockets;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>Ports that nobody uses now. Below the system's own range, so that nobody is given one of them before we bind it.</summary>
internal static class FreePorts
{
    private static int _next = 20_000 + (Environment.ProcessId % 500 * 20);

    /// <summary>A TCP port on every address of this machine.</summary>
    public static int Tcp() => Find(SocketType.Stream, ProtocolType.Tcp);

    /// <summary>A UDP port on every address of this machine.</summary>
    public static int Udp() => Find(SocketType.Dgram, ProtocolType.Udp);

    private static int Find(SocketType type, ProtocolType protocol)
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            var port = Interlocked.Increment(ref _next);
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
                socket.Bind(new IPEndPoint(IPAddress.Any, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Somebody's; the next one then.
            }
        }

        throw new InvalidOperationException("No free port among a thousand.");
    }
}
