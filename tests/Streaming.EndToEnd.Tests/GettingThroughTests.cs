using System.Diagnostics;
using Microsoft.Playwright;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;
using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests;

/// <summary>Networks that let no UDP through: the lesson comes by TCP, and where that is closed too, by a relay.</summary>
public sealed class GettingThroughTests(Browsers browsers, ITestOutputHelper output) : IClassFixture<Browsers>
{
    /// <summary>The most until picture and sound on the reference machine, in milliseconds.</summary>
    private const double Most = 5_000;

    private const string PlaysAlone = "--autoplay-policy=no-user-gesture-required";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    [Fact(Timeout = 240_000)]
    [Trait("Kind", "Measures")]
    public async Task WhereNoUdpPassesALessonComesByTcp()
    {
        await using var home = await NetworkNamespace.MakeAsync();
        await home.BlockUdpAsync();
        await using var server = await StartAsync(home);
        await using var teacher = await server.TeachAsync(await browsers.LenientAsync());

        var signs = await OpenAsync(home, server, "by TCP");

        Assert.Equal(("tcp", ""), (signs.Remote, signs.RelayProtocol));
    }

    [Fact(Timeout = 240_000)]
    [Trait("Kind", "Measures")]
    public async Task WhereTheMediaPortIsClosedTooALessonComesByTheRelay()
    {
        await using var home = await NetworkNamespace.MakeAsync();
        await using var relay = await RelayServer.StartAsync(home.Outside);
        await using var server = await StartAsync(home, relay);
        await home.BlockUdpAsync(server.MediaPort);
        await using var teacher = await server.TeachAsync(await browsers.LenientAsync());

        FirstSigns signs;
        try
        {
            signs = await OpenAsync(home, server, "by TURN");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} The relay: {relay.LogTail()}", e);
        }

        Assert.Equal(("relay", "tcp", "udp"), (signs.Local, signs.RelayProtocol, signs.Remote));
        Assert.DoesNotContain(server.Log, line => line.Contains(relay.Secret, StringComparison.Ordinal) || line.Contains("credential", StringComparison.OrdinalIgnoreCase));
    }

    [Fact(Timeout = 240_000)]
    public async Task ATeacherWhomNoUdpReachesTeachesByTcp()
    {
        await using var home = await NetworkNamespace.MakeAsync();
        await home.BlockUdpAsync();
        await using var server = await StartAsync(home);
        var site = new UriBuilder(server.Address) { Host = $"{home.Outside}" }.Uri;
        var browserAtHome = await browsers.StartAsync(home.Chromium, PlaysAlone, $"--unsafely-treat-insecure-origin-as-secure={site.GetLeftPart(UriPartial.Authority)}");
        try
        {
            await using var teacher = await Person.SitDownAsync(browserAtHome);
            await teacher.GoAsync(home.At(server, await server.TicketAsync(Role.Teacher, "t-lin", "Ms Lin")));
            await teacher.Page.Locator("#start-lesson:enabled").ClickAsync();
            await teacher.IsSendingAsync(Limit);
            await using var student = await server.EnterAsync(await browsers.LenientAsync(), Role.Student, "s-mei", "Mei");
            var seen = await student.SeesPictureAsync(Limit);
            Assert.True(seen.PacketsReceived > 0);
        }
        finally
        {
            await browserAtHome.CloseAsync();
        }
    }

    [Fact(Timeout = 240_000)]
    [Trait("Kind", "Measures")]
    public async Task WhenUdpEndsInTheMidstOfALessonItGoesOnByTcpInTheSameSeat()
    {
        await using var home = await NetworkNamespace.MakeAsync();
        await using var server = await StartAsync(home);
        await using var teacher = await server.TeachAsync(await browsers.LenientAsync());
        var browserAtHome = await browsers.StartAsync(home.Chromium, PlaysAlone);
        try
        {
            await using var student = await Person.SitDownAsync(browserAtHome);
            await student.GoAsync(home.At(server, await server.TicketAsync(Role.Student, "s-mei", "Mei")));
            await student.SeesPictureAsync(Limit);
            Assert.Equal("udp", await FirstSigns.RemoteProtocolAsync(student));
            await student.Page.EvaluateAsync(
                """
                window.links = [];
                new MutationObserver(() => {
                  if (document.body.dataset.hub !== 'online') window.links.push(document.body.dataset.hub);
                }).observe(document.body, { attributeFilter: ['data-hub'] });
                """);
            await student.Page.Locator("#hand").ClickAsync();
            await student.Page.Locator("#hand.raised").WaitForAsync();

            using var machine = Machine.Look();
            await home.BlockUdpAsync();
            var began = Stopwatch.GetTimestamp();
            await Eventually.TrueAsync("the lesson goes by TCP", Limit, async () => await IsByTcpAsync(student));
            await student.SeesPictureAsync(Limit);
            var (took, slowness) = (Stopwatch.GetElapsedTime(began), machine.Slowness());

            output.Note($"UDP ended in the midst of a lesson: picture by TCP after {took.TotalMilliseconds:0} ms (the machine was {slowness:0.0} times slower than the reference)");
            Assert.InRange(took.TotalMilliseconds, 0, 10_000 * slowness);
            Assert.Empty(await student.Page.EvaluateAsync<string[]>("window.links"));   // the hub's connection stood all the time
            Assert.Equal("1", await teacher.Page.Locator("#present-count").TextContentAsync());
            await student.Page.Locator("#hand.raised").WaitForAsync();
        }
        finally
        {
            await browserAtHome.CloseAsync();
        }
    }

    private static async Task<bool> IsByTcpAsync(Person student)
    {
        try
        {
            return await FirstSigns.RemoteProtocolAsync(student) == "tcp";
        }
        catch (PlaywrightException)
        {
            return false;   // a new connection that has no way yet
        }
    }

    private static Task<ServerProcess> StartAsync(NetworkNamespace home, RelayServer? relay = null) => ServerProcess.StartAsync(new ServerSetup
    {
        Addresses = [System.Net.IPAddress.Loopback, home.Outside],
        Arguments = relay is null ? [] : ["--Turn:Urls", relay.Url],
        Environment = relay is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["Turn__Secret"] = relay.Secret },
    });

    private async Task<FirstSigns> OpenAsync(NetworkNamespace home, ServerProcess server, string way)
    {
        var browserAtHome = await browsers.StartAsync(home.Chromium, PlaysAlone);
        try
        {
            await using var student = await Person.SitDownAsync(browserAtHome);
            using var machine = Machine.Look();
            var signs = await FirstSigns.OfAsync(student, home.At(server, await server.TicketAsync(Role.Student, "s-mei", "Mei")), Limit);
            var slowness = machine.Slowness();
            output.Note($"UDP blocked, {way}: picture after {signs.Picture:0} ms, sound after {signs.Sound:0} ms (the machine was {slowness:0.0} times slower than the reference)");
            await student.SeesPictureAsync(Limit);
            Assert.InRange(Math.Max(signs.Picture, signs.Sound), 0, Most * slowness);
            return signs;
        }
        finally
        {
            await browserAtHome.CloseAsync();
        }
    }
}
