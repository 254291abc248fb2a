using System.Net;
using System.Net.Sockets;
using Streaming.Rtc.Net;

namespace Streaming.Rtc.Tests.Net;

public sealed class ReachableAddressesTests
{
    [Fact]
    public void PublicAddressesWin() =>
        Assert.Equal(
            [IPAddress.Parse("192.0.2.1")],
            ReachableAddresses.Of(new RtcOptions { Address = IPAddress.Loopback, PublicAddresses = [IPAddress.Parse("192.0.2.1")] }));

    [Fact]
    public void AnAddressThatIsBoundToIsTheOneToReach() =>
        Assert.Equal([IPAddress.Loopback], ReachableAddresses.Of(new RtcOptions { Address = IPAddress.Loopback }));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void EveryInterfaceMeansTheMachinesOwnAddressesIPv4First(string any)
    {
        var addresses = ReachableAddresses.Of(new RtcOptions { Address = IPAddress.Parse(any) });

        Assert.NotEmpty(addresses);
        Assert.DoesNotContain(addresses, address => address.IsIPv6LinkLocal || address.Equals(IPAddress.Any));
        Assert.Equal(addresses.OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6), addresses);
        if (any == "0.0.0.0")
        {
            Assert.All(addresses, address => Assert.Equal(AddressFamily.InterNetwork, address.AddressFamily));
        }
    }

    [Fact]
    public void CandidatesComeInFallingPriority() =>
        Assert.Equal(
            [(2_130_706_431u, "192.0.2.1:5000"), (2_130_706_175u, "[2001:db8::1]:5000")],
            ReachableAddresses.Candidates([IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")], 5_000)
                .Select(candidate => (candidate.Priority, candidate.Address.ToString())));
}
