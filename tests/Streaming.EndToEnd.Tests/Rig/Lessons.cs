using System.Net;
using Microsoft.Playwright;
using Streaming.Contracts;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>What people do at the beginning of a lesson.</summary>
internal static class Lessons
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    /// <summary>A teacher opens the link, presses the one button, and is on air.</summary>
    public static async Task<Person> TeachAsync(
        this ServerProcess server, IBrowser browser, string language = "en", int width = 640, int height = 400, string @class = "physics-7b")
    {
        var ticket = await server.TicketAsync(Role.Teacher, "t-lin", "Ms Lin", @class);
        var teacher = await Person.SitDownAsync(browser, language, width, height);
        await teacher.GoAsync(ticket.Url);
        try
        {
            await teacher.Page.Locator("#start-lesson:enabled").ClickAsync();
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The lesson cannot be started. {await teacher.DescribeAsync(null)}", e);
        }

        await teacher.IsSendingAsync(Limit);
        return teacher;
    }

    /// <summary>Somebody opens a link and looks.</summary>
    /// <param name="server">Where.</param>
    /// <param name="browser">In which browser.</param>
    /// <param name="role">As what.</param>
    /// <param name="member">As whom.</param>
    /// <param name="name">Of which name; the member's by default.</param>
    /// <param name="language">What the person reads.</param>
    /// <param name="width">Of the page.</param>
    /// <param name="height">Of the page.</param>
    /// <param name="through">Where the media goes instead of to the server: the near side of a link.</param>
    /// <param name="tellsArrivals">Whether the page offers feedback of what arrives.</param>
    public static async Task<Person> EnterAsync(
        this ServerProcess server, IBrowser browser, Role role, string member, string? name = null,
        string language = "en", int width = 640, int height = 400, IPEndPoint? through = null, bool tellsArrivals = true)
    {
        var ticket = await server.TicketAsync(role, member, name);
        var person = await Person.SitDownAsync(browser, language, width, height);
        await (through is null ? Task.CompletedTask : person.PutLinkAsync(through));
        await (tellsArrivals ? Task.CompletedTask : person.TellNoArrivalsAsync());
        await person.GoAsync(ticket.Url);
        return person;
    }

    /// <summary>Waits until frames leave the teacher's browser.</summary>
    public static async Task<MediaStats> IsSendingAsync(this Person teacher, TimeSpan limit)
    {
        MediaStats? first = null;
        try
        {
            return await Eventually.ValueAsync("the teacher sends", limit, async () =>
            {
                var now = await teacher.PublishingAsync();
                first = first is null || now is null || now.FramesSent < first.FramesSent ? now : first;
                return now is not null && first is not null && now.State == "connected" && now.FramesSent >= first.FramesSent + 3 ? now : null;
            });
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} {await teacher.DescribeAsync(await teacher.PublishingAsync())}", e);
        }
    }
}
