using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Streaming.Client;
using Streaming.Contracts;
using Streaming.Server.Classrooms;
using Streaming.Server.Media;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Classrooms;

public sealed class ClassroomHubTests : IDisposable
{
    private readonly ServerHost _host = new() { Time = new ManualTime() };

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task ALessonIsHeldByThreePeople()
    {
        await using var teacher = await _host.JoinAsync("t", Role.Teacher);
        await using var ada = await _host.ConnectAsync("ada", Role.Student);
        var joined = await ada.InvokeAsync<JoinReply>("Join", new JoinRequest("phone"));
        Assert.Equal(new Identity("ada", "Name of ada", Role.Student, "math"), joined.Me);
        Assert.Equal(["t", "ada"], joined.Classroom.Seats.Select(seat => seat.Member));
        Assert.Equal("ada", (await teacher.HearAsync("Changed", "\"ada\""))["seats"]![0]!["member"]!.GetValue<string>());

        await teacher.InvokeAsync("StartLesson");
        Assert.Equal("live", (await ada.HearAsync("Changed", "lesson"))["lesson"]!["phase"]!.GetValue<string>());
        var answer = await teacher.InvokeAsync<MediaAnswer>("Publish", new MediaOffer("v=0"));
        await teacher.InvokeAsync("SetSources", (object)new[] { TrackSource.Voice });
        await ada.HearAsync("Changed", "\"sources\":[\"voice\"]");
        await ada.InvokeAsync("Watch", new MediaOffer("v=0"));
        await ada.InvokeAsync("RaiseHand");
        await teacher.HearAsync("Changed", "handRaisedAt");
        await ada.InvokeAsync("Say", "I have a question");
        Assert.Equal("I have a question", (await teacher.HearAsync("Said"))["text"]!.GetValue<string>());
        await ada.InvokeAsync("Leave");
        await teacher.HearAsync("Changed", "\"gone\":[\"ada\"]");
        await teacher.InvokeAsync("EndLesson");

        await teacher.HearAsync("MediaClosed", answer.Session);
        Assert.Equal(["publish t", "sources Voice", "watch ada", "close ada", "close t"], _host.Gateway.Calls);
    }

    [Theory]
    [InlineData("Leave")]
    public async Task LeavingWithoutASeatIsNoError(string method)
    {
        await using var wire = await _host.ConnectAsync("s", Role.Student);
        Assert.Null(await wire.CodeAsync(method));
    }

    [Fact]
    public async Task EveryCallNeedsASeatFirst()
    {
        await using var wire = await _host.ConnectAsync("t", Role.Teacher);
        foreach (var (method, arguments) in Calls)
        {
            Assert.Equal(HubErrors.NotJoined, await wire.CodeAsync(method, arguments));
        }
    }

    [Fact]
    public async Task ABrokenJoinIsABadRequest()
    {
        await using var wire = await _host.ConnectAsync("s", Role.Student);
        Assert.Equal(HubErrors.BadRequest, await wire.CodeAsync("Join", new JoinRequest("no spaces")));
        Assert.Equal(HubErrors.BadRequest, await wire.CodeAsync("Join", new JoinRequest(null!)));
        Assert.Null(await wire.CodeAsync("Join", new JoinRequest("d1")));
        Assert.Null(await wire.CodeAsync("Join", new JoinRequest("d1")));
        Assert.Equal(HubErrors.BadRequest, await wire.CodeAsync("Join", new JoinRequest("d2")));
    }

    [Fact]
    public async Task TheSameDeviceOnANewConnectionReplacesTheOldOneWhichIsToldAndClosed()
    {
        await using var watcher = await _host.JoinAsync("w", Role.Student);
        await using var former = await _host.JoinAsync("s", Role.Student);
        await watcher.HearAsync("Changed", "\"s\"");
        var seen = watcher.Received.Count;

        await using var current = await _host.JoinAsync("s", Role.Student);

        Assert.Equal(HubErrors.Replaced, (await former.HearAsync("Dismissed")).GetValue<string>());
        await former.Ended;
        await current.InvokeAsync("Say", "here");
        await watcher.HearAsync("Said");
        Assert.Equal(seen + 1, watcher.Received.Count);
    }

