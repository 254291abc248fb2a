using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Streaming.Contracts;
using Streaming.Server.Tests.Support;
using Streaming.Server.Turn;

namespace Streaming.Server.Tests.Turn;

public sealed class TurnCredentialsTests
{
    private const string Secret = "a secret of both servers";
    private const string Urls = "turn:turn.example.org:3478?transport=tcp,turns:turn.example.org:443";
    private static readonly (string, string)[] Relay = [("Turn:Urls", Urls), ("Turn:Secret", Secret), ("Turn:LifetimeMinutes", "90")];

    [Theory]
    [InlineData(Role.Teacher)]
    [InlineData(Role.Student)]
    [InlineData(Role.Inspector)]
    public async Task EverybodyWhoJoinsGetsFreshCredentialsThatTheRelayCanCheckAndThatNameNobody(Role role)
    {
        var time = new ManualTime();
        using var host = new ServerHost(Relay) { Time = time, LogsInspection = true };
        await using var first = await host.ConnectAsync("lin", role);
        await using var second = await host.ConnectAsync("lin", role);
        var server = Assert.Single((await first.InvokeAsync<JoinReply>("Join", new JoinRequest("d1"))).IceServers!);
        var another = Assert.Single((await second.InvokeAsync<JoinReply>("Join", new JoinRequest("d2"))).IceServers!);

        Assert.Equal(Urls.Split(','), server.Urls);
        Assert.NotEqual(server.Username, another.Username);
        var until = time.GetUtcNow().AddMinutes(90).ToUnixTimeSeconds();
        Assert.Matches($"^{until}:[0-9a-f]{{16}}$", server.Username);
        Assert.Equal(PasswordOf(server.Username), server.Credential);
        Assert.DoesNotContain(host.Logs, line => line.Contains(server.Credential, StringComparison.Ordinal) || line.Contains(Secret, StringComparison.Ordinal));
        Assert.DoesNotContain(server.Credential, $"{server}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutARelayNothingIsSaidOfOne()
    {
        using var host = new ServerHost();
        await using var student = await host.ConnectAsync("s", Role.Student);
        var reply = await student.InvokeAsync<JoinReply>("Join", new JoinRequest("d1"));

        Assert.Null(reply.IceServers);
        Assert.False(host.Get<TurnCredentials>().Exist);
        using var tv = host.Client(host.Ticket("tv", Role.Student));
        await using var teacher = await host.JoinAsync("t", Role.Teacher);
        using var watched = await tv.PostAsync("/whep/math", new StringContent("v=0", Encoding.ASCII, "application/sdp"));
        Assert.False(watched.Headers.Contains("Link"));
    }

    [Fact]
    public async Task WhipAndWhepNameTheRelayInLinkHeaders()
    {
        using var host = new ServerHost(Relay);
        await using var student = await host.JoinAsync("s", Role.Student);
        using var teacher = host.Client(host.Ticket("t", Role.Teacher));
        using var opened = await teacher.PostAsync("/whip/math", new StringContent("v=0", Encoding.ASCII, "application/sdp"));

        var links = opened.Headers.GetValues("Link").ToArray();
        Assert.Equal(2, links.Length);
        Assert.All(links.Zip(Urls.Split(',')), pair =>
        {
            var match = Regex.Match(pair.First, """^<(.+)>; rel="ice-server"; username="(.+)"; credential="(.+)"; credential-type="password"$""");
            Assert.True(match.Success, pair.First);
            Assert.Equal((pair.Second, PasswordOf(match.Groups[2].Value)), (match.Groups[1].Value, match.Groups[3].Value));
        });
    }

    [Fact]
    public void AnotherProgramComputesTheSamePassword()
    {
        // echo -n 1766000000:0123456789abcdef | openssl dgst -sha1 -hmac "a secret of both servers" -binary | base64
        Assert.Equal("z0yzZdQDlRte7z0Wb8pBDh4Rdsg=", PasswordOf("1766000000:0123456789abcdef"));
    }

    private static string PasswordOf(string username)
    {
#pragma warning disable CA5350 // What coturn computes.
        using var hmac = new HMACSHA1(Encoding.UTF8.GetBytes(Secret));
#pragma warning restore CA5350
        return Convert.ToBase64String(hmac.ComputeHash(Encoding.UTF8.GetBytes(username)));
    }
}
