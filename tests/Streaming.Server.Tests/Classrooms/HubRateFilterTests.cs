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
        var bucket = new CallBucket(now);
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
        for (var i = 0; i < CallBucket.Burst; i++)
        {
            Assert.Null(await loud.CodeAsync("Snapshot"));
        }

        Assert.Equal(HubErrors.Busy, await loud.CodeAsync("Snapshot"));
        Assert.Null(await quiet.CodeAsync("Snapshot"));
        host.Time!.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await loud.CodeAsync("Snapshot"));
        for (var i = 0; i < CallBucket.Burst; i++)
        {
            await loud.CodeAsync("Snapshot");
        }

        Assert.Null(await loud.CodeAsync("Join", new JoinRequest("d1")));
        Assert.Null(await loud.CodeAsync("Leave"));
    }
}
