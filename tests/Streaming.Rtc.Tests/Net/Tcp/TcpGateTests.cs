using System.Net;
using Streaming.Rtc.Net.Tcp;

namespace Streaming.Rtc.Tests.Net.Tcp;

public sealed class TcpGateTests
{
    private static readonly TcpLimits Limits = new() { Connections = 10, PerNetwork = 6, Unchecked = 5, UncheckedPerNetwork = 3 };
    private readonly TcpGate _gate = new(Limits);

    [Fact]
    public void ANetworkHasFewPlacesForThoseWhoHaveProvedNothing()
    {
        var school = At("192.0.2.1:1");
        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(_gate.TryEnter(school)));
        Assert.False(_gate.TryEnter(At("192.0.2.1:2")));
        Assert.True(_gate.TryEnter(At("192.0.2.2:1")));

        _gate.Checked(school);
        Assert.True(_gate.TryEnter(school));
    }

    [Fact]
    public void ANetworkHasMorePlacesForThoseWhoHave()
    {
        var school = At("192.0.2.1:1");
        for (var i = 0; i < Limits.PerNetwork; i++)
        {
            Assert.True(_gate.TryEnter(school));
            _gate.Checked(school);
        }

        Assert.False(_gate.TryEnter(school));
        Assert.True(_gate.TryEnter(At("192.0.2.2:1")));
        _gate.Leave(school, wasChecked: true);
        Assert.True(_gate.TryEnter(school));
    }

    [Fact]
    public void AllNetworksTogetherAreBoundedToo()
    {
        for (var i = 0; i < Limits.Unchecked; i++)
        {
            Assert.True(_gate.TryEnter(At($"192.0.2.{i}:1")));
        }

        Assert.False(_gate.TryEnter(At("192.0.2.99:1")));
        for (var i = 0; i < Limits.Unchecked; i++)
        {
            _gate.Checked(At($"192.0.2.{i}:1"));
        }

        for (var i = 0; i < Limits.Connections - Limits.Unchecked; i++)
        {
            Assert.True(_gate.TryEnter(At($"198.51.100.{i}:1")));
        }

        Assert.Equal(Limits.Connections, _gate.Count);
        Assert.False(_gate.TryEnter(At("203.0.113.1:1")));
        _gate.Leave(At("198.51.100.0:1"), wasChecked: false);
        Assert.True(_gate.TryEnter(At("203.0.113.1:1")));
    }

    [Fact]
    public void ManyAddressesOfOneIPv6NetworkAreOneNetwork()
    {
        Assert.All(Enumerable.Range(0, 3), i => Assert.True(_gate.TryEnter(At($"[2001:db8:1:2::{i}]:1"))));
        Assert.False(_gate.TryEnter(At("[2001:db8:1:2:ffff::1]:1")));
        Assert.True(_gate.TryEnter(At("[2001:db8:1:3::1]:1")));
    }

    private static TransportAddress At(string endpoint) => TransportAddress.From(IPEndPoint.Parse(endpoint)).By(1);
}
