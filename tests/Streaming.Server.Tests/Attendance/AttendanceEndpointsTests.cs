using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.Attendance;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Attendance;

public sealed class AttendanceEndpointsTests : IDisposable
{
    private readonly ServerHost _host = new() { SwitchesStore = true };

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task ATeacherReadsWhoWasThere()
    {
        await HoldALessonAsync();
        using var teacher = _host.Client(_host.Ticket("t", Role.Teacher));

        var page = (await teacher.GetFromJsonAsync<JsonObject>("/api/classes/math/attendance"))!;
        var lesson = page["lessons"]!.AsArray().Single()!;
        Assert.Null(page["next"]);
        var member = lesson["members"]!.AsArray().Single()!;
        Assert.Equal(("s", "onTime", true), ((string)member["member"]!, (string)member["status"]!, (double)member["seconds"]!["present"]! > 0));
        Assert.NotNull(lesson["endedAt"]);

        using var csv = await teacher.GetAsync("/api/classes/math/attendance.csv");
        var bytes = await csv.Content.ReadAsByteArrayAsync();
        Assert.Equal(Encoding.UTF8.Preamble, bytes.AsSpan(0, 3));
        Assert.Equal(("text/csv", 2), (csv.Content.Headers.ContentType?.MediaType, Encoding.UTF8.GetString(bytes).Split("\r\n").Count(line => line.Length > 1)));
    }

    [Fact]
    public async Task TheLedgerIsReadInPagesAndOutlivesTheServer()
    {
        await HoldALessonAsync();
        using var office = _host.Client(_host.Get<DataDirectory>().AdminKey);

        var first = (await office.GetFromJsonAsync<JsonObject>("/api/classes/math/ledger?limit=2"))!;
        Assert.Equal([1, 2], first["entries"]!.AsArray().Select(entry => (int)entry!["sequence"]!));
        var rest = (await office.GetFromJsonAsync<JsonObject>($"/api/classes/math/ledger?after={first["next"]}"))!;
        Assert.Equal(3, (int)rest["entries"]![0]!["sequence"]!);
        Assert.Null(rest["next"]);
        Assert.Contains("started", first.ToJsonString() + rest.ToJsonString(), StringComparison.Ordinal);

        using var wrong = await office.GetAsync("/api/classes/math/ledger?limit=0");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Theory]
    [InlineData(Role.Student, "math", HttpStatusCode.Forbidden, HubErrors.TeacherOnly)]
    [InlineData(Role.Inspector, "math", HttpStatusCode.Forbidden, HubErrors.TeacherOnly)]
    [InlineData(Role.Teacher, "art", HttpStatusCode.Forbidden, HubErrors.WrongClass)]
    [InlineData(Role.Teacher, "-x", HttpStatusCode.NotFound, HubErrors.ClassNotFound)]
    public async Task OthersMayNotReadIt(Role role, string @class, HttpStatusCode status, string code)
    {
        using var client = _host.Client(_host.Ticket("x", role));
        foreach (var what in (string[])["ledger", "lessons", "attendance", "attendance/last", "attendance.csv", "attendance.xlsx", "roll", "settings"])
        {
            using var response = await client.GetAsync($"/api/classes/{@class}/{what}");
            Assert.Equal((status, code), (response.StatusCode, (string)(await response.Content.ReadFromJsonAsync<JsonNode>())!["code"]!));
        }
    }

    [Fact]
    public async Task AStrangerIsAskedForAKeyAndAnEmptyBookIsEmpty()
    {
        using var stranger = _host.Client();
        using var refused = await stranger.GetAsync("/api/classes/math/attendance");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        using var office = _host.Client(_host.Get<DataDirectory>().AdminKey);
        Assert.Empty((await office.GetFromJsonAsync<JsonObject>("/api/classes/math/attendance"))!["lessons"]!.AsArray());
        foreach (var what in (string[])["attendance.csv", "attendance.xlsx", "attendance/last", "attendance/7"])
        {
            using var none = await office.GetAsync($"/api/classes/math/{what}");
            Assert.Equal((HttpStatusCode.NotFound, "lesson_not_found"), (none.StatusCode, await CodeAsync(none)));
        }
    }

