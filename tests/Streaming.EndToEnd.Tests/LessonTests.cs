using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;
using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests;

public sealed class LessonTests(Browsers browsers, ITestOutputHelper output) : IClassFixture<Browsers>
{
    private static readonly TimeSpan PictureLimit = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(20);

    [Fact(Timeout = 300_000)]
    [Trait("Kind", "Measures")]
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

        // Who comes late is sent the present group of pictures at once and catches up with it; measured is the lesson after that.
        await Task.Delay(TimeSpan.FromSeconds(5));

        await WatchedWindows.OneIsFlawlessAsync(() => WatchAsync(teacher, watchers));
    }

    [Fact(Timeout = 240_000)]
    public async Task ATeacherWhoStartsBeforeTheCameraIsThereIsSeenAsSoonAsItIs()
    {
        await using var server = await ServerProcess.StartAsync();
        var browser = await browsers.LenientAsync();
        await using var teacher = await Person.SitDownAsync(browser);
        await teacher.Page.AddInitScriptAsync("""
            const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = async wish => {
              await new Promise(allowed => setTimeout(allowed, 3000));
              return open(wish);
            };
            """);
        await teacher.GoAsync((await server.TicketAsync(Role.Teacher, "t-lin", "Ms Lin")).Url);
        await teacher.Page.Locator("#start-lesson:enabled").ClickAsync();

        await teacher.IsSendingAsync(PictureLimit);

        await using var student = await server.EnterAsync(browser, Role.Student, "s-mei", "Mei");
        await student.SeesPictureAsync(PictureLimit);
        await student.Page.Locator("#stage[data-layout=camera]").WaitForAsync();
    }

    /// <summary>The stage leaves the page for a moment when the face is made, and browsers pause what is not in a page.</summary>
    [Theory(Timeout = 240_000)]
    [InlineData(Role.Student)]
    [InlineData(Role.Inspector)]
    public async Task ALessonThatPlaysAlreadyGoesOnHoweverSlowlyThePageAppears(Role role)
    {
        await using var server = await ServerProcess.StartAsync();
        var browser = await browsers.LenientAsync();
        await using var teacher = await server.TeachAsync(browser);
        await using var watcher = await Person.SitDownAsync(browser);
        await watcher.Page.AddInitScriptAsync("""
            const soon = setTimeout;
            window.setTimeout = (act, wait = 0, ...rest) => soon(act, wait + 300, ...rest);
            """);
        await watcher.GoAsync((await server.TicketAsync(role, "m-slow", "Mei")).Url);
        await watcher.SeesPictureAsync(PictureLimit);
        await watcher.Page.Locator("body[data-hub=online]").WaitForAsync();

        await Eventually.TrueAsync("sound and picture play", PictureLimit, async () => await watcher.Page.EvaluateAsync<bool>(
            "!document.querySelector('audio.voice').paused && !document.querySelector('video.camera').paused"));
        var before = (await watcher.WatchingAsync())!.AudioEnergy;
        await Eventually.TrueAsync("sound comes", PictureLimit, async () => (await watcher.WatchingAsync())!.AudioEnergy > before);
    }

    [Fact(Timeout = 240_000)]
    public async Task ASharedScreenReachesTheClassBesideTheCameraWithoutANewConnection()
    {
        await using var server = await ServerProcess.StartAsync();
        var browser = await browsers.LenientAsync();
        await using var teacher = await server.TeachAsync(browser);
        await using var student = await server.EnterAsync(browser, Role.Student, "s-mei", "Mei");
        await student.SeesPictureAsync(PictureLimit);
        await student.Page.EvaluateAsync("window.connection = window.streamingDebug.peerConnections().watch");

        await teacher.Page.Locator("#toggle-screen").ClickAsync();

        await student.Page.Locator("#stage[data-layout=both] video.screen[data-frames=some]").WaitForAsync();
        await student.PhotographAsync("student-en-with-screen");
        await teacher.Page.Locator("#toggle-screen").ClickAsync();
        await student.Page.Locator("#stage[data-layout=camera]").WaitForAsync();
        await student.SeesPictureAsync(PictureLimit);
        Assert.True(await student.Page.EvaluateAsync<bool>("window.connection === window.streamingDebug.peerConnections().watch"));
    }

    [Theory(Timeout = 240_000)]
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
        await student.Page.Locator("#chat-input").FillAsync(chinese ? "老师，第二步没听清楚。" : "Could you repeat the second step?");
        await student.Page.Locator("#chat-send").ClickAsync();
        await Eventually.TrueAsync("hand and line show at the teacher", PictureLimit, async () =>
            await teacher.Page.Locator("#hands li").CountAsync() == 1 && await teacher.Page.Locator("#chat-lines li").CountAsync() == 1);

        foreach (var (name, person) in new[] { ("teacher", teacher), ("student", student), ("inspector", inspector) })
        {
            await person.PhotographAsync($"{name}-{language}-{device}");
            var overflow = await person.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - window.innerWidth");
            Assert.True(overflow <= 0, $"The {name}'s page is {overflow} px wider than the {device}.");
            Assert.Equal(chinese ? "zh" : "en", (await person.Page.EvaluateAsync<string>("document.documentElement.lang"))[..2]);
        }
    }

    /// <summary>Watches for a while: nothing is lost, every frame that was sent is shown without a freeze, and sound is played.</summary>
    /// <returns>What was wrong in this time; null when it was a good lesson.</returns>
    private async Task<string?> WatchAsync(Person teacher, Person[] watchers)
    {
        var sent = (await teacher.PublishingAsync())!;
        var before = await Task.WhenAll(watchers.Select(watcher => watcher.WatchingAsync()));
        await Task.Delay(Watched);
        var frames = (await teacher.PublishingAsync())!.FramesSent - sent.FramesSent;
        var after = await Task.WhenAll(watchers.Select(watcher => watcher.WatchingAsync()));
        output.Note($"A lesson: {frames} frames sent in {Watched.TotalSeconds} s; decoded "
            + string.Join(", ", after.Zip(before, (now, then) => $"{now!.FramesDecoded - then!.FramesDecoded} ({now.FreezeCount - then.FreezeCount} freezes, {now.FreezeSeconds - then.FreezeSeconds:0.00} s, {now.FramesDropped - then.FramesDropped} dropped)")));

        var flaws = new List<string>();
        Expect(frames >= Watched.TotalSeconds * FakeCamera.FramesPerSecond * 0.5, $"{frames} frames were sent");
        foreach (var (who, (now, then)) in after.Zip(before).Index())
        {
            var decoded = now!.FramesDecoded - then!.FramesDecoded;
            Expect(decoded >= frames * 0.85 && decoded <= frames * 1.15, $"watcher {who} decoded {decoded} of {frames} frames");
            Expect(now.FreezeCount == then.FreezeCount, $"watcher {who} saw {now.FreezeCount - then.FreezeCount} freezes");
            Expect(now.PacketsLost == then.PacketsLost, $"watcher {who} lost {now.PacketsLost - then.PacketsLost} packets");
            Expect(now.AudioEnergy > then.AudioEnergy, $"watcher {who} heard nothing");
        }

        return flaws.Count == 0 ? null : string.Join("; ", flaws);

        void Expect(bool holds, string flaw)
        {
            if (!holds)
            {
                flaws.Add(flaw);
            }
        }
    }
}
