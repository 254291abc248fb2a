using System.Net;
using Streaming.Rtc.Net;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Net;

public sealed class RtcOptionsTests
{
    [Fact]
    public void TheDefaultsAreGood() => Assert.Empty(new RtcOptions().Problems());

    [Theory]
    [InlineData(-1, 1, "FirstPort is -1; write a number from 1 to 65535,")]
    [InlineData(65_536, 1, "FirstPort is 65536; write a number from 1 to 65535,")]
    [InlineData(65_533, 4, "FirstPort is 65533; write a number from 1 to 65532, because 4 workers")]
    [InlineData(10_000, 257, "Workers is 257; write a number from 1 to 256.")]
    public void NumbersOutOfRangeAreNamed(int firstPort, int workers, string expected)
    {
        var problem = Assert.Single(new RtcOptions { FirstPort = firstPort, Workers = workers }.Problems());
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(65_536)]
    public void ATcpPortThatCannotBeIsNamed(int port) => Assert.Contains(
        $"TcpPort is {port}; write a number from 1 to 65535, 0 for that of the first UDP port, or -1 for none.",
        Assert.Single(new RtcOptions { TcpPort = port }.Problems()),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("127.0.0.1", "2001:db8::1", "serves IPv4 only")]
    [InlineData("127.0.0.1", "0.0.0.0", "no browser can reach")]
    [InlineData("::", "::", "no browser can reach")]
    public void PublicAddressesThatCannotWorkAreNamed(string address, string publicAddress, string expected)
    {
        var options = new RtcOptions { Address = IPAddress.Parse(address), PublicAddresses = [IPAddress.Parse(publicAddress)] };
        Assert.Contains(expected, Assert.Single(options.Problems()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(1_000)]
    [InlineData(32_768)]
    [InlineData(-2_048)]
    public void ACacheThatCannotBeIndexedIsNamed(int packets)
    {
        var problem = Assert.Single(new RtcOptions { Engine = new RtcEngineOptions { VideoCachePackets = packets } }.Problems());
        Assert.Equal($"VideoCachePackets is {packets}; write a power of two from 64 to 16384.", problem);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(16_384)]
    public void TheSmallestAndTheLargestCacheAreGood(int packets) =>
        Assert.Empty(new RtcOptions { Engine = new RtcEngineOptions { VideoCachePackets = packets } }.Problems());

    [Theory]
    [InlineData(GcmKind.Wide)]
    [InlineData(GcmKind.Narrow)]
    [InlineData(GcmKind.OpenSsl)]
    [InlineData((GcmKind)9)]
    public void AWayOfEncryptingThatThisMachineDoesNotHaveIsNamed(GcmKind gcm)
    {
        var problems = new RtcOptions { Gcm = gcm }.Problems();
        if (GcmChoice.Machine.Problem(gcm) is { } problem)
        {
            Assert.Equal($"Gcm is {gcm}, {problem}; write Auto.", Assert.Single(problems));
        }
        else
        {
            Assert.Empty(problems);
        }
    }

    [Fact]
    public void AMappedIPv4AddressIsAnIPv4Address() =>
        Assert.Empty(new RtcOptions { Address = IPAddress.Any, PublicAddresses = [IPAddress.Parse("::ffff:192.0.2.1")] }.Problems());
}