    [Fact]
    public async Task ABrokenConnectionKeepsItsSeatForTheGraceAndLosesItAfterwards()
    {
        await using var teacher = await _host.JoinAsync("t", Role.Teacher);
        var student = await _host.JoinAsync("s", Role.Student);
        await student.InvokeAsync("Watch", new MediaOffer("v=0"));
        var runner = _host.Get<ClassroomDirectory>().Find("math")!;

        await student.DisposeAsync();
        await WaitUntilAsync(() => _host.Get<HubConnections>().Count == 1);
        Assert.Equal(2, (await teacher.InvokeAsync<ClassroomSnapshot>("Snapshot")).Seats.Count);
        _host.Time!.Advance(TimeSpan.FromSeconds(16));

        await teacher.HearAsync("Changed", "\"gone\":[\"s\"]");
        Assert.Equal(0, runner.Students);
        Assert.Empty(_host.Gateway.Open);
    }

    [Fact]
    public async Task ASecondTeacherIsRefused()
    {
        await using var first = await _host.JoinAsync("t1", Role.Teacher);
        await using var second = await _host.ConnectAsync("t2", Role.Teacher);
        Assert.Equal(HubErrors.TeacherPresent, await second.CodeAsync("Join", new JoinRequest("d1")));
        Assert.Equal(HubErrors.NotJoined, await second.CodeAsync("StartLesson"));
    }

    [Fact]
    public async Task AnInspectorWatchesAndWritesNothing()
    {
        await using var student = await _host.JoinAsync("s", Role.Student);
        await using var inspector = await _host.JoinAsync("i", Role.Inspector);
        foreach (var (method, arguments) in Calls.Where(call => call.Method is not ("Snapshot" or "Watch")))
        {
            Assert.Equal(HubErrors.InspectorIsSilent, await inspector.CodeAsync(method, arguments));
        }

        await student.InvokeAsync("Say", "unobserved, I think");
        await inspector.HearAsync("Said");
        Assert.Equal(["s"], (await inspector.InvokeAsync<ClassroomSnapshot>("Snapshot")).Seats.Select(seat => seat.Member));
        await inspector.InvokeAsync("Watch", new MediaOffer("v=0"));
        Assert.Equal(["observe i"], _host.Gateway.Calls);
    }

    [Fact]
    public async Task MediaThatEndsByItselfIsToldToItsDevice()
    {
        await using var student = await _host.JoinAsync("s", Role.Student);
        await using var inspector = await _host.JoinAsync("i", Role.Inspector);
        var watched = await student.InvokeAsync<MediaAnswer>("Watch", new MediaOffer("v=0"));
        var observed = await inspector.InvokeAsync<MediaAnswer>("Watch", new MediaOffer("v=0"));

        foreach (var owner in _host.Gateway.Open.Values)
        {
            _host.Get<IMediaEvents>().Closed(owner, "consent expired");
        }

        await student.HearAsync("MediaClosed", watched.Session);
        await inspector.HearAsync("MediaClosed", observed.Session);
        Assert.Single(student.Received);
    }

