using System.Net;
using Streaming.Rtc.Net;

namespace Streaming.Rtc.Tests.Net;

public sealed class SocketAddressBytesTests
{
    [Theory]
    [InlineData("192.0.2.7", 50_000, false)]
    [InlineData("192.0.2.7", 50_000, true)]
    [InlineData("2001:db8::1:2", 1, true)]
    [InlineData("255.255.255.255", 65_535, true)]
    public void AnAddressSurvivesTheWayToTheKernelAndBack(string address, int port, bool ipv6)
    {
        var expected = TransportAddress.From(new IPEndPoint(IPAddress.Parse(address), port));
        Span<byte> bytes = stackalloc byte[SocketAddressBytes.Length(ipv6)];

        Assert.True(SocketAddressBytes.TryWrite(bytes, expected, ipv6));
        Assert.Equal(expected, SocketAddressBytes.Read(bytes, ipv6));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    public void TheBytesAreThoseOfTheFramework(string address, string onFour)
    {
        var expected = new IPEndPoint(IPAddress.Parse(onFour), 4_660).Serialize();
        var actual = new IPEndPoint(IPAddress.Any, 0).Serialize();

        Assert.True(SocketAddressBytes.TryWrite(
            actual.Buffer.Span, TransportAddress.From(new IPEndPoint(IPAddress.Parse(address), 4_660)), ipv6: false));
        Assert.Equal(expected.Buffer.ToArray(), actual.Buffer.ToArray());
    }

    [Fact]
    public void AnIPv4SocketHasNoBytesForAnIPv6Peer() =>
        Assert.False(SocketAddressBytes.TryWrite(
            new byte[16], TransportAddress.From(new IPEndPoint(IPAddress.IPv6Loopback, 9)), ipv6: false));
}
