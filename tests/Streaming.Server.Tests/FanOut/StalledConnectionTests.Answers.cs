using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Streaming.Client;
using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Classrooms;

namespace Streaming.Server.Tests.FanOut;

/// <content>What is stuck is an answer to a call, which no outbox knows of.</content>
public sealed partial class StalledConnectionTests
{
    // Its own end closes the connection when it has heard nothing for 30 s.
    private static readonly TimeSpan BeforeTheClientGivesUp = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task WhoDoesNotTakeAnAnswerIsClosedAtLastThoughNobodySaysAnything()
    {
        var teacher = await JoinAsync("t", Role.Teacher);
        await StickInAnswerAsync("ben");
        var open = _host.Get<HubConnections>().Count;

        _host.Time!.Advance(Outboxes.Limits.LongestWrite - TimeSpan.FromSeconds(5));
        await Task.Delay(TimeSpan.FromSeconds(2.5));   // two looks of the real clock
        Assert.Equal(open, _host.Get<HubConnections>().Count);

        _host.Time.Advance(TimeSpan.FromSeconds(6));
        await Eventually(() => _host.Get<HubConnections>().Count == open - 1, BeforeTheClientGivesUp);
        Assert.Equal(0, Outboxes.Members.ClosedConnections);
        Assert.Equal(ClassroomClientState.Joined, teacher.State);
    }

    [Fact]
    public async Task ATicketsEndClosesAlsoAConnectionThatDoesNotTakeAnAnswer()
    {
        await JoinAsync("t", Role.Teacher);
        await StickInAnswerAsync("ben", TimeSpan.FromMinutes(1));
        var open = _host.Get<HubConnections>().Count;

        _host.Time!.Advance(TimeSpan.FromSeconds(61));
        _host.Time.Advance(TimeSpan.FromSeconds(2));
        await Eventually(() => _host.Get<HubConnections>().Count == open - 1, BeforeTheClientGivesUp);
        Assert.Equal(0, Outboxes.Members.ClosedConnections);
    }

    [Fact]
    public async Task AServerThatStopsDoesNotWaitForAConnectionThatTakesNothing()
    {
        await JoinAsync("t", Role.Teacher);
        await StickInAnswerAsync("ben");
        var journal = _host.Get<Journal>();

        var since = Stopwatch.StartNew();
        await _host.Get<IHost>().StopAsync().WaitAsync(Patience);

        // Five seconds of patience, two more, and the rest of the server.
        Assert.True(since.Elapsed < BeforeTheClientGivesUp, $"It took {since.Elapsed}.");
        Assert.Contains(journal.Read("math"), entry => entry.Member == "ben" && entry.Kind == LedgerKind.Dropped);
    }

    private async Task StickInAnswerAsync(string member, TimeSpan? ticket = null)
    {
        const int Guests = 60;
        var (client, held) = await JoinHeldAsync(member, Role.Student, comesBack: false, ticket);
        var runner = _host.Get<ClassroomDirectory>().Find("math")!;
        var name = new string('x', 1_500);
        for (var i = 0; i < Guests; i++)
        {
            var caller = new Caller($"guest-{i}", "d", $"nowhere-{i}");
            Assert.Null((await runner.AskAsync(new Join(new Identity(caller.Member, name, Role.Student, "math"), "d", caller.Connection))).Refusal);
        }

        await client.WaitForAsync(seen => seen.Seats.Count > Guests).WaitAsync(Patience);
        await Eventually(() => Outboxes.Waiting == 0);
        held.Hold();
        for (var i = 0; i < 8; i++)
        {
            _ = client.SnapshotAsync().ContinueWith(ended => ended.Exception, TaskScheduler.Default);
        }

        // The first fill what lies between; one of them waits for good.
        await Task.Delay(TimeSpan.FromSeconds(1));
    }
}
