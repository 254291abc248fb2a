using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;

namespace Streaming.EndToEnd.Tests;

public sealed class ForeignClientTests(Browsers browsers) : IClassFixture<Browsers>
{
    private const string PeerConnection = "window.pc";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    [Fact(Timeout = 240_000)]
    public async Task APlainPageWithNothingButFetchPublishesAndPlays()
    {
        await using var site = await ForeignSite.OpenAsync();
        await using var server = await ServerProcess.StartAsync(new ServerSetup { Arguments = ["--Cors:Origins", site.Origin] });
        var browser = await browsers.LenientAsync();
        await using var teacher = await Person.SitDownAsync(browser);
        await teacher.GoAsync(site.Publishing(server, await server.TicketAsync(Role.Teacher, "t-obs", "Ms Lin")));
        await Eventually.TrueAsync("the foreign publisher is connected", Limit, async () => await teacher.StatsAsync(PeerConnection) is { State: "connected" });

        await using var player = await Person.SitDownAsync(browser);
        await player.GoAsync(site.Playing(server, await server.TicketAsync(Role.Student, "s-vlc", "Tom")));
        var seen = await player.SeesPictureAsync(Limit, PeerConnection);
        await Eventually.TrueAsync("sound plays", Limit, async () =>
            await player.StatsAsync(PeerConnection) is { } now && now.AudioEnergy > seen.AudioEnergy);

        // Our own page and the foreign ones are in one class.
        await using var student = await server.EnterAsync(browser, Role.Student, "s-mei", "Mei");
        await student.SeesPictureAsync(Limit);

        Assert.Equal(201, await teacher.Page.EvaluateAsync<int>("window.status"));
        Assert.Equal(200, await player.Page.EvaluateAsync<int>("window.stop()"));
        Assert.Equal(404, await player.Page.EvaluateAsync<int>("window.stop()"));
        Assert.Equal(200, await teacher.Page.EvaluateAsync<int>("window.stop()"));
    }
}
