using Microsoft.Playwright;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;

namespace Streaming.EndToEnd.Tests;

[Collection(EndToEndCollection.Name)]
public sealed class AutoplayTests(Browsers browsers)
{
    [Fact(Timeout = 90_000)]
    public async Task WhereTheBrowserWantsATapTheStudentSeesAtOnceAndHearsAfterIt()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var teacher = await server.TeachAsync(await browsers.LenientAsync());
        await using var student = await server.EnterAsync(await browsers.StrictAsync(), Role.Student, "s-mei", "Mei");
        var tap = student.Page.Locator("#tap-to-hear");

        await student.SeesPictureAsync(TimeSpan.FromSeconds(15));
        await tap.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Visible });
        Assert.True(await student.Page.EvaluateAsync<bool>("document.querySelector('#stage audio').paused"));

        await tap.ClickAsync();
        await tap.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Hidden });
        var silent = (await student.WatchingAsync())!.AudioEnergy;
        await Eventually.TrueAsync("sound plays", TimeSpan.FromSeconds(5), async () =>
            (await student.WatchingAsync())!.AudioEnergy > silent && !await student.Page.EvaluateAsync<bool>("document.querySelector('#stage audio').paused"));
    }
}
