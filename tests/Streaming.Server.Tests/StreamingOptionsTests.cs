using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Streaming.Rtc.Net;
using Streaming.Rtc.Srtp;
using Streaming.Server.Stores.Redis;

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
        Assert.Empty(options.Webhooks.Urls);
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
    [InlineData("auto", GcmKind.Auto)]
    [InlineData("wide", GcmKind.Wide)]
    [InlineData("narrow", GcmKind.Narrow)]
    [InlineData("openssl", GcmKind.OpenSsl)]
    public void EveryWayOfEncryptingCanBeAskedFor(string word, GcmKind kind)
    {
        var section = new RtcSection { Gcm = word };
        Assert.Equal(kind, RtcSettings.Read(section).Gcm);
        if (kind is GcmKind.Auto or GcmKind.OpenSsl)   // whether a machine can do the others is its own matter
        {
            Assert.Equal(word, Read(("Rtc:Gcm", word)).Rtc.Gcm);
        }
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
    [InlineData("Rtc:SegmentedSends", "yes", "Rtc:SegmentedSends is 'yes'. Write on or off.")]
    [InlineData("Rtc:GatherMicroseconds", "1001", "Rtc:GatherMicroseconds is 1001. Write a number from 0 to 1000, for example --Rtc:GatherMicroseconds 1000.")]
    [InlineData("Rtc:ViewersPerWorker", "9", "Rtc:ViewersPerWorker is 9. Write a number from 10 to 10000, for example --Rtc:ViewersPerWorker 400.")]
    [InlineData("Rtc:UseLinuxPort", "yes", "Rtc:UseLinuxPort is 'yes'. Write auto, on or off.")]
    [InlineData("Rtc:Gcm", "fast", "Rtc:Gcm is 'fast'. Write auto, wide, narrow or openssl.")]
    [InlineData("Rtc:TcpPort", "-2", "Rtc:TcpPort is -2. Write a port, for example --Rtc:TcpPort 443, 0 for the number of Rtc:Port, or -1 for media by UDP alone.")]
    [InlineData("Rtc:TcpPort", "65536", "Rtc:TcpPort is 65536. Write a port")]
    [InlineData("Turn:Urls", "turn:turn.example.org", "Turn:Urls is set, but Turn:Secret is not. Write the secret that the TURN server has (coturn: static-auth-secret)")]
    [InlineData("Turn:Urls", "https://turn.example.org", "Turn:Urls has 'https://turn.example.org'. Write turn: or turns:")]
    [InlineData("Turn:Urls", "turn:turn.example.org?transport=sctp", "Write turn: or turns:")]
    [InlineData("Turn:Urls", "stun:stun.example.org", "Write turn: or turns:")]
    [InlineData("Turn:Urls", "turn:a,turn:b,turn:c,turn:d,turn:e,turn:f,turn:g,turn:h,turn:i,turn:j,turn:k", "Turn:Urls has 11 addresses. Write 10 at most")]
    [InlineData("Turn:Secret", "hunter2-hunter2-hunter2", "Turn:Secret is set, but Turn:Urls is empty. Write how browsers reach the TURN server, for example --Turn:Urls turn:")]
    [InlineData("Turn:LifetimeMinutes", "9", "Turn:LifetimeMinutes is 9. Write a number from 10 to 10080, for example --Turn:LifetimeMinutes 720.")]
    [InlineData("Turn:LifetimeMinutes", "1 day", "'1 day' at 'Turn:LifetimeMinutes'")]
    [InlineData("Limits:SeatsPerClass", "0", "Write a number from 1 to 10000")]
    [InlineData("Limits:Classes", "-1", "Limits:Classes is -1")]
    [InlineData("Limits:ObserversPerServer", "-1", "Limits:ObserversPerServer is -1")]
    [InlineData("Hub:MaxWaiting", "1000", "Hub:MaxWaiting is 1000. Write a number from 4096 to 16777216, for example --Hub:MaxWaiting 262144.")]
    [InlineData("Hub:MaxWaiting", "256k", "'256k' at 'Hub:MaxWaiting'")]
    [InlineData("Hub:SnapshotsAfter", "00:02:00", "Hub:SnapshotsAfter is 00:02:00. Write a time from 00:00:01 to 00:01:00, for example --Hub:SnapshotsAfter 00:00:05.")]
    [InlineData("Hub:CloseAfter", "0", "Hub:CloseAfter is 00:00:00. Write a time from 00:00:01 to 00:05:00, for example --Hub:CloseAfter 00:00:20.")]
    [InlineData("Grace", "-00:00:01", "for example --Grace 00:00:15")]
    [InlineData("Grace", "01:00:00", "Write a time from 00:00:00 to 00:10:00")]
    [InlineData("PublicUrl", "live.example.org", "--PublicUrl https://live.example.org")]
    [InlineData("Node:Url", "node-2", "--Node:Url https://node-2.live.example.org")]
    [InlineData("Cors:Origins", "https://a.example.org/path", "Write scheme, host and port only")]
    [InlineData("Cors:Origins", "*,https://a.example.org", "or * alone")]
    [InlineData("Webhooks:Urls", "school.example.org/hooks", "Webhooks:Urls has 'school.example.org/hooks'. Write the whole address that events are posted to, for example --Webhooks:Urls https://")]
    [InlineData("Webhooks:Urls", "ftp://school.example.org/", "Write the whole address")]
    [InlineData("Webhooks:Urls", "http://school.example.org/hooks?token=secret", "Webhooks:Urls has 'http://school.example.org/hooks', which would carry names unencrypted. Write https")]
    [InlineData("Webhooks:Urls", "https://me:secret@school.example.org/", "an address of school.example.org with a user name")]
    [InlineData("Webhooks:Urls", "https://school.example.org/#top", "or a '#'. Write it without")]
    [InlineData("Webhooks:Urls", "https://a.example.org/,https://a.example.org/", "has an address twice")]
    [InlineData("Webhooks:Urls", "https://a/1,https://a/2,https://a/3,https://a/4,https://a/5,https://a/6,https://a/7,https://a/8,https://a/9,https://a/10,https://a/11", "Write 10 at most")]
    [InlineData("DataDirectory", " ", "Write a directory, for example --DataDirectory data.")]
    [InlineData("Redis:Endpoints", "redis.example.org", "Redis:Endpoints has 'redis.example.org'. Write host:port, for example --Redis:Endpoints redis.example.org:6379")]
    [InlineData("Redis:Endpoints", "redis://redis.example.org:6379", "Write host:port")]
    [InlineData("Redis:Endpoints", "::1:6379", "an IPv6 address in brackets.")]
    [InlineData("Redis:Endpoints", "redis.example.org:0", "Write host:port")]
    [InlineData("Redis:Endpoints", "lin:hunter2@redis.example.org:6379", "Redis:Endpoints has a user or a password in it. Write host:port only")]
    [InlineData("Redis:Password", "hunter2", "Redis:Endpoints is empty, but section Redis has other settings.")]
    [InlineData("Redis:User", "lin", "users other than the default one cannot be used")]
    [InlineData("Redis:CaFile", "authority.pem", "Redis:CaFile is set, but Redis:Tls is not. Write --Redis:Tls true")]
    [InlineData("Redis:SentinelService", "my master", "Write the name that the sentinels call the master")]
    [InlineData("Redis:Prefix", "a:b", "Redis:Prefix is 'a:b'. Write 1 to 32 letters, digits, '-', '_', '.', for example --Redis:Prefix streaming.")]
    [InlineData("Redis:Prefix", "", "Redis:Prefix is ''.")]
    [InlineData("Redis:Timeout", "00:01:00", "Redis:Timeout is 00:01:00. Write a time from 00:00:00.1 to 00:00:30, for example --Redis:Timeout 00:00:02.")]
    [InlineData("Redis:Tls", "maybe", "'maybe' at 'Redis:Tls'")]
    public void AWrongValueSaysWhatToWriteInstead(string key, string value, string message)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Read((key, value)));
        Assert.Contains(failure.Failures, line => line.Contains(message, StringComparison.Ordinal));
        Assert.DoesNotContain(failure.Failures, line => line.Contains("hunter2", StringComparison.Ordinal));
    }

    /// <summary>Two nodes under one name would send everybody to and fro between them.</summary>
    [Fact]
    public void ANodeBehindANameForSeveralSaysWhereItIsItself()
    {
        (string, string)[] shared = [("Redis:Endpoints", "127.0.0.1:6379"), ("PublicUrl", "https://live.example.org")];
        var failure = Assert.Throws<OptionsValidationException>(() => Read(shared));
        Assert.Contains(failure.Failures, line => line.Contains("for example --Node:Url https://node-2.live.example.org", StringComparison.Ordinal));
        Assert.Equal("https://node-1.live.example.org", Read([.. shared, ("Node:Url", "https://node-1.live.example.org")]).Node.Url);
    }

    [Fact]
    public void AShortSecretOfTheRelayIsRefusedAndNotRepeated()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Read(("Turn:Urls", "turn:turn.example.org"), ("Turn:Secret", "hunter2")));
        Assert.Contains(failure.Failures, line => line.Contains("Turn:Secret has 7 characters. Write 16 at least", StringComparison.Ordinal));
        Assert.DoesNotContain(failure.Failures, line => line.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void TheWaysAroundClosedNetworksAreReadFromTheOptions()
    {
        Assert.Equal((0, 0), (RtcSettings.Read(Read().Rtc).TcpPort, Read().Turn.Urls.Length));
        var options = Read(
            ("Rtc:TcpPort", "443"), ("Turn:Urls", "turn:192.0.2.7:3478?transport=tcp, turns:[2001:db8::7]:443"), ("Turn:Secret", "0123456789abcdef"));
        Assert.Equal(443, RtcSettings.Read(options.Rtc).TcpPort);
        Assert.Equal(["turn:192.0.2.7:3478?transport=tcp", "turns:[2001:db8::7]:443"], options.Turn.Urls);
        Assert.Equal(720, options.Turn.LifetimeMinutes);
    }

    [Fact]
    public void RedisIsReadFromTheOptions()
    {
        Assert.Empty(Read().Redis.Endpoints);
        var settings = RedisSettings.Read(Read(
            ("Redis:Endpoints", "redis-1.example.org:26379, 192.0.2.7:26380,[2001:db8::7]:6379"), ("Redis:SentinelService", "lessons"),
            ("Redis:Password", "hunter2"), ("Redis:Tls", "true"), ("Redis:Prefix", "city-1"), ("Redis:Timeout", "00:00:00.5")).Redis);

        Assert.Equal(
            [new DnsEndPoint("redis-1.example.org", 26_379), IPEndPoint.Parse("192.0.2.7:26380"), IPEndPoint.Parse("[2001:db8::7]:6379")], settings.Endpoints);
        Assert.Equal(("lessons", "hunter2", true, "city-1", 0.5), (settings.SentinelService, settings.Password, settings.Tls, settings.Prefix, settings.Timeout.TotalSeconds));
    }

    [Fact]
    public void AFileOfAuthoritiesMustBeOne()
    {
        var file = Path.GetTempFileName();
        try
        {
            var failure = Assert.Throws<OptionsValidationException>(() => Read(("Redis:Endpoints", "r:1"), ("Redis:Tls", "true"), ("Redis:CaFile", file)));
            Assert.Contains("It has no certificate in PEM form.", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }

        var missing = Assert.Throws<OptionsValidationException>(() => Read(("Redis:Endpoints", "r:1"), ("Redis:Tls", "true"), ("Redis:CaFile", file)));
        Assert.Contains("It is not there.", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://school.example.org/hooks?token=t, http://127.0.0.1:9000/, http://localhost/x", false)]
    [InlineData("http://school.example.org/", true)]
    public void WebhooksGoEncryptedUnlessTheyStayOnThisMachineOrTheOperatorKnowsTheNetwork(string urls, bool allowHttp)
    {
        var webhooks = Read(("Webhooks:Urls", urls), ("Webhooks:AllowHttp", $"{allowHttp}")).Webhooks;

        Assert.Equal(urls.Split(", "), webhooks.Urls);
        Assert.Equal(webhooks.Urls.Length, Read([.. webhooks.Urls.Select((url, i) => ($"Webhooks:Urls:{i}", url)), ("Webhooks:AllowHttp", $"{allowHttp}")]).Webhooks.Urls.Length);
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
