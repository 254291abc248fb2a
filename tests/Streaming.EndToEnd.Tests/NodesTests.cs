using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Streaming.Client;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;
using Streaming.Tests.Shared.Redis;

namespace Streaming.EndToEnd.Tests;

/// <summary>Two servers on one Redis: a class lives on one of them, and on the other when that one is gone.</summary>
[Trait("Kind", "Waits")]
public sealed class NodesTests
{
    private const int Students = 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact(Timeout = 420_000)]
    public async Task AClientThatAsksTheWrongNodeIsLedToTheRightOne()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = await StartAsync(redis);
        await using var b = await StartAsync(redis, a);
        await using var lesson = await RollCall.BeginAsync(a);

        var ticket = await b.TicketAsync(Role.Student, "s-ada");
        await using var ada = new ClassroomClient(new ClassroomClientOptions { Server = b.Address, Ticket = ticket.Text });
        var joined = await ada.JoinAsync().WaitAsync(Limit);
        Assert.Equal(["t-lin", "s-ada"], joined.Classroom.Seats.Select(seat => seat.Member));
        await Eventually.TrueAsync("the teacher sees her", Limit, () => lesson.Teacher.Classroom!.Seats.Count == 2);

        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ticket.Text);
        var home = JsonNode.Parse(await http.GetStringAsync(new Uri(b.Address, "/api/classes/physics-7b/home")))!;
        Assert.Equal((a.Address.ToString().TrimEnd('/'), false), ((string)home["url"]!, (bool)home["here"]!));
        using var page = await http.GetAsync(new Uri(b.Address, "/class/physics-7b"));
        Assert.Equal((HttpStatusCode.Redirect, new Uri(a.Address, "/class/physics-7b")), (page.StatusCode, page.Headers.Location));
        using var offer = new StringContent("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n", new MediaTypeHeaderValue("application/sdp"));
        using var whep = await http.PostAsync(new Uri(b.Address, "/whep/physics-7b"), offer);
        Assert.Equal((HttpStatusCode.TemporaryRedirect, new Uri(a.Address, "/whep/physics-7b")), (whep.StatusCode, whep.Headers.Location));
    }

    [Fact(Timeout = 420_000)]
    public async Task WhenItsNodeDiesTheClassGoesOnAtTheOther()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = await StartAsync(redis);
        await using var b = await StartAsync(redis, a);
        await KnowEachOtherAsync(a, b);
        await using var lesson = await RollCall.BeginAsync(a);
        await lesson.AdmitAsync(Students);
        await lesson.Teacher.SayAsync("remember this");
        await Task.Delay(TimeSpan.FromSeconds(6));

        await a.KillAsync();
        await lesson.NobodyIsSeatedAsync(Limit);
        await lesson.EverybodyIsSeatedAsync(Limit);

        var seen = await lesson.Teacher.SnapshotAsync();
        Assert.Equal((LessonPhase.Live, Students + 1), (seen.Lesson.Phase, seen.Seats.Count));
        Assert.Equal("remember this", Assert.Single(seen.Chat).Text);
        await lesson.Teacher.EndLessonAsync();
        await Eventually.TrueAsync("the end is in the ledger", Limit, async () =>
            (await lesson.LedgerAsync(b)).Any(entry => (string)entry["kind"]! == "ended"));
        var ledger = await lesson.LedgerAsync(b);
        Assert.Empty(PresenceTests.Doubles(ledger));
        Assert.Single(ledger, entry => (string)entry["kind"]! == "interrupted");
        var members = await lesson.AttendanceAsync(b);
        Assert.Equal(Students, members.Count);
        Assert.All(members, member =>
        {
            Assert.Equal("onTime", member.Status);
            Assert.InRange(member.Unknown, 0.1, 60);
            Assert.Equal((member.LastOut - member.FirstIn).TotalSeconds, member.Present, tolerance: 0.01);
        });
    }

    [Fact(Timeout = 420_000)]
    public async Task WhatAPausedNodeWritesPastItsLeaseIsRefusedAndNothingIsLostOrDoubled()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = await StartAsync(redis);
        await using var b = await StartAsync(redis, a);
        await KnowEachOtherAsync(a, b);
        await using var lesson = await RollCall.BeginAsync(a);
        await lesson.AdmitAsync(Students);
        var key = $"streaming:{{{lesson.Class}}}:ledger";
        await Eventually.TrueAsync("all joins are shared", Limit, async () => int.Parse(await redis.CliAsync("XLEN", key)) >= Students + 3);
        var before = int.Parse(await redis.CliAsync("XLEN", key));

        a.Pause();
        await lesson.EverybodyIsElsewhereAsync(b, Limit);
        // Seats are kept when a class moves: that all have one there does not say yet that the teacher's connection is back.
        await Eventually.TrueAsync("the teacher speaks at the second node", Limit, async () =>
        {
            try
            {
                await lesson.Teacher.SayAsync("taken up elsewhere");
                return true;
            }
            catch (ClassroomException e) when (e.Code == ClassroomException.Offline)
            {
                return false;
            }
        });
        await Eventually.TrueAsync("the second node has written", Limit, async () => int.Parse(await redis.CliAsync("XLEN", key)) > before);
        a.Resume();

        // Its people's sockets broke long ago: it now notes that all of them dropped, in a book that is not its own any more.
        await Eventually.TrueAsync("the first node says that it set its late entries aside", Limit, async () =>
            ((string?)(await a.AskAsync("/healthz/ready"))["parts"]!["shipping"]!["detail"] ?? "").Contains("set aside", StringComparison.Ordinal));
        await lesson.EverybodyIsSeatedAsync(Limit);
        await lesson.Teacher.EndLessonAsync();
        await Eventually.TrueAsync("the end is in the ledger", Limit, async () =>
            (await lesson.LedgerAsync(b)).Any(entry => (string)entry["kind"]! == "ended"));
        var ledger = await lesson.LedgerAsync(b);
        Assert.Empty(PresenceTests.Doubles(ledger));
        Assert.Equal(Students + 1, ledger.Count(entry => (string)entry["kind"]! == "joined"));
        Assert.Equal(Students + 1, ledger.Count(entry => (string)entry["kind"]! == "returned"));
        Assert.DoesNotContain(ledger, entry => (string)entry["kind"]! == "dropped");
        Assert.Single(ledger, entry => (string)entry["kind"]! == "interrupted");

        // The first node reads what is shared, and the second besides what is still on its way there.
        await Eventually.TrueAsync("the first node tells the same story", Limit, async () =>
            (await lesson.LedgerAsync(a)).Count == (await lesson.LedgerAsync(b)).Count);
    }

    private static Task<ServerProcess> StartAsync(RedisServer redis, ServerProcess? sibling = null) =>
        ServerProcess.StartAsync(new ServerSetup { Arguments = PresenceTests.Redis(redis), Sibling = sibling });

    /// <summary>Nodes hear of each other with their beats; a client hears of the others when it joins.</summary>
    private static Task KnowEachOtherAsync(ServerProcess a, ServerProcess b) =>
        Eventually.TrueAsync("the nodes know each other", Limit, async () =>
        {
            using var http = new HttpClient();
            using var page = await http.GetAsync(new Uri(a.Address, "/class/nobody-here"));
            return page.Headers.GetValues("Content-Security-Policy").Single().Contains(b.Address.ToString().TrimEnd('/'), StringComparison.Ordinal);
        });
}
