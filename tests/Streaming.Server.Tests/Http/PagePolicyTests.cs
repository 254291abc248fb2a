using Streaming.Server.Http;

namespace Streaming.Server.Tests.Http;

public sealed class PagePolicyTests
{
    [Fact]
    public void ThePageMayReachTheOtherNodesAndAnOddAddressOfOneIsPassedOver() => Assert.Contains(
        "; connect-src 'self' https://a.example wss://a.example http://[::1]:8080 ws://[::1]:8080; ",
        PageHeaders.PolicyWith(["x"], ["y"], ["https://a.example/path", "", "a.example", "ftp://b.example", "http://[::1]:8080/"]),
        StringComparison.Ordinal);
}
