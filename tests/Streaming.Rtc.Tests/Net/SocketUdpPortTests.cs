using System.Net.Sockets;
using Streaming.Rtc.Net;

namespace Streaming.Rtc.Tests.Net;

public sealed class SocketUdpPortTests : UdpPortContract
{
    private protected override IUdpPort Take(Socket socket) => new SocketUdpPort(socket);
}