    [Fact]
    public async Task LessonsAreReadInPagesTheNewestLast()
    {
        await HoldALessonAsync();
        await HoldALessonAsync();
        await HoldALessonAsync();
        using var teacher = _host.Client(_host.Ticket("t", Role.Teacher));

        foreach (var what in (string[])["lessons", "attendance"])
        {
            var first = (await teacher.GetFromJsonAsync<JsonObject>($"/api/classes/math/{what}?limit=2"))!;
            var rest = (await teacher.GetFromJsonAsync<JsonObject>($"/api/classes/math/{what}?limit=2&after={first["next"]}"))!;
            JsonNode[] all = [.. first["lessons"]!.AsArray().Concat(rest["lessons"]!.AsArray()).Select(lesson => lesson!)];
            Assert.Equal((3, null), (all.Length, rest["next"]));
            Assert.Equal(all.OrderBy(lesson => (long)lesson["sequence"]!), all);
            Assert.Equal(1, (int)all[2]["totals"]!["students"]!);

            var last = (await teacher.GetFromJsonAsync<JsonObject>("/api/classes/math/attendance/last"))!;
            var same = (await teacher.GetFromJsonAsync<JsonObject>($"/api/classes/math/attendance/{all[2]["sequence"]}"))!;
            var byStart = (await teacher.GetFromJsonAsync<JsonObject>($"/api/classes/math/attendance/{all[2]["startedAt"]}"))!;
            Assert.True(JsonNode.DeepEquals(last, same) && JsonNode.DeepEquals(last, byStart));
            Assert.NotEqual((long)last["sequence"]!, (long)all[0]["sequence"]!);
        }

        using var wrong = await teacher.GetAsync("/api/classes/math/attendance?limit=101");
        Assert.Equal((HttpStatusCode.BadRequest, "bad_request"), (wrong.StatusCode, await CodeAsync(wrong)));
    }

    [Theory]
    [InlineData("tz=eight")]
    [InlineData("tz=900")]
    [InlineData("tz=../../etc/passwd")]
    [InlineData("lang=fr")]
    public async Task ADownloadSaysWhatItCannotDo(string query)
    {
        await HoldALessonAsync();
        using var teacher = _host.Client(_host.Ticket("t", Role.Teacher));
        using var refused = await teacher.GetAsync($"/api/classes/math/attendance.xlsx?{query}");
        Assert.Equal((HttpStatusCode.BadRequest, "bad_request"), (refused.StatusCode, await CodeAsync(refused)));
    }

    [Fact]
    public async Task AStoreThatDoesNotAnswerIsToldToBeBusy()
    {
        using var teacher = _host.Client(_host.Ticket("t", Role.Teacher));
        _host.Store.IsAway = true;
        using var refused = await teacher.GetAsync("/api/classes/math/attendance");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "busy"), (refused.StatusCode, await CodeAsync(refused)));
    }

    private static async Task<string> CodeAsync(HttpResponseMessage response) => (string)(await response.Content.ReadFromJsonAsync<JsonNode>())!["code"]!;

    private async Task HoldALessonAsync()
    {
        await using var teacher = await _host.JoinAsync("t", Role.Teacher);
        await using var student = await _host.JoinAsync("s", Role.Student);
        await teacher.InvokeAsync("StartLesson");
        await Task.Delay(100);   // a lesson shorter than a millisecond is told as 0
        await teacher.InvokeAsync("EndLesson");
        var writer = _host.Get<LedgerWriter>();
        Assert.True(SpinWait.SpinUntil(() => writer.Waiting == 0, TimeSpan.FromSeconds(60)));
    }
}
