using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Buffers.Text;
using Streaming.Client.Peers;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;

namespace Streaming.EndToEnd.Tests;

/// <summary>Bad input at every door of a server with a running lesson: each gets its named answer, and the class goes on.</summary>
public sealed class BadInputTests
{
    private const string Class = "physics-7b";

    [Fact(Timeout = 240_000)]
    public async Task EachBadRequestAtTheDoorsGetsItsNamedAnswerAndTheClassGoesOn()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var lesson = await HeadlessClass.BeginAsync(server, framesPerSecond: 20);
        await lesson.AdmitAsync(1);
        var teacher = await server.TicketAsync(Role.Teacher, "t-lin", "Ms Lin");
        var second = await server.TicketAsync(Role.Teacher, "t-impostor");
        var student = await server.TicketAsync(Role.Student, "s-mei");
        var elsewhere = await server.TicketAsync(Role.Student, "s-mei", @class: "art-1a");
        var huge = "v=0\r\n" + new string('x', MediaOffer.MaxSdpLength);
        using var watcher = HeadlessPeer.Watcher();
        using var publisher = HeadlessPeer.Publisher();

        // what is sent, where, with which ticket → status and code
        (string What, string Path, string? Ticket, string Body, int Status, string Code)[] cases =
        [
            ("no ticket", $"/whep/{Class}", null, watcher.Offer, 401, HubErrors.TicketMissing),
            ("no ticket at all but noise", $"/whep/{Class}", "noise", watcher.Offer, 401, HubErrors.TicketInvalid),
            ("an expired ticket", $"/whep/{Class}", Forge(server, expires: DateTimeOffset.UtcNow.AddMinutes(-10)), watcher.Offer, 401, HubErrors.TicketExpired),
            ("a ticket of another server", $"/whep/{Class}", Forge(RandomNumberGenerator.GetBytes(32)), watcher.Offer, 401, HubErrors.TicketInvalid),
            ("a ticket whose role was changed", $"/whip/{Class}", Promoted(student.Text), publisher.Offer, 401, HubErrors.TicketInvalid),
            ("a ticket of another class", $"/whep/{Class}", elsewhere.Text, watcher.Offer, 403, HubErrors.WrongClass),
            ("a student who publishes", $"/whip/{Class}", student.Text, publisher.Offer, 403, HubErrors.TeacherOnly),
            ("a second teacher", $"/whip/{Class}", second.Text, publisher.Offer, 409, HubErrors.TeacherPresent),
            ("an oversized offer", $"/whep/{Class}", student.Text, huge, 413, HubErrors.SdpTooLarge),
            ("an oversized offer of the teacher", $"/whip/{Class}", teacher.Text, huge, 413, HubErrors.SdpTooLarge),
            ("an offer that is none", $"/whep/{Class}", student.Text, "hello", 400, HubErrors.SdpInvalid),
            ("a class id that none can have", "/whep/%2e%2e%5cetc", student.Text, watcher.Offer, 404, HubErrors.ClassNotFound),
            ("a class that is not the ticket's", "/whep/no-such-class", student.Text, watcher.Offer, 403, HubErrors.WrongClass),
        ];
        using var http = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(30) };
        foreach (var (what, path, ticket, body, status, code) in cases)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/sdp");
            request.Headers.Authorization = ticket is null ? null : new AuthenticationHeaderValue("Bearer", ticket);
            using var response = await http.SendAsync(request);
            var answer = await response.Content.ReadAsStringAsync();
            Assert.True((int)response.StatusCode == status, $"{what}: {response.StatusCode} {answer}");
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            Assert.Equal(code, (string?)JsonNode.Parse(answer)!["code"]);
        }

        await GoesOnAsync(lesson);
    }

    [Fact(Timeout = 240_000)]
    public async Task EachBadCallOfTheHubGetsItsCodeAndTheClassGoesOn()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var lesson = await HeadlessClass.BeginAsync(server, framesPerSecond: 20);
        await lesson.AdmitAsync(1);
        var huge = new { sdp = "v=0\r\n" + new string('x', MediaOffer.MaxSdpLength) };
        await using var student = await HubMember.ConnectAsync(server.Address, (await server.TicketAsync(Role.Student, "s-mei")).Text);
        Assert.Equal(HubErrors.NotJoined, await RefusedAsync(() => student.CallAsync("RaiseHand")));
        Assert.Equal(HubErrors.BadRequest, await RefusedAsync(() => student.JoinAsync("../../etc/passwd")));
        await student.JoinAsync("laptop");
        Assert.Equal(HubErrors.TeacherOnly, await RefusedAsync(() => student.CallAsync("StartLesson")));
        Assert.Equal(HubErrors.TeacherOnly, await RefusedAsync(() => student.CallAsync("Publish", new { sdp = "v=0\r\n" })));
        Assert.Equal(HubErrors.SdpTooLarge, await RefusedAsync(() => student.CallAsync("Watch", huge)));
        Assert.Equal(HubErrors.SdpInvalid, await RefusedAsync(() => student.CallAsync("Watch", new { sdp = "hello" })));
        Assert.Equal(HubErrors.ChatTooLong, await RefusedAsync(() => student.CallAsync("Say", new string('a', ChatLine.MaxLength + 1))));
        Assert.Equal(HubErrors.ChatEmpty, await RefusedAsync(() => student.CallAsync("Say", "   ")));

        // A flood: five lines in any ten seconds are the student's right, the rest is refused one by one.
        var said = 0;
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 200; i++)
        {
            var code = await RefusedAsync(() => student.CallAsync("Say", $"line {i}"));
            Assert.True(code is null or HubErrors.ChatTooFast or HubErrors.Busy, code);   // busy: too many calls of any kind
            said += code is null ? 1 : 0;
        }

        var windows = 1 + (int)(Stopwatch.GetElapsedTime(began) / TimeSpan.FromSeconds(10));
        Assert.InRange(said, 5, 5 * windows);

        await using var impostor = await HubMember.ConnectAsync(server.Address, (await server.TicketAsync(Role.Teacher, "t-impostor")).Text);
        Assert.Equal(HubErrors.TeacherPresent, await RefusedAsync(() => impostor.JoinAsync("laptop")));

        await using var inspector = await HubMember.ConnectAsync(server.Address, (await server.TicketAsync(Role.Inspector, "i-wu")).Text);
        await inspector.JoinAsync("laptop");
        Assert.Equal(HubErrors.InspectorIsSilent, await RefusedAsync(() => inspector.CallAsync("Say", "hello")));
        Assert.Equal(HubErrors.InspectorIsSilent, await RefusedAsync(() => inspector.CallAsync("RaiseHand")));

        var refused = await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => HubMember.ConnectAsync(server.Address, "noise"));
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
        await GoesOnAsync(lesson);
    }

    private static async Task GoesOnAsync(HeadlessClass lesson)
    {
        var frames = lesson.Viewers[0].Received[1].Frames;
        await Eventually.TrueAsync("the class goes on", TimeSpan.FromSeconds(30), () => lesson.Viewers[0].Received[1].Frames > frames + 20);
        await lesson.SettleAsync();
    }

    /// <summary>The code with which a call is refused; null when it is not.</summary>
    private static async Task<string?> RefusedAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (HubRefusalException refused)
        {
            return refused.Code;
        }
    }

    private static string Forge(ServerProcess server, DateTimeOffset expires) =>
        Forge(Base64Url.DecodeFromChars(File.ReadAllText(Path.Combine(server.Data, "keys", "ticket.key")).Trim()), expires);

    /// <summary>A ticket signed with a key of ours (RFC 7519, HS256).</summary>
    private static string Forge(byte[] key, DateTimeOffset? expires = null)
    {
        var until = expires ?? DateTimeOffset.UtcNow.AddHours(1);
        var claims = new
        {
            iss = "streaming", aud = "streaming-class", sub = "s-mei", name = "Mei", @class = Class, role = "student",
            iat = until.AddHours(-1).ToUnixTimeSeconds(), exp = until.ToUnixTimeSeconds(),
        };
        var signed = $"{Part(new { alg = "HS256", typ = "JWT" })}.{Part(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Promoted(string ticket)
    {
        var parts = ticket.Split('.');
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
        claims["role"] = "teacher";
        return $"{parts[0]}.{Part(claims)}.{parts[2]}";
    }

    private static string Part<T>(T json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
