using Streaming.Contracts;
using Streaming.Server.Classrooms;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Classrooms;

public sealed class HubRateFilterTests
{
    [Fact]
    public void FortyCallsAtOnceAndTenASecondAfterwards()
    {
        var now = ClassroomScenario.Bell;
        var bucket = new CallBucket(HubRateFilter.Burst, HubRateFilter.PerSecond, now);
        Assert.Equal(40, Taken());
        now += TimeSpan.FromSeconds(1);
        Assert.Equal(10, Taken());
        now += TimeSpan.FromSeconds(0.05);
        Assert.Equal(0, Taken());
        now += TimeSpan.FromHours(1);
        Assert.Equal(40, Taken());
        now -= TimeSpan.FromHours(1);
        Assert.Equal(0, Taken());

        int Taken() => Enumerable.Range(0, 100).Count(_ => bucket.TryTake(now));
    }

    [Fact]
    public async Task AConnectionThatAsksWithoutEndIsAnsweredBusyAndOthersAndItsLeaveAreNot()
    {
        await using var host = new ServerHost() { Time = new ManualTime() };
        await using var loud = await host.JoinAsync("loud", Role.Student);
        await using var quiet = await host.JoinAsync("quiet", Role.Student);
        for (var i = 0; i < HubRateFilter.Burst; i++)
        {
            Assert.Null(await loud.CodeAsync("Snapshot"));
        }

        Assert.Equal(HubErrors.Busy, await loud.CodeAsync("Snapshot"));
        Assert.Null(await quiet.CodeAsync("Snapshot"));
        host.Time!.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await loud.CodeAsync("Snapshot"));
        for (var i = 0; i < HubRateFilter.Burst; i++)
        {
            await loud.CodeAsync("Snapshot");
        }

        Assert.Null(await loud.CodeAsync("Join", new JoinRequest("d1")));
        Assert.Null(await loud.CodeAsync("Leave"));
    }

    [Fact]
    public async Task WhoComesAndGoesWithoutEndIsAnsweredBusyOnAnyConnectionAndOthersAreNot()
    {
        await using var host = new ServerHost() { Time = new ManualTime() };
        await using var storm = await host.ConnectAsync("storm", Role.Student);
        await using var second = await host.ConnectAsync("storm", Role.Student);
        await using var quiet = await host.ConnectAsync("quiet", Role.Student);
        for (var i = 0; i < SeatRates.Burst; i++)
        {
            Assert.Null(await storm.CodeAsync("Join", new JoinRequest("d1")));
            Assert.Null(await storm.CodeAsync("Leave"));
        }

        Assert.Equal(HubErrors.Busy, await storm.CodeAsync("Join", new JoinRequest("d1")));
        Assert.Equal(HubErrors.Busy, await second.CodeAsync("Join", new JoinRequest("d2")));
        using var http = host.Client(host.Ticket("storm", Role.Student));
        using var offer = new StringContent("v=0", System.Text.Encoding.UTF8, "application/sdp");
        using var refused = await http.PostAsync("/whep/math", offer);
        Assert.Equal((System.Net.HttpStatusCode.TooManyRequests, "1"), (refused.StatusCode, refused.Headers.RetryAfter?.ToString()));
        Assert.Null(await storm.CodeAsync("Leave"));
        Assert.Null(await quiet.CodeAsync("Join", new JoinRequest("d1")));

        host.Time!.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await second.CodeAsync("Join", new JoinRequest("d2")));
        Assert.Equal(HubErrors.Busy, await storm.CodeAsync("Join", new JoinRequest("d1")));
    }

    [Fact]
    public async Task AnInspectorsCallsTakeNothingFromAMemberOfTheSameId()
    {
        await using var host = new ServerHost() { Time = new ManualTime() };
        for (var i = 0; i < SeatRates.Burst; i++)
        {
            await using var inspector = await host.JoinAsync("m", Role.Inspector);
        }

        await using var member = await host.JoinAsync("m", Role.Teacher);
    }

    [Fact]
    public async Task OneMemberHoldsSixteenConnectionsAtMost()
    {
        await using var host = new ServerHost() { Time = new ManualTime() };
        var held = new List<HubWire>();
        for (var i = 0; i < HubConnections.PerMember; i++)
        {
            held.Add(await host.ConnectAsync("s", Role.Student));
            Assert.Null(await held[i].CodeAsync("Leave"));
        }

        await using var oneMore = await host.ConnectAsync("s", Role.Student);
        await oneMore.Ended;
        await using var other = await host.JoinAsync("other", Role.Student);
        foreach (var wire in held)
        {
            await wire.DisposeAsync();
        }
    }

    /// <summary>The waits of whoever comes back, as the page and the client know them, with a seat and a media session each time.</summary>
    [Fact]
    public void ComingBackAgainAndAgainFitsIn()
    {
        var time = new ManualTime();
        var seats = new SeatRates(time);
        var who = ClassroomScenario.Who("s", Role.Student);
        double[] waits = [0, 0.5, 1, 2, 4, 5, 5, 5, 0, 0.5, 1, 2, 4, 5, 5, 5, 5, 5, 5];
        foreach (var wait in waits)
        {
            time.Advance(TimeSpan.FromSeconds(wait * 0.7));   // as much as the jitter may shorten it
            Assert.True(seats.TryTake(who));
            Assert.True(seats.TryTake(who));
        }
    }
}
