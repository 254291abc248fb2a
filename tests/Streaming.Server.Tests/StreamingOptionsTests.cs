using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Streaming.Rtc.Net;

namespace Streaming.Server.Tests;

public sealed class StreamingOptionsTests
{
    [Fact]
    public void WithoutAWordEverythingStaysOnThisMachine()
    {
        var options = Read();
        var rtc = RtcSettings.Read(options.Rtc);

        Assert.Equal(IPAddress.Loopback, rtc.Address);
        Assert.Empty(rtc.PublicAddresses);
        Assert.Empty(rtc.Problems());
        Assert.Equal((18_443, UdpPortKind.Auto), (rtc.FirstPort, rtc.PortKind));
        Assert.InRange(rtc.Workers, 1, 64);
        Assert.Equal((1_200, TimeSpan.FromSeconds(15)), (options.Limits.SeatsPerClass, options.Grace));
        Assert.Equal(["Streaming"], options.Telemetry.Exported);
    }

    [Fact]
    public void ListsAreReadInOneLineAndInMany()
    {
        var one = Read(("Rtc:PublicAddresses", "203.0.113.7, 2001:db8::7"), ("Rtc:Address", "any"));
        var many = Read(("Rtc:PublicAddresses:0", "203.0.113.7"), ("Rtc:PublicAddresses:1", "2001:db8::7"), ("Rtc:Address", "::"));

        Assert.Equal(one.Rtc.PublicAddresses, many.Rtc.PublicAddresses);
        Assert.True(RtcSettings.IsAny(RtcSettings.Read(one.Rtc).Address));
        Assert.Equal(IPAddress.Parse("2001:db8::7"), RtcSettings.Read(many.Rtc).PublicAddresses[1]);
        Assert.Equal(["System.Runtime"], Read(("Telemetry:Exported", "System.Runtime")).Telemetry.Exported);
    }

    [Theory]
    [InlineData("Rtc:Address", "myhost", "Rtc:Address is 'myhost'. Write an IP address of this machine, localhost, or any")]
    [InlineData("Rtc:Address", "0.0.0.0", "which no browser can send to. Write the addresses that browsers reach this machine by, for example --Rtc:PublicAddresses 203.0.113.7.")]
    [InlineData("Rtc:PublicAddresses", "example.org", "Rtc:PublicAddresses has 'example.org'. Write IP addresses")]
    [InlineData("Rtc:PublicAddresses", "0.0.0.0", "Write IP addresses")]
    [InlineData("Rtc:PublicAddresses", "2001:db8::7", "which serves IPv4 only. Write --Rtc:Address any")]
    [InlineData("Rtc:Port", "80", "Rtc:Port is 80")]
    [InlineData("Rtc:Port", "65536", "below 65536, for example --Rtc:Port 18443")]
    [InlineData("Rtc:Port", "many", "'many' at 'Rtc:Port'")]
    [InlineData("Rtc:Workers", "0", "Rtc:Workers is 0. Write a number from 1 to 64, for example --Rtc:Workers 2.")]
    [InlineData("Rtc:UseLinuxPort", "yes", "Rtc:UseLinuxPort is 'yes'. Write auto, on or off.")]
    [InlineData("Limits:SeatsPerClass", "0", "Write a number from 1 to 10000")]
    [InlineData("Limits:Classes", "-1", "Limits:Classes is -1")]
    [InlineData("Limits:ObserversPerServer", "-1", "Limits:ObserversPerServer is -1")]
    [InlineData("Grace", "-00:00:01", "for example --Grace 00:00:15")]
    [InlineData("Grace", "01:00:00", "Write a time from 00:00:00 to 00:10:00")]
    [InlineData("PublicUrl", "live.example.org", "--PublicUrl https://live.example.org")]
    [InlineData("Cors:Origins", "https://a.example.org/path", "Write scheme, host and port only")]
    [InlineData("Cors:Origins", "*,https://a.example.org", "or * alone")]
    [InlineData("DataDirectory", " ", "Write a directory, for example --DataDirectory data.")]
    public void AWrongValueSaysWhatToWriteInstead(string key, string value, string message)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Read((key, value)));
        Assert.Contains(failure.Failures, line => line.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void AllFailuresAreSaidAtOnce()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Read(("Rtc:Workers", "99"), ("Rtc:UseLinuxPort", "?"), ("Grace", "1.00:00")));
        Assert.Equal(3, failure.Failures.Count());
    }

    [Fact]
    public void TheLastWorkersPortMustExist()
    {
        Assert.Throws<OptionsValidationException>(() => Read(("Rtc:Port", "65535"), ("Rtc:Workers", "2")));
        Assert.Equal(65_535, Read(("Rtc:Port", "65535"), ("Rtc:Workers", "1")).Rtc.Port);
        Assert.Equal(0, Read(("Rtc:Port", "0"), ("Rtc:Workers", "4")).Rtc.Port);
    }

    private static StreamingOptions Read(params (string Key, string Value)[] values) => StreamingOptionsSetup.ReadChecked(
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build());
}
