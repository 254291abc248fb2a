using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;
using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests;

[Collection(EndToEndCollection.Name)]
public sealed class LessonTests(Browsers browsers, ITestOutputHelper output)
{
    private static readonly TimeSpan PictureLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(20);

    [Fact(Timeout = 120_000)]
    public async Task ALessonReachesTheClassWithPictureAndSound()
    {
        await using var server = await ServerProcess.StartAsync();
        var browser = await browsers.LenientAsync();
        await using var teacher = await server.TeachAsync(browser);
        await using var mei = await server.EnterAsync(browser, Role.Student, "s-mei", "Mei");
        await using var tom = await server.EnterAsync(browser, Role.Student, "s-tom", "Tom");
        await using var inspector = await server.EnterAsync(browser, Role.Inspector, "i-wu", "Mr Wu");
        Person[] watchers = [mei, tom, inspector];
        foreach (var watcher in watchers)
        {
            await watcher.SeesPictureAsync(PictureLimit);
        }

        var sent = await teacher.PublishingAsync();
        var before = await Task.WhenAll(watchers.Select(watcher => watcher.WatchingAsync()));
        await Task.Delay(Watched);
        var sentAfter = await teacher.PublishingAsync();
        var after = await Task.WhenAll(watchers.Select(watcher => watcher.WatchingAsync()));

        var frames = sentAfter!.FramesSent - sent!.FramesSent;
        output.WriteLine($"sent {frames} frames in {Watched.TotalSeconds} s, {sentAfter.OutgoingBitrate / 1000:0} kbit/s possible");
        Assert.InRange(frames, Watched.TotalSeconds * FakeCamera.FramesPerSecond * 0.5, double.MaxValue);
        for (var i = 0; i < watchers.Length; i++)
        {
            output.WriteLine($"watcher {i}: {before[i]} → {after[i]}");
            Assert.InRange(after[i]!.FramesDecoded - before[i]!.FramesDecoded, frames * 0.85, frames * 1.15);
            Assert.Equal(before[i]!.FreezeCount, after[i]!.FreezeCount);
            Assert.True(after[i]!.AudioEnergy > before[i]!.AudioEnergy, "No sound was played.");
            Assert.Equal(0, after[i]!.PacketsLost);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task TheSenderIsToldThatItMayLeaveItsLowStart()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var teacher = await server.TeachAsync(await browsers.LenientAsync());

        // Chromium begins at 300 kbit/s and stays there until a receiver says more.
        await Eventually.TrueAsync(
            "the sender believes in more than 1 Mbit/s",
            TimeSpan.FromSeconds(20),
            async () => await teacher.PublishingAsync() is { OutgoingBitrate: > 1_000_000 });
    }

    [Theory(Timeout = 120_000)]
    [InlineData("en", 360, 740, "phone")]
    [InlineData("en", 1920, 1080, "desktop")]
    [InlineData("zh-CN", 360, 740, "phone")]
    [InlineData("zh-CN", 1920, 1080, "desktop")]
    public async Task EachFaceFitsItsScreenInBothLanguages(string language, int width, int height, string device)
    {
        var chinese = language == "zh-CN";
        await using var server = await ServerProcess.StartAsync();
        var browser = await browsers.LenientAsync();
        await using var teacher = await server.TeachAsync(browser, language, width, height);
        await using var student = await server.EnterAsync(browser, Role.Student, "s-mei", chinese ? "王小美" : "Mei", language, width, height);
        await using var inspector = await server.EnterAsync(browser, Role.Inspector, "i-wu", chinese ? "吴督学" : "Mr Wu", language, width, height);
        await student.SeesPictureAsync(PictureLimit);
        await inspector.SeesPictureAsync(PictureLimit);
        await student.Page.Locator("#hand:enabled").ClickAsync();
        await Eventually.TrueAsync("the hand shows at the teacher", PictureLimit, async () =>
            await teacher.Page.Locator("#hands li").CountAsync() == 1);

        foreach (var (name, person) in new[] { ("teacher", teacher), ("student", student), ("inspector", inspector) })
        {
            await person.PhotographAsync($"{name}-{language}-{device}");
            var overflow = await person.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - window.innerWidth");
            Assert.True(overflow <= 0, $"The {name}'s page is {overflow} px wider than the {device}.");
            Assert.Equal(chinese ? "zh" : "en", (await person.Page.EvaluateAsync<string>("document.documentElement.lang"))[..2]);
        }
    }
}
