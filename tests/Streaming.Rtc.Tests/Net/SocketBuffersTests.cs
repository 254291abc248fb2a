using System.Globalization;
using System.Net.Sockets;
using Streaming.Rtc.Net;

namespace Streaming.Rtc.Tests.Net;

public sealed class SocketBuffersTests
{
    private const string Limit = "/proc/sys/net/core/rmem_max";

    [Fact]
    public void ASocketGetsWhatTheLimitsGrantAndAllOfItWhereTheyDoNotBind()
    {
        var limit = File.Exists(Limit) ? int.Parse(File.ReadAllText(Limit), CultureInfo.InvariantCulture) : 64 * 1024;
        var wanted = 2 * limit;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        SocketBuffers.Ask(socket, wanted);

        // The kernel books twice what is asked for, its own overhead included (socket(7)).
        Assert.Equal(IsNetworkAdministrator() ? 2 * wanted : 2 * limit, Booked(socket));
    }

    private static int Booked(Socket socket)
    {
        const int solSocket = 1, receiveBuffer = 8;
        var value = new byte[4];
        socket.GetRawSocketOption(solSocket, receiveBuffer, value);
        return BitConverter.ToInt32(value);
    }

    // capabilities(7): CAP_NET_ADMIN is bit 12.
    private static bool IsNetworkAdministrator()
    {
        var effective = File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapEff:", StringComparison.Ordinal))[7..].Trim();
        return (ulong.Parse(effective, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << 12)) != 0;
    }
}
