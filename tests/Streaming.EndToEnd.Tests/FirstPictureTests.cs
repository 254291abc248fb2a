using Microsoft.Playwright;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;
using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests;

/// <summary>How long a student waits for the first picture of a running lesson, from opening the page.</summary>
/// <remarks>
/// The aim is 500 ms on a quiet machine. Asserted is what also holds on a busy one: our own page, with all that it shows, is not much
/// slower than a page that does nothing but speak WHEP, in the same minute on the same machine.
/// </remarks>
[Trait("Kind", "Measures")]
public sealed class FirstPictureTests(Browsers browsers, ITestOutputHelper output) : IClassFixture<Browsers>
{
    private const int Tries = 10;

    /// <summary>How much longer than by WHEP alone our own page may take on the reference machine, in milliseconds.</summary>
    private const double OwnPageAllowance = 400;

    /// <summary>The most on the reference machine, in milliseconds.</summary>
    private const double Most = 2_000;

    [Fact(Timeout = 300_000)]
    public async Task TheFirstPictureComesSoonAfterThePageIsOpenedAndSoForAPageThatOnlySpeaksWhep()
    {
        await using var site = await ForeignSite.OpenAsync();
        await using var server = await ServerProcess.StartAsync(new ServerSetup { Arguments = ["--Cors:Origins", site.Origin] });
        var browser = await browsers.LenientAsync();
        await using var teacher = await server.TeachAsync(browser);
        var (own, whep, slowness) = (new List<double>(), new List<double>(), new List<double>());
        using var machine = Machine.Look();
        for (var i = 0; i < Tries; i++)
        {
            // By turns, so that a busy moment meets both.
            var ticket = await server.TicketAsync(Role.Student, $"s-own-{i}");
            own.Add(await OpenAsync(browser, ticket.Url, FirstSigns.PictureWatchdog));
            whep.Add(await OpenAsync(browser, site.Playing(server, await server.TicketAsync(Role.Student, $"s-whep-{i}")), null));
            slowness.Add(machine.Slowness());
        }

        var slow = slowness.Median();
        Note("own page", own);
        Note("WHEP", whep);
        output.Note($"First picture: the machine was {slow:0.0} times slower than the reference, at most {slowness.Max():0.0} times");
        Assert.InRange(whep.Median(), 0, Most * slow);
        Assert.InRange(own.Median(), 0, Math.Min(whep.Median() + (OwnPageAllowance * slow), Most * slow));
    }

    private static async Task<double> OpenAsync(IBrowser browser, string address, string? script)
    {
        await using var student = await Person.SitDownAsync(browser);
        if (script is not null)
        {
            await student.Page.AddInitScriptAsync(script);
        }

        await student.GoAsync(address);
        return await student.Page.EvaluateAsync<double>("window.firstFrame");
    }

    private void Note(string what, List<double> times) =>
        output.Note($"First picture, {what}: median {times.Median():0} ms; all {string.Join(", ", times.Order().Select(time => $"{time:0}"))}");
}
