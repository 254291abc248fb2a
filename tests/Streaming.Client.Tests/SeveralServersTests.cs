using Microsoft.AspNetCore.SignalR;
using Streaming.Contracts;

namespace Streaming.Client.Tests;

/// <summary>A city with two servers, and a class on one of them.</summary>
public class SeveralServersTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ReconnectPolicy Quick = new() { Delays = [TimeSpan.FromMilliseconds(5)] };

    [Fact]
    public async Task AClassThatLivesElsewhereIsFoundThereWithTheSameDevice()
    {
        await using var asked = await ScriptedClassroom.StartAsync();
        await using var home = await ScriptedClassroom.StartAsync();
        asked.Script.Join = _ => throw Elsewhere(home);
        home.Script.Join = _ => Script.Reply(5, "run-b", "ann");
        await using var client = asked.Client();

        var reply = await client.JoinAsync().WaitAsync(Patience);

        Assert.Equal("run-b", reply.Server);
        Assert.Single(asked.Script.Asked);
        Assert.Equal(["join device-1 a ticket/+="], home.Script.Asked);
        await client.RaiseHandAsync();
        Assert.Contains("raise", home.Script.Asked);
    }

    [Fact]
    public async Task AClassThatMovesDuringACallIsFollowed()
    {
        await using var first = await ScriptedClassroom.StartAsync();
        await using var second = await ScriptedClassroom.StartAsync();
        second.Script.Join = _ => Script.Reply(3, "run-b", "bob");
        await using var client = first.Client(Quick);
        var rejoined = new TaskCompletionSource<JoinReply>();
        client.Rejoined += rejoined.SetResult;
        await client.JoinAsync().WaitAsync(Patience);
        first.Script.Act = _ => throw Elsewhere(second);

        var refusal = await Assert.ThrowsAsync<ClassroomException>(() => client.RaiseHandAsync());

        Assert.Equal(HubErrors.Elsewhere, refusal.Code);
        Assert.Equal("run-b", (await rejoined.Task.WaitAsync(Patience)).Server);
        await client.RaiseHandAsync();
        Assert.Equal(["join device-1 a ticket/+=", "raise"], second.Script.Asked);
    }

    [Fact]
    public async Task WhenAServerDiesTheOtherIsTried()
    {
        var first = await ScriptedClassroom.StartAsync();
        await using var second = await ScriptedClassroom.StartAsync();
        first.Script.Join = _ => Script.Reply(1, "run-a") with { Nodes = [second.Address.ToString()] };
        var refused = 1;
        second.Script.Join = _ => refused-- > 0 ? throw Elsewhere(first) : Script.Reply(8, "run-b", "ann");
        await using var client = first.Client(Quick);
        var rejoined = new TaskCompletionSource<JoinReply>();
        client.Rejoined += rejoined.SetResult;
        await client.JoinAsync().WaitAsync(Patience);

        await first.DisposeAsync();

        Assert.Equal("run-b", (await rejoined.Task.WaitAsync(Patience)).Server);
        Assert.Equal(8, client.Classroom!.Version);
        Assert.Equal(2, second.Script.Asked.Count);   // first sent back to the dead one, whose lease had to lapse
    }

    [Fact]
    public async Task AServerThatDoesNotAnswerIsLeftForTheOther()
    {
        await using var first = await ScriptedClassroom.StartAsync();
        await using var second = await ScriptedClassroom.StartAsync();
        first.Script.Join = _ => Script.Reply(1, "run-a") with { Nodes = [second.Address.ToString()] };
        second.Script.Join = _ => Script.Reply(1, "run-b");
        await using var client = new ClassroomClient(new ClassroomClientOptions
        {
            Server = first.Address,
            Ticket = "t",
            Reconnect = Quick,
            AttemptLimit = TimeSpan.FromSeconds(2),
        });
        var rejoined = new TaskCompletionSource<JoinReply>();
        client.Rejoined += rejoined.SetResult;
        await client.JoinAsync().WaitAsync(Patience);
        first.Script.Door = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted);

        first.Script.DropEverybody();

        Assert.Equal("run-b", (await rejoined.Task.WaitAsync(Patience)).Server);
    }

    private static HubException Elsewhere(ScriptedClassroom server) =>
        new(HubErrors.Compose(HubErrors.Elsewhere, server.Address.ToString()));
}
