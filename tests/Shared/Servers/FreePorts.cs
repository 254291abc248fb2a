using System.Net;
using System.Net.Sockets;

namespace Streaming.Tests.Shared.Servers;

/// <summary>Ports that nobody uses now. Below the system's own range, so that nobody is given one of them before we bind it.</summary>
internal static class FreePorts
{
    private static int _next = 20_000 + (Environment.ProcessId % 500 * 20);

    /// <summary>A TCP port on every address of this machine.</summary>
    public static int Tcp() => Find(SocketType.Stream, ProtocolType.Tcp);

    /// <summary>A UDP port on every address of this machine.</summary>
    public static int Udp() => Udp(1);

    /// <summary>The first of several UDP ports in a row.</summary>
    public static int Udp(int count) => Find(SocketType.Dgram, ProtocolType.Udp, count);

    /// <summary>The same, whose first number is free for TCP too: what a server of so many workers takes.</summary>
    public static int Media(int count)
    {
        int first;
        do
        {
            first = Udp(count);
        }
        while (!IsFree(SocketType.Stream, ProtocolType.Tcp, first));
        return first;
    }

    private static int Find(SocketType type, ProtocolType protocol, int count = 1)
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            var first = Interlocked.Add(ref _next, count) - count + 1;
            if (Enumerable.Range(first, count).All(port => IsFree(type, protocol, port)))
            {
                return first;
            }
        }

        throw new InvalidOperationException("No free port among a thousand.");
    }

    private static bool IsFree(SocketType type, ProtocolType protocol, int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;   // somebody's; the next one then
        }
    }
}