    [Fact]
    public async Task QualityGoesToTeachersAndInspectorsOnly()
    {
        await using var teacher = await _host.JoinAsync("t", Role.Teacher);
        await using var student = await _host.JoinAsync("s", Role.Student);
        await using var inspector = await _host.JoinAsync("i", Role.Inspector);
        await teacher.InvokeAsync("StartLesson");
        await student.InvokeAsync("Watch", new MediaOffer("v=0"));
        _host.Get<IMediaEvents>().Quality(_host.Gateway.Open.Values.Single(), LinkQuality.Bad);
        await student.InvokeAsync("Say", "all that was posted is handled now");
        _host.Time!.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("bad", (await teacher.HearAsync("Quality"))[0]!["quality"]!.GetValue<string>());
        await inspector.HearAsync("Quality");
        await student.InvokeAsync("Snapshot");
        Assert.DoesNotContain(student.Received, message => message.Contains("Quality", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ARungIsToldToItsDeviceAloneAndWhatItsUserWantsReachesTheMedia()
    {
        await using var teacher = await _host.JoinAsync("t", Role.Teacher);
        await using var ada = await _host.JoinAsync("ada", Role.Student);
        await using var inspector = await _host.JoinAsync("i", Role.Inspector);
        await ada.InvokeAsync("Watch", new MediaOffer("v=0"));
        await inspector.InvokeAsync("Watch", new MediaOffer("v=0"));
        foreach (var owner in _host.Gateway.Open.Values)
        {
            _host.Get<IMediaEvents>().Rung(owner, owner.Member == "i" ? Rung.Sound : Rung.Slides);
        }

        Assert.Equal("slides", (await ada.HearAsync("Rung")).GetValue<string>());
        Assert.Equal("sound", (await inspector.HearAsync("Rung")).GetValue<string>());
        Assert.True((await teacher.HearAsync("StillsWanted")).GetValue<bool>());
        await ada.InvokeAsync("LimitRung", Rung.Text);
        await inspector.InvokeAsync("LimitRung", Rung.Text);
        Assert.Equal(["limit ada Text", "limit i Text"], _host.Gateway.Calls.Where(call => call.StartsWith("limit", StringComparison.Ordinal)));
        await ada.HearAsync("Rung", "text");
        await inspector.HearAsync("Rung", "text");

        await teacher.InvokeAsync("Snapshot");
        Assert.Equal(2, Count(ada, "\"Rung\""));
        Assert.Equal(2, Count(inspector, "\"Rung\""));
        Assert.Equal((0, 1), (Count(teacher, "\"Rung\""), Count(teacher, "StillsWanted")));
        Assert.Equal(0, Count(ada, "StillsWanted") + Count(inspector, "StillsWanted"));
        Assert.Equal(HubErrors.BadRequest, await ada.CodeAsync("LimitRung", 9));

        static int Count(HubWire wire, string part) => wire.Received.Count(message => message.Contains(part, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ClassroomProtocol.MessagePack)]
    [InlineData(ClassroomProtocol.Json)]
    public async Task RungsAndStillsComeInBothProtocols(ClassroomProtocol protocol)
    {
        await using var host = new ServerHost();
        var address = host.Listen();
        await using var teacher = Client("t", Role.Teacher);
        await using var ada = Client("ada", Role.Student);
        var (rungs, wanted) = (new List<Rung>(), new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        teacher.StillsWanted += wanted.SetResult;
        ada.Rung += rung =>
        {
            rungs.Add(rung);
            told.TrySetResult();
        };
        await teacher.JoinAsync();
        await ada.JoinAsync();
        await teacher.StartLessonAsync();
        await teacher.PublishAsync("v=0");
        await teacher.SetSourcesAsync([TrackSource.Voice, TrackSource.Screen]);
        await ada.WatchAsync("v=0");
        await ada.LimitRungAsync(Rung.Slides);
        await told.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal([Rung.Slides], rungs);
        Assert.True(await wanted.Task.WaitAsync(TimeSpan.FromSeconds(60)));

        using var sender = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", host.Ticket("t", Role.Teacher)) } };
        using var picture = new ByteArrayContent(StillSamples.Webp()) { Headers = { ContentType = new("image/webp") } };
        using var sent = await sender.PostAsync(new Uri(address, "api/classes/math/stills"), picture);
        Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync());
        var seen = await ada.WaitForAsync(known => known.Still is not null).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((1280, 720, 400), (seen.Still!.Width, seen.Still.Height, seen.Still.Bytes));
        Assert.EndsWith(seen.Still.Hash, sent.Headers.Location!.ToString(), StringComparison.Ordinal);

        ClassroomClient Client(string member, Role role) =>
            new(new ClassroomClientOptions { Server = address, Ticket = host.Ticket(member, role), Protocol = protocol });
    }

    [Fact]
    public async Task OffersAreRefusedWithTheirReasonsAndAFailureKeepsItsDetailsInside()
    {
        await using var student = await _host.JoinAsync("s", Role.Student);
        Assert.Equal(HubErrors.SdpInvalid, await student.CodeAsync("Watch", new MediaOffer("")));
        Assert.Equal(HubErrors.SdpInvalid, await student.CodeAsync("Watch", (object?)null));
        Assert.Equal(HubErrors.SdpTooLarge, await student.CodeAsync("Watch", new MediaOffer(new string('v', MediaOffer.MaxSdpLength + 1))));
        Assert.Equal(HubErrors.NoCommonCodec, await student.CodeAsync("Watch", new MediaOffer("refuse")));
        Assert.Equal(HubErrors.TeacherOnly, await student.CodeAsync("Publish", new MediaOffer("v=0")));
        var refusal = await Assert.ThrowsAsync<HubRefusal>(() => student.InvokeAsync("Watch", new MediaOffer("throw")));

        Assert.Equal(HubErrors.ServerError, HubErrors.CodeOf(refusal.Message));
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(_host.Logs, line => line.Contains("A secret of the inside", StringComparison.Ordinal));
        Assert.Empty(_host.Gateway.Open);
    }

    [Fact]
    public async Task ALiveLessonAndItsChatOutliveTheServer()
    {
        var data = Directory.CreateTempSubdirectory("streaming-").FullName;
        try
        {
            JoinReply before;
            await using (var first = new ServerHost(data))
            {
                await using var teacher = await first.JoinAsync("t", Role.Teacher);
                await teacher.InvokeAsync("StartLesson");
                await teacher.InvokeAsync("Say", "we go on");
                before = await teacher.InvokeAsync<JoinReply>("Join", new JoinRequest("d1"));
            }

            await using var second = new ServerHost(data);
            await using var student = await second.ConnectAsync("s", Role.Student);
            var after = await student.InvokeAsync<JoinReply>("Join", new JoinRequest("d1"));

            Assert.Equal((LessonPhase.Live, before.Classroom.Lesson.StartedAt), (after.Classroom.Lesson.Phase, after.Classroom.Lesson.StartedAt));
            Assert.Equal("we go on", Assert.Single(after.Classroom.Chat).Text);
            Assert.NotEqual(before.Server, after.Server);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task AnEmptyClassClosesAndOpensAgain()
    {
        var student = await _host.JoinAsync("s", Role.Student);
        var runner = _host.Get<ClassroomDirectory>().Find("math")!;
        await student.InvokeAsync("Leave");
        Assert.False(runner.IsOccupied);
        _host.Time!.Advance(ClassroomRunner.IdleTime + TimeSpan.FromSeconds(1));
        await runner.Completion.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Null(await student.CodeAsync("Join", new JoinRequest("d1")));

        Assert.NotSame(runner, _host.Get<ClassroomDirectory>().Find("math"));
        await student.DisposeAsync();
    }

    [Fact]
    public async Task TheLimitOfClassesCountsThoseWithMembersOnly()
    {
        await using var host = new ServerHost(("Limits:Classes", "1"));
        await using var inspector = await host.ConnectAsync("i", Role.Inspector, "art");
        await inspector.InvokeAsync("Join", new JoinRequest("d1"));
        await using var student = await host.ConnectAsync("s", Role.Student, "math");
        Assert.Null(await student.CodeAsync("Join", new JoinRequest("d1")));
        await using var other = await host.ConnectAsync("o", Role.Student, "music");

        Assert.Equal(HubErrors.ClassFull, await other.CodeAsync("Join", new JoinRequest("d1")));
        await student.InvokeAsync("Leave");
        Assert.Null(await other.CodeAsync("Join", new JoinRequest("d1")));
    }

    [Theory]
    [InlineData(null, HubErrors.TicketMissing)]
    [InlineData("not.a.ticket", HubErrors.TicketInvalid)]
    public async Task NegotiatingWithoutAGoodTicketIsAProblem(string? ticket, string code)
    {
        using var client = _host.Client(ticket);
        using var response = await client.PostAsync($"{IClassroomHub.Path}/negotiate?negotiateVersion=1", null);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, (await response.Content.ReadFromJsonAsync<JsonNode>())!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task AConnectionEndsWithItsTicketAndTheNextAttemptIsToldSo()
    {
        var ticket = _host.Ticket("s", Role.Student, lifetime: TimeSpan.FromMinutes(5));
        await using var wire = await HubWire.ConnectAsync(_host.Server, ticket);
        await using var other = await _host.JoinAsync("other", Role.Student);
        await wire.InvokeAsync("Join", new JoinRequest("d1"));

        _host.Time!.Advance(TimeSpan.FromMinutes(5));

        await wire.Ended;
        using var client = _host.Client(ticket);
        using var response = await client.PostAsync($"{IClassroomHub.Path}/negotiate?negotiateVersion=1", null);
        Assert.Equal(HubErrors.TicketExpired, (await response.Content.ReadFromJsonAsync<JsonNode>())!["code"]!.GetValue<string>());
        Assert.Contains("code=\"ticket_expired\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Null(await other.CodeAsync("Snapshot"));
    }

    [Fact]
    public async Task NegotiationOffersAllTransports()
    {
        using var client = _host.Client(_host.Ticket("s", Role.Student));
        using var response = await client.PostAsync($"{IClassroomHub.Path}/negotiate?negotiateVersion=1", null);
        var text = await response.Content.ReadAsStringAsync();

        Assert.All(["WebSockets", "ServerSentEvents", "LongPolling"], transport => Assert.Contains(transport, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task LogsHoldNoTicketNameOrChat()
    {
        await using (var wire = await _host.JoinAsync("s", Role.Student))
        {
            await wire.InvokeAsync("Say", "a private matter");
            await wire.CodeAsync("StartLesson");
        }

        var ticket = _host.Ticket("s", Role.Student);
        Assert.NotEmpty(_host.Logs);
        Assert.DoesNotContain(_host.Logs, line => line.Contains(ticket[..20], StringComparison.Ordinal));
        Assert.DoesNotContain(_host.Logs, line => line.Contains("Name of", StringComparison.Ordinal));
        Assert.DoesNotContain(_host.Logs, line => line.Contains("private", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatFailsForAnInspectorIsNotInTheLogByDefault()
    {
        await using var inspector = await _host.JoinAsync("i", Role.Inspector);

        Assert.Equal(HubErrors.ServerError, await inspector.CodeAsync("Watch", new MediaOffer("throw")));

        Assert.DoesNotContain(_host.Logs, line => line.Contains("secret", StringComparison.Ordinal));
    }

    private static readonly (string Method, object?[] Arguments)[] Calls =
    [
        ("Snapshot", []),
        ("StartLesson", []),
        ("EndLesson", []),
        ("Publish", [new MediaOffer("v=0")]),
        ("SetSources", [new[] { TrackSource.Voice }]),
        ("Watch", [new MediaOffer("v=0")]),
        ("RaiseHand", []),
        ("LowerHand", [null]),
        ("Say", ["hello"]),
        ("AskCheckIn", [30]),
        ("CloseCheckIn", []),
        ("AnswerCheckIn", [1L]),
    ];

    private static async Task WaitUntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!holds())
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
