using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Streaming.Contracts;

namespace Streaming.Client.Tests;

public class ClassroomClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task JoiningBringsTheSeatAndTheClass()
    {
        await using var server = await ScriptedClassroom.StartAsync();
        server.Script.Join = _ => Script.Reply(4, members: ["ann"]);
        await using var client = server.Client();

        var reply = await client.JoinAsync().WaitAsync(Patience);

        Assert.Equal("me", reply.Me.Member);
        Assert.Equal(4, client.Classroom!.Version);
        Assert.Equal(ClassroomClientState.Joined, client.State);
        Assert.Equal(["join device-1 a ticket/+="], server.Script.Asked);
    }

    [Theory]
    [InlineData(ClassroomProtocol.MessagePack, TransferFormat.Binary)]
    [InlineData(ClassroomProtocol.Json, TransferFormat.Text)]
    public async Task EveryCallReachesTheHub(ClassroomProtocol protocol, TransferFormat format)
    {
        await using var server = await ScriptedClassroom.StartAsync();
        await using var client = server.Client(protocol: protocol);
        await client.JoinAsync().WaitAsync(Patience);
        Assert.Equal([format], server.Script.Formats);
        server.Script.Asked.Clear();

        await client.StartLessonAsync();
        var published = await client.PublishAsync("offer");
        await client.SetSourcesAsync([TrackSource.Voice, TrackSource.Screen]);
        var watched = await client.WatchAsync("other offer");
        await client.RaiseHandAsync();
        await client.LowerHandAsync();
        await client.LowerHandAsync("ann");
        await client.SayAsync("你好");
        await client.ReportAsync(new DeviceReport(Hidden: true, Stalled: false, Silent: true));
        var asked = await client.AskCheckInAsync(30);
        await client.AskCheckInAsync();
        await client.AnswerCheckInAsync(7);
        await client.CloseCheckInAsync();
        await client.SnapshotAsync();
        await client.EndLessonAsync();
        await client.LeaveAsync();

        Assert.Equal(
            ["start", "publish offer", "sources Voice,Screen", "watch other offer", "raise", "lower own", "lower ann", "say 你好",
             "report True False True", "ask 30", "ask ", "answer 7", "close check-in", "snapshot", "end", "leave"],
            server.Script.Asked);
        Assert.Equal(new CheckIn(7, DateTimeOffset.UnixEpoch, 30, IsOpen: true), asked);
        Assert.Equal(new MediaAnswer("answer to publish", "p1"), published);
        Assert.Equal(new MediaAnswer("answer to watch", "w1"), watched);
        Assert.Equal(ClassroomClientState.Closed, client.State);
    }

    [Theory]
    [InlineData(ClassroomProtocol.MessagePack, TransferFormat.Binary)]
    [InlineData(ClassroomProtocol.Json, TransferFormat.Text)]
    public async Task WhatTheHubTellsArrivesInOrder(ClassroomProtocol protocol, TransferFormat format)
    {
        await using var server = await ScriptedClassroom.StartAsync();
        await using var client = server.Client(protocol: protocol);
        var heard = new List<string>();
        var closed = new TaskCompletionSource();
        client.Changed += now => heard.Add($"version {now.Version}");
        client.Said += line => heard.Add(line.Text);
        client.Quality += changed => heard.Add($"{changed[0].Member} {changed[0].Quality}");
        client.Presence += changed => heard.Add($"{changed[0].Name} {changed[0].State}");
        client.CheckInProgress += progress => heard.Add($"{progress.Id} {progress.Answers[0].State}");
        client.MediaClosed += session => { heard.Add(session); closed.SetResult(); };
        await client.JoinAsync().WaitAsync(Patience);
        Assert.Equal([format], server.Script.Formats);

        await server.Everybody.Changed(new ClassroomChange(2, Seats: [Script.Seat("ann")]));
        await server.Everybody.Quality([new ViewerQuality("ann", LinkQuality.Bad)]);
        await server.Everybody.Presence([new MemberPresence("ann", "ANN", PresenceState.Unstable, DateTimeOffset.UnixEpoch)]);
        await server.Everybody.CheckInProgress(new CheckInProgress(7, [new CheckInAnswer("ann", CheckInState.Unreached)]));
        await server.Everybody.Said(Script.Line(1));
        await server.Everybody.MediaClosed("w1");
        await closed.Task.WaitAsync(Patience);

        Assert.Equal(["version 1", "version 2", "ann Bad", "ANN Unstable", "7 Unreached", "version 2", "line 1", "w1"], heard);
    }

    [Fact]
    public async Task AGapInTheVersionsIsClosedByOneSnapshot()
    {
        await using var server = await ScriptedClassroom.StartAsync();
        server.Script.Snapshot = () => Script.Class(6, "ann", "bob", "cyd");
        await using var client = server.Client();
        await client.JoinAsync().WaitAsync(Patience);

        await server.Everybody.Changed(new ClassroomChange(5, Seats: [Script.Seat("bob")]));
        await server.Everybody.Changed(new ClassroomChange(6, Seats: [Script.Seat("cyd")]));
        await server.Everybody.Changed(new ClassroomChange(7, Gone: ["ann"]));
        var now = await client.WaitForAsync(c => c.Version == 7).WaitAsync(Patience);

        Assert.Equal(["bob", "cyd"], now.Seats.Select(seat => seat.Member));
        Assert.Single(server.Script.Asked, "snapshot");
    }

    [Fact]
    public async Task ALostConnectionIsTakenUpAgainWithTheSameDevice()
    {
        await using var server = await ScriptedClassroom.StartAsync();
        await using var client = server.Client();
        var (lost, rejoined) = (new TaskCompletionSource(), new TaskCompletionSource<JoinReply>());
        client.Lost += () => lost.TrySetResult();
        client.Rejoined += reply => rejoined.TrySetResult(reply);
        await client.JoinAsync().WaitAsync(Patience);
        server.Script.Join = _ => Script.Reply(9, members: ["ann"]);

        server.Script.DropEverybody();

        Assert.Equal(9, (await rejoined.Task.WaitAsync(Patience)).Classroom.Version);
        Assert.True(lost.Task.IsCompletedSuccessfully);
        Assert.Equal(9, client.Classroom!.Version);
        Assert.Equal(2, server.Script.Asked.Count(call => call.StartsWith("join device-1 ", StringComparison.Ordinal)));
        await client.RaiseHandAsync();
        Assert.Contains("raise", server.Script.Asked);
    }

    [Fact]
    public async Task ARestartedServerIsFoundAgain()
    {
        var first = await ScriptedClassroom.StartAsync();
        var port = first.Address.Port;
        first.Script.Join = _ => Script.Reply(900, "run-1");
        await using var client = first.Client(new ReconnectPolicy { Delays = [TimeSpan.FromMilliseconds(20)] });
        var rejoined = new TaskCompletionSource<JoinReply>();
        client.Rejoined += rejoined.SetResult;
        await client.JoinAsync().WaitAsync(Patience);

        await first.DisposeAsync();
        await using var second = await ScriptedClassroom.StartAsync(port);
        second.Script.Join = _ => Script.Reply(2, "run-2", "ann");

        Assert.Equal("run-2", (await rejoined.Task.WaitAsync(Patience)).Server);
        Assert.Equal(2, client.Classroom!.Version);
    }

    [Fact]
    public async Task BetweenAttemptsTheClientWaitsAsThePolicySays()
    {
        await using var server = await ScriptedClassroom.StartAsync();
        var busy = 2;
        server.Script.Join = _ => busy-- > 0 ? throw Refusal(HubErrors.Busy) : Script.Reply(1);
        var clock = new HandClock();
        await using var client = server.Client(
            new ReconnectPolicy { Delays = [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)], Jitter = 0 }, clock);

        var joining = client.JoinAsync();
        await clock.ArmedAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        await clock.ArmedAsync();
        clock.Advance(TimeSpan.FromSeconds(3.9));
        Assert.Equal(2, server.Script.Asked.Count);
        Assert.False(joining.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        await joining.WaitAsync(Patience);
        Assert.Equal(3, server.Script.Asked.Count);
    }

    [Theory]
    [InlineData(HubErrors.WrongClass)]
    [InlineData(HubErrors.ClassNotFound)]
    [InlineData(HubErrors.ClassFull)]
    [InlineData(HubErrors.TeacherPresent)]
    public async Task ARefusedJoinIsThrownWithItsCode(string code)
    {
        await using var server = await ScriptedClassroom.StartAsync();
        server.Script.Join = _ => throw Refusal(code);
        await using var client = server.Client();

        var refusal = await Assert.ThrowsAsync<ClassroomException>(() => client.JoinAsync().WaitAsync(Patience));

        Assert.Equal(code, refusal.Code);
        Assert.Equal("a sentence: with a colon", refusal.Message);
        Assert.Equal(ClassroomClientState.Closed, client.State);
    }

    [Theory]
    [InlineData("Bearer realm=\"streaming\"", HubErrors.TicketInvalid)]
    [InlineData("Bearer realm=\"streaming\", error=\"invalid_token\", code=\"ticket_expired\"", HubErrors.TicketExpired)]
    public async Task ATicketThatIsRefusedAtTheDoorIsNotShownAgain(string challenge, string code)
    {
        await using var server = await ScriptedClassroom.StartAsync();
        var knocks = 0;
        server.Script.Door = (context, _) =>
        {
            knocks++;
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = challenge;
            return Task.CompletedTask;
        };
        await using var client = server.Client();

        var refusal = await Assert.ThrowsAsync<ClassroomException>(() => client.JoinAsync().WaitAsync(Patience));

        Assert.Equal(code, refusal.Code);
        Assert.Equal(1, knocks);
    }

    [Fact]
    public async Task ARefusedCallIsThrownWithItsCodeAndTheSeatStays()
    {
        await using var server = await ScriptedClassroom.StartAsync();
        await using var client = server.Client();
        await client.JoinAsync().WaitAsync(Patience);

        server.Script.Act = _ => throw Refusal(HubErrors.ChatTooFast);
        Assert.Equal(HubErrors.ChatTooFast, (await Assert.ThrowsAsync<ClassroomException>(() => client.SayAsync("x"))).Code);
        server.Script.Act = _ => throw new InvalidOperationException("a fault of the server");
        Assert.Equal(ClassroomException.Unexpected, (await Assert.ThrowsAsync<ClassroomException>(() => client.SayAsync("x"))).Code);
        Assert.Equal(ClassroomClientState.Joined, client.State);
    }

    [Fact]
    public async Task ACallThatIsCutOffSaysOffline()
    {
        await using var server = await ScriptedClassroom.StartAsync();
        await using var client = server.Client();
        await client.JoinAsync().WaitAsync(Patience);
        server.Script.Act = _ =>
        {
            server.Script.DropEverybody();
            return Task.Delay(Timeout.Infinite);
        };

        var refusal = await Assert.ThrowsAsync<ClassroomException>(() => client.RaiseHandAsync().WaitAsync(Patience));

        Assert.Equal(ClassroomException.Offline, refusal.Code);
    }

    [Fact]
    public async Task ADismissedClientDoesNotComeBack()
    {
        await using var server = await ScriptedClassroom.StartAsync();
        await using var client = server.Client();
        var dismissed = new TaskCompletionSource<string>();
        client.Dismissed += dismissed.SetResult;
        await client.JoinAsync().WaitAsync(Patience);
        var waiting = client.WaitForAsync(_ => false);

        await server.Everybody.Dismissed(HubErrors.Replaced);

        Assert.Equal(HubErrors.Replaced, await dismissed.Task.WaitAsync(Patience));
        Assert.Equal(HubErrors.Replaced, (await Assert.ThrowsAsync<ClassroomException>(() => waiting.WaitAsync(Patience))).Code);
        await client.DisposeAsync();
        Assert.Single(server.Script.Asked);
    }

    [Fact]
    public async Task AHandlerThatThrowsHoldsNobodyUp()
    {
        await using var server = await ScriptedClassroom.StartAsync();
        await using var client = server.Client();
        var said = new TaskCompletionSource<ChatLine>();
        client.Changed += _ => throw new InvalidOperationException("a fault of the app");
        client.Said += said.SetResult;
        await client.JoinAsync().WaitAsync(Patience);
        await server.Everybody.Said(Script.Line(1));
        Assert.Equal(1, (await said.Task.WaitAsync(Patience)).Id);
    }

    [Fact]
    public async Task GivingUpEndsTheKnocking()
    {
        await using var server = await ScriptedClassroom.StartAsync();
        server.Script.Join = _ => throw Refusal(HubErrors.Busy);
        await using var client = server.Client();
        using var given = new CancellationTokenSource();
        var joining = client.JoinAsync(given.Token);
        await server.Script.Joins.Reader.ReadAsync();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => joining.WaitAsync(Patience));
    }

    [Theory]
    [InlineData("http://localhost:5000", "ws://localhost:5000/hubs/classroom?access_token=a%2Fb%2B")]
    [InlineData("https://school.example/live/", "wss://school.example/live/hubs/classroom?access_token=a%2Fb%2B")]
    public void TheHubIsFoundUnderTheServersAddress(string server, string expected) =>
        Assert.Equal(new Uri(expected), WebSocketConnectionFactory.AddressOf(new Uri(server), "a/b+"));

    private static HubException Refusal(string code) => new(HubErrors.Compose(code, "a sentence: with a colon"));
}
