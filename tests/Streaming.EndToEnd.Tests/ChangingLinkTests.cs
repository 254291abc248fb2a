using System.Diagnostics;
using System.Globalization;
using System.Net;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;
using Streaming.Tests.Shared.Links;
using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests;

/// <summary>Two students whose links change in the midst of a lesson, in real browsers: one gets narrow for a while, one is gone for a while.</summary>
[Trait("Kind", "Measures")]
public sealed class ChangingLinkTests(Browsers browsers, ITestOutputHelper output) : IClassFixture<Browsers>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact(Timeout = 400_000)]
    public async Task SoundGoesOnThroughANarrowLinkAndBothComeBackWithTheLink()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var browser = await browsers.StartWithCameraAsync(scale: 2);
        await using var teacher = await server.TeachAsync(browser);
        var before = LinkProfile.Steady("before", LinkProfile.Dip.Steps[0].Down);
        using var narrow = new LinkEmulator(new IPEndPoint(IPAddress.Loopback, server.MediaPort), before);
        using var gone = new LinkEmulator(new IPEndPoint(IPAddress.Loopback, server.MediaPort), before);
        await using var mei = await server.EnterAsync(browser, Role.Student, "s-mei", "Mei", through: narrow.Near);
        await using var bo = await server.EnterAsync(browser, Role.Student, "s-bo", "Bo", through: gone.Near);
        await mei.SeesPictureAsync(Limit);
        await bo.SeesPictureAsync(Limit);
        await Task.Delay(TimeSpan.FromSeconds(5));
        await Eventually.TrueAsync("both are counted", Limit, async () => await teacher.Page.Locator("#present-count").InnerTextAsync() == "2");
        await teacher.Page.EvaluateAsync("""
            () => {
              window.counts = [];
              const count = document.getElementById('present-count');
              new MutationObserver(() => window.counts.push(count.textContent)).observe(count, { childList: true, characterData: true, subtree: true });
            }
            """);

        // Each change is one of all connections: a page that opens another one meanwhile finds the same link.
        await Task.WhenAll(mei.RecordAsync(), bo.RecordAsync());
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(5));
        narrow.Change(LinkProfile.Steady("narrow", LinkProfile.Dip.Steps[1].Down));
        gone.Change(LinkProfile.Steady("gone", LinkWay.Down));
        await Task.Delay(TimeSpan.FromSeconds(10));
        gone.Change(before);
        var goneUntil = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await Task.Delay(TimeSpan.FromSeconds(10));
        narrow.Change(before);
        var narrowUntil = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await Task.Delay(TimeSpan.FromSeconds(12));

        var (dip, outage) = (await mei.RecordedAsync(), await bo.RecordedAsync());
        var figures = string.Create(CultureInfo.InvariantCulture,
            $"longest gap in the sound {dip.LongestGap():0.0} s, picture {dip.PictureAfter(narrowUntil):0.0} s after the link's return; sound {outage.SoundAfter(goneUntil):0.0} s, picture {outage.PictureAfter(goneUntil):0.0} s after 10 s of nothing");
        output.Note($"2 Mbit/s → 150 kbit/s → 2 Mbit/s, and 10 s of nothing: {figures}");
        output.WriteLine($"narrow: {narrow.Down}; gone: {gone.Down}");

        Assert.Null(narrow.Fault ?? gone.Fault);
        Assert.True(dip.LongestGap() <= 0.4, figures);
        Assert.True(dip.PictureAfter(narrowUntil) <= 10, figures);
        Assert.True(outage.SoundAfter(goneUntil) <= 2, figures);
        Assert.True(outage.LongestGap() >= 8, $"The link was not gone: {outage.LongestGap()} s.");
        Assert.Empty(await teacher.Page.EvaluateAsync<string[]>("window.counts.filter(count => count !== '2')"));
        Assert.Equal("online", await bo.Page.GetAttributeAsync("body", "data-hub"));
    }
}
