using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Streaming.Contracts;
using Streaming.EndToEnd.Tests.Rig;

namespace Streaming.EndToEnd.Tests;

/// <summary>The page that a homeroom teacher or a school office looks at: a class of 45 who come, drop and leave, and a roll of 48.</summary>
public sealed class AttendancePageTests(Browsers browsers) : IClassFixture<Browsers>
{
    private const int Phone = 390, PhoneHeight = 844, Desktop = 1280, DesktopHeight = 800;

    [Fact(Timeout = 300_000)]
    public async Task TheOfficeSeesWhoWasThereAndWhoIsMissing()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var lesson = await SchoolLesson.BeginAsync(server);
        using var office = await lesson.OfficeAsync();
        var ticket = await server.OfficeTicketAsync(SchoolLesson.Class);
        var browser = await browsers.LenientAsync();
        await using var reader = await OpenAsync(browser, ticket.Url, "en", Desktop, DesktopHeight);

        // While it runs: who is not here yet is named as expected; the page grows by itself.
        await Assertions.Expect(reader.Page.Locator("#table tbody tr")).ToHaveCountAsync(48);
        Assert.DoesNotContain("ticket", reader.Page.Url, StringComparison.Ordinal);
        await Assertions.Expect(reader.Page.Locator("#missing")).ToContainTextAsync("3 students have not come yet");
        await reader.PhotographAsync("attendance-running-en-desktop");
        await lesson.LiveAsync();
        await lesson.EndAsync();
        await Assertions.Expect(reader.Page.Locator("body")).ToHaveAttributeAsync("data-lesson", "over", new() { Timeout = 20_000 });

        // Late and early by the class's own settings: nobody came late, whoever left before the end left early.
        await SaveSettingsAsync(reader, late: "0", early: "0");
        var report = (await office.GetFromJsonAsync<JsonObject>("attendance/last"))!;
        await Assertions.Expect(reader.Page.Locator("#total-leftEarly")).ToHaveTextAsync($"{report["totals"]!["leftEarly"]}");
        await SaysWhatTheApiSaysAsync(reader.Page, report);
        await NamesTheAbsentAsync(reader.Page);
        await SortsAsync(reader.Page, report);
        await reader.PhotographAsync("attendance-table-en-desktop");
        await DownloadsAsync(reader.Page, office);

        await reader.Page.Locator("#show-timeline").ClickAsync();
        await reader.PhotographAsync("attendance-timeline-en-desktop");
        await TellsASpanInWordsAsync(reader.Page, report);
        await reader.PhotographAsync("attendance-span-en-desktop");
        await reader.Page.EvaluateAsync("scrollTo(0, 0)");
        await reader.Page.Locator("#language").ClickAsync();
        await reader.PhotographAsync("attendance-timeline-zh-desktop");
        await reader.Page.Locator("#show-table").ClickAsync();
        await Assertions.Expect(reader.Page.Locator("#missing")).ToContainTextAsync("3 名学生缺席");
        await reader.PhotographAsync("attendance-table-zh-desktop");
        await SendsARollAsync(reader);
        await PrintsAsync(reader.Page);

