using System.Globalization;
using Microsoft.Playwright;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;

namespace Streaming.EndToEnd.Tests;

public sealed class AutoplayTests(Browsers browsers) : IClassFixture<Browsers>
{
    private const string Asked = "picture without sound, and a tap is asked for";

    /// <summary>The page tells by its console: every look of the test's own counts as a user's gesture to the browser.</summary>
    private const string Reporter = $$"""
        new MutationObserver((_, observer) => {
          const tap = document.querySelector('#tap-to-hear');
          if (!tap || tap.hidden || !document.querySelector('video.camera[data-frames=some]')) return;
          if (!document.querySelector('#stage audio').paused) return;
          observer.disconnect();
          console.log('{{Asked}}');
        }).observe(document, { subtree: true, childList: true, attributes: true });
        """;

    private const string Measured = "from above: ";

    /// <summary>Where the stage and its sign begin, the text ends, the tap begins and ends, and the stage ends.</summary>
    private const string Surveyor = $$"""
        new MutationObserver((_, observer) => {
          const find = at => document.querySelector('#stage ' + at)?.getBoundingClientRect();
          const [sign, text, tap] = [find('.card .icon'), find('.card p'), find('#tap-to-hear')];
          if (!sign?.height || !text?.height || !tap?.height) return;
          observer.disconnect();
          const stage = document.querySelector('#stage').getBoundingClientRect();
          console.log('{{Measured}}' + [stage.top, sign.top, text.bottom, tap.top, tap.bottom, stage.bottom].join(' '));
        }).observe(document, { subtree: true, childList: true, attributes: true });
        """;

    [Fact(Timeout = 180_000)]
    public async Task WhereTheBrowserWantsATapTheStudentSeesAtOnceAndHearsAfterIt()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var teacher = await server.TeachAsync(await browsers.LenientAsync());
        var ticket = await server.TicketAsync(Role.Student, "s-mei", "Mei");
        await using var student = await Person.SitDownAsync(await browsers.StrictAsync());
        await student.Page.AddInitScriptAsync(Reporter);
        await student.GoAsync(ticket.Url);
        await Eventually.TrueAsync(Asked, TimeSpan.FromSeconds(45), () => student.Console.Any(line => line.Contains(Asked, StringComparison.Ordinal)));

        var tap = student.Page.Locator("#tap-to-hear");
        var silent = (await student.WatchingAsync())!.AudioEnergy;
        await tap.ClickAsync();

        await tap.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
        await Eventually.TrueAsync("sound plays", TimeSpan.FromSeconds(30), async () =>
            (await student.WatchingAsync())!.AudioEnergy > silent && !await student.Page.EvaluateAsync<bool>("document.querySelector('#stage audio').paused"));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("en", 360, 740)]
    [InlineData("zh-CN", 390, 844)]
    public async Task BeforeTheLessonTheTapHidesNothingOfWhatIsSaid(string language, int width, int height)
    {
        await using var server = await ServerProcess.StartAsync();
        var ticket = await server.TicketAsync(Role.Student, "s-mei", "Mei");
        await using var student = await Person.SitDownAsync(await browsers.StrictAsync(), language, width, height);
        await student.Page.AddInitScriptAsync(Surveyor);
        await student.GoAsync(ticket.Url);
        await Eventually.TrueAsync("the tap and the text show", TimeSpan.FromSeconds(45), () => student.Console.Any(line => line.Contains(Measured, StringComparison.Ordinal)));
        await student.PhotographAsync($"student-{language}-phone-before-the-lesson");

        var places = student.Console.Single(line => line.Contains(Measured, StringComparison.Ordinal)).Split(Measured)[1].Split(' ')
            .Select(place => double.Parse(place, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(places.Order(), places);
    }
}
