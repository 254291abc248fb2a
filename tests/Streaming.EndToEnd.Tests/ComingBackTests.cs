using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;

namespace Streaming.EndToEnd.Tests;

/// <summary>Whatever breaks, the lesson continues by itself: no test here touches a page after the lesson has begun, except to reload it.</summary>
public sealed class ComingBackTests(Browsers browsers) : IClassFixture<Browsers>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    [Fact(Timeout = 240_000)]
    public async Task AStudentWhoReloadsSeesTheLessonAgain()
    {
        await using var server = await ServerProcess.StartAsync();
        var browser = await browsers.LenientAsync();
        await using var teacher = await server.TeachAsync(browser);
        await using var student = await server.EnterAsync(browser, Role.Student, "s-mei", "Mei");
        await student.SeesPictureAsync(Limit);

        await student.ReloadAsync();

        await student.SeesPictureAsync(Limit);
        Assert.Equal("1", await teacher.Page.Locator("#present-count").TextContentAsync());
    }

    [Fact(Timeout = 240_000)]
    public async Task ATeacherWhoReloadsIsOnAirAgainWithoutATouch()
    {
        await using var server = await ServerProcess.StartAsync();
        var browser = await browsers.LenientAsync();
        await using var teacher = await server.TeachAsync(browser);
        await using var student = await server.EnterAsync(browser, Role.Student, "s-mei", "Mei");
        await student.SeesPictureAsync(Limit);
        await MarkAsync(student);

        await teacher.ReloadAsync();

        await teacher.IsSendingAsync(Limit);
        await student.SeesPictureAsync(Limit);
        await IsUntouchedAsync(student);
    }

    [Fact(Timeout = 300_000)]
    public async Task AfterTheServerWasKilledAndStartedAgainEverybodyContinuesUntouched()
    {
        await using var server = await ServerProcess.StartAsync();
        var browser = await browsers.LenientAsync();
        await using var teacher = await server.TeachAsync(browser);
        await using var student = await server.EnterAsync(browser, Role.Student, "s-mei", "Mei");
        await using var inspector = await server.EnterAsync(browser, Role.Inspector, "i-wu", "Mr Wu");
        await student.SeesPictureAsync(Limit);
        await inspector.SeesPictureAsync(Limit);
        await MarkAsync(teacher, student, inspector);

        await server.KillAsync();
        await VeilIsShownAsync(student);
        await server.RestartAsync();

        await teacher.IsSendingAsync(Limit);
        await student.SeesPictureAsync(Limit);
        await inspector.SeesPictureAsync(Limit);
        await IsUntouchedAsync(teacher, student, inspector);
        Assert.Equal("live", await student.Page.EvaluateAsync<string>("document.body.dataset.phase"));
        await NobodyIsAbsentForTheCrashAsync(server);
    }

    [Fact(Timeout = 300_000)]
    public async Task AStudentWhoseWiFiDropsForTenSecondsSeesTheLessonAgainUntouched()
    {
        await using var home = await NetworkNamespace.MakeAsync();
        await using var server = await ServerProcess.StartAsync(new ServerSetup { Addresses = [IPAddress.Loopback, home.Outside] });
        await using var teacher = await server.TeachAsync(await browsers.LenientAsync());
        var browserAtHome = await browsers.StartAsync(home.Chromium, "--autoplay-policy=no-user-gesture-required");
        try
        {
            var ticket = await server.TicketAsync(Role.Student, "s-mei", "Mei");
            await using var student = await Person.SitDownAsync(browserAtHome);
            await student.GoAsync(ticket.Url.Replace(server.Address.Host, home.Outside.ToString(), StringComparison.Ordinal));
            await student.SeesPictureAsync(Limit);
            await MarkAsync(student);

            await home.UnplugAsync();
            await VeilIsShownAsync(student);
            await Task.Delay(TimeSpan.FromSeconds(10));
            await home.PlugAsync();

            await student.SeesPictureAsync(Limit);
            await IsUntouchedAsync(student);
            await student.Page.Locator("#stage .veil").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
        }
        finally
        {
            await browserAtHome.CloseAsync();
        }
    }

    /// <summary>Nobody kept the book while the server was down: that time is unknown, and no second of it is absence.</summary>
    private static async Task NobodyIsAbsentForTheCrashAsync(ServerProcess server)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await server.TicketAsync(Role.Teacher, "t-reader")).Text);
        var student = await Eventually.ValueAsync("the student is back in the ledger, behind an unknown span", TimeSpan.FromSeconds(30), async () =>
        {
            var page = await http.GetFromJsonAsync<JsonObject>(new Uri(server.Address, "/api/classes/physics-7b/attendance"));
            var member = page!["lessons"]!.AsArray().Single()!["members"]!.AsArray().Single()!;
            return member["spans"]!.AsArray().SkipWhile(span => (string)span!["kind"]! != "unknown").Count() > 1 ? member : null;
        });

        var there = DateTimeOffset.Parse((string)student["lastOut"]!, CultureInfo.InvariantCulture)
            - DateTimeOffset.Parse((string)student["firstIn"]!, CultureInfo.InvariantCulture);
        Assert.Equal(there.TotalSeconds, (double)student["seconds"]!["present"]!, tolerance: 0.01);
        Assert.InRange((double)student["seconds"]!["unknown"]!, 0.01, 60);
    }

    /// <summary>A picture that stands still says so.</summary>
    private static Task VeilIsShownAsync(Person student) =>
        student.Page.Locator("#stage .veil").Filter(new LocatorFilterOptions { HasText = "Reconnecting" }).WaitForAsync(
            new LocatorWaitForOptions { State = WaitForSelectorState.Visible, Timeout = 20_000 });

    private static async Task MarkAsync(params Person[] people)
    {
        foreach (var person in people)
        {
            await person.Page.EvaluateAsync("window.stillHere = true");
        }
    }

    private static async Task IsUntouchedAsync(params Person[] people)
    {
        foreach (var person in people)
        {
            Assert.True(await person.Page.EvaluateAsync<bool>("window.stillHere === true"), "The page was loaded again.");
        }
    }
}