        foreach (var (language, name) in new[] { ("en", "en"), ("zh-CN", "zh") })
        {
            await using var phone = await OpenAsync(browser, ticket.Url, language, Phone, PhoneHeight);
            await Assertions.Expect(phone.Page.Locator("#table tbody tr")).ToHaveCountAsync(48);
            await FitsAsync(phone.Page);
            await phone.PhotographAsync($"attendance-table-{name}-phone");
            await phone.Page.Locator("#show-timeline").ClickAsync();
            await FitsAsync(phone.Page);
            await phone.Page.Locator("#show-timeline").EvaluateAsync("element => element.scrollIntoView()");
            await phone.PhotographAsync($"attendance-timeline-{name}-phone");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task ATeacherOpensItFromTheClassAndOthersAreToldWhyNot()
    {
        await using var server = await ServerProcess.StartAsync();
        var browser = await browsers.LenientAsync();
        await using var teacher = await server.EnterAsync(browser, Role.Teacher, "t-lin", "Ms Lin", width: Desktop, height: DesktopHeight);
        var opened = await teacher.Page.Context.RunAndWaitForPageAsync(() => teacher.Page.Locator("#attendance").ClickAsync());
        await Assertions.Expect(opened.Locator("#empty")).ToContainTextAsync("No lesson yet");
        await Assertions.Expect(opened.Locator("#roll")).ToHaveCountAsync(0);
        Assert.EndsWith("/attendance/physics-7b", opened.Url, StringComparison.Ordinal);

        var student = await server.TicketAsync(Role.Student, "s-mei", "Mei");
        foreach (var (fragment, sentence) in new[] { ($"#ticket={student.Text}", "Attendance is for the class’s teacher"), ("", "The link has no ticket"), ("#ticket=a.b.c", "is not valid") })
        {
            await using var stranger = await Person.SitDownAsync(browser);
            await stranger.GoAsync(new Uri(server.Address, $"/attendance/physics-7b{fragment}").ToString());
            await Assertions.Expect(stranger.Page.Locator("#notice")).ToContainTextAsync(sentence);
        }
    }

    private static async Task<Person> OpenAsync(IBrowser browser, string url, string language, int width, int height)
    {
        var person = await Person.SitDownAsync(browser, language, width, height);
        await person.GoAsync(url);
        await person.Page.Locator(".board").WaitForAsync();
        return person;
    }

    private static async Task SaveSettingsAsync(Person reader, string late, string early)
    {
        await reader.Page.Locator("#settings").ClickAsync();
        await Assertions.Expect(reader.Page.Locator("#lateAfterMinutes")).ToHaveAttributeAsync("placeholder", "5");
        await reader.PhotographAsync("attendance-settings-en-desktop");
        await reader.Page.Locator("#lateAfterMinutes").FillAsync(late);
        await reader.Page.Locator("#earlyBeforeMinutes").FillAsync(early);
        await reader.Page.Locator("#settings-save").ClickAsync();
        await reader.Page.Locator("#settings-dialog").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    /// <summary>Each row of the table against the API's member.</summary>
    private static async Task SaysWhatTheApiSaysAsync(IPage page, JsonObject report)
    {
        string[] status = ["onTime", "late", "absent", "unknown", "expected"];
        string[] words = ["On time", "Late", "Absent", "Unknown", "Expected"];
        foreach (var member in report["members"]!.AsArray())
        {
            var row = page.Locator($"#table tbody tr[data-key='{member!["member"]}']");
            var came = member["firstIn"] is not null;
            Assert.Equal((string)member["name"]!, await row.Locator(".who").TextContentAsync());
            Assert.StartsWith(words[Array.IndexOf(status, (string)member["status"]!)], await row.Locator("td[data-column=status]").TextContentAsync(), StringComparison.Ordinal);
            Assert.Equal((bool)member["leftEarly"]!, await row.Locator(".pill[data-status=leftEarly]").CountAsync() == 1);
            foreach (var column in (string[])["present", "picture", "sound", "connected", "stalled"])
            {
                var seconds = (double)member["seconds"]![column]!;
                var shown = column == "present" && !came ? "–"
                    : column != "present" && seconds == 0 ? ""
                    : (seconds / 60).ToString("0.0", CultureInfo.InvariantCulture);
                Assert.Equal(shown, await row.Locator($"td[data-column={column}]").TextContentAsync());
            }

            Assert.Equal(came ? $"{member["drops"]}" : "–", await row.Locator("td[data-column=drops]").TextContentAsync());
        }
    }

    private static async Task NamesTheAbsentAsync(IPage page)
    {
        Assert.Equal("3 students are absent", await page.Locator("#missing h2").TextContentAsync());
        Assert.Equal(SchoolLesson.Absent.Select(SchoolLesson.NameOf), await page.Locator("#missing li").AllTextContentsAsync());
        var first = await page.Locator("#table tbody .who").AllTextContentsAsync();
        Assert.Equal(SchoolLesson.Absent.Select(SchoolLesson.NameOf).Order(), first.Take(3).Order());
    }

    private static async Task SortsAsync(IPage page, JsonObject report)
    {
        await page.Locator("th[data-column=drops] button").ClickAsync();
        var drops = (await page.Locator("#table td[data-column=drops]").AllTextContentsAsync()).Select(text => text == "–" ? -1 : int.Parse(text, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(drops.OrderDescending(), drops);
        Assert.True(drops[0] > 0);
        await page.Locator("th[data-column=drops] button").ClickAsync();
        await Assertions.Expect(page.Locator("th[data-column=drops]")).ToHaveAttributeAsync("aria-sort", "ascending");
        await page.Locator("th[data-column=status] button").ClickAsync();
        Assert.Equal(report["members"]!.AsArray().Count, await page.Locator("#table tbody tr").CountAsync());
    }

    private static async Task DownloadsAsync(IPage page, HttpClient office)
    {
        foreach (var (format, query) in new[] { ("csv", "lang=en&tz=UTC"), ("xlsx", "") })
        {
            var download = await page.RunAndWaitForDownloadAsync(() => page.Locator($"#{format}").ClickAsync());
            Assert.Matches($@"^grade7-3-\d{{8}}-\d{{4}}\.{format}$", download.SuggestedFilename);
            await using var stream = await download.CreateReadStreamAsync();
            using var file = new MemoryStream();
            await stream.CopyToAsync(file);
            if (format == "csv")
            {
                var direct = await office.GetByteArrayAsync($"attendance.csv?{query}");
                Assert.Equal(Encoding.UTF8.GetString(direct).Split("\r\n").Skip(1).Select(Untimed), Encoding.UTF8.GetString(file.ToArray()).Split("\r\n").Skip(1).Select(Untimed));
            }
            else
            {
                Assert.Equal("PK"u8, file.ToArray().AsSpan(0, 2));   // XLSX is a ZIP; another program reads it in the unit tests
                Assert.InRange(file.Length, 10_000, 1_000_000);
            }
        }

        // The browser's zone may be another one than the test's.
        static string Untimed(string line) => string.Join(',', line.Split(',').Where((_, column) => column is not (5 or 6)));
    }

    private static async Task TellsASpanInWordsAsync(IPage page, JsonObject report)
    {
        var dropped = report["members"]!.AsArray().First(member => (int)member!["drops"]! > 0 && (double)member["seconds"]!["stalled"]! > 1)!;
        var row = page.Locator($"#timeline .row[data-key='{dropped["member"]}']");
        Assert.Equal(dropped["spans"]!.AsArray().Count, await row.Locator(".track [data-kind]").CountAsync());
        await row.Locator("[data-kind=stalled]").First.HoverAsync();
        await Assertions.Expect(page.Locator(".tip")).ToContainTextAsync($"{dropped["name"]}: Network failing");

        // By the keyboard alone: one stop, arrows from there.
        await page.Locator("#timeline [tabindex='0']").FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("ArrowDown");
        Assert.Equal(1, await page.Locator("#timeline [tabindex='0']").CountAsync());
        Assert.Equal("gridcell", await page.EvaluateAsync<string>("document.activeElement.getAttribute('role')"));
        await row.Locator("[data-kind=stalled]").First.HoverAsync();
    }

    private static async Task SendsARollAsync(Person reader)
    {
        var page = reader.Page;
        await page.Locator("#roll").ClickAsync();
        await Assertions.Expect(page.Locator("#roll-state")).ToContainTextAsync("48 名学生");
        await page.Locator("#roll-file").SetInputFilesAsync(new FilePayload { Name = "roll.csv", MimeType = "text/csv", Buffer = "学号,姓名\ns-01,小明\ns 2,小红\n,小刚\n"u8.ToArray() });
        await Assertions.Expect(page.Locator("#roll-errors li")).ToHaveCountAsync(2);
        Assert.Contains("第 3 行 “s 2”不能作学号", await page.Locator("#roll-errors li").First.TextContentAsync(), StringComparison.Ordinal);
        await reader.PhotographAsync("attendance-roll-errors-zh-desktop");
        await page.Locator("#roll-file").SetInputFilesAsync(new FilePayload { Name = "roll.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(SchoolLesson.Roll) });
        await Assertions.Expect(page.Locator("#roll-state")).ToContainTextAsync("名单现在有 48 名学生");
        await page.Keyboard.PressAsync("Escape");
    }

    private static async Task PrintsAsync(IPage page)
    {
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await Assertions.Expect(page.Locator("#timeline")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#table")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".acts")).ToBeHiddenAsync();
        await File.WriteAllBytesAsync(Path.Combine(Paths.Artifacts, "screenshots", "attendance-print.pdf"), await page.PdfAsync(new() { PreferCSSPageSize = true }));
        await page.EmulateMediaAsync(new() { Media = Media.Screen });
    }

    /// <summary>Nothing is wider than the screen.</summary>
    private static async Task FitsAsync(IPage page) =>
        Assert.Equal(Phone, await page.EvaluateAsync<int>("Math.max(document.documentElement.scrollWidth, innerWidth)"));
}
