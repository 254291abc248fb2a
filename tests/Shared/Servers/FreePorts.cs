using System.Net;
using System.Net.Sockets;

namespace Streaming.Tests.Shared.Servers;

/// <summary>Ports that nobody uses now. Below the system's own range, so that nobody is given one of them before we bind it.</summary>
/// <remarks>Each process has a block of its own: two that run beside each other never find the same port free at the same moment.</remarks>
internal static class FreePorts
{
    private const int First = 20_000;
    private const int Blocks = 25;
    private const int InABlock = 400;

    private static readonly int Block = First + (Allotment.Take("ports", Blocks) * InABlock);
    private static int _next;

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
        for (var attempt = 0; attempt < InABlock; attempt++)
        {
            var at = (Interlocked.Add(ref _next, count) - count) % InABlock;   // round the block: who had a port long ago has left it
            if (at + count <= InABlock && Enumerable.Range(Block + at, count).All(port => IsFree(type, protocol, port)))
            {
                return Block + at;
            }
        }

        throw new InvalidOperationException($"No free port from {Block} to {Block + InABlock - 1}.");
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
