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
    private readonly ServerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task ATeacherReadsWhoWasThere()
    {
        await HoldALessonAsync();
        using var teacher = _host.Client(_host.Ticket("t", Role.Teacher));

        var lesson = (await teacher.GetFromJsonAsync<JsonArray>("/api/classes/math/attendance"))!.Single()!;
        var member = lesson["members"]!.AsArray().Single()!;
        Assert.Equal(("s", true), ((string)member["member"]!, (double)member["seconds"]!["present"]! > 0));
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
        foreach (var what in (string[])["ledger", "attendance", "attendance.csv"])
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
        Assert.Empty((await office.GetFromJsonAsync<JsonArray>("/api/classes/math/attendance"))!);
        using var none = await office.GetAsync("/api/classes/math/attendance.csv");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public void ANameIsNoFormulaInASpreadsheet()
    {
        var start = new DateTimeOffset(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);
        LedgerEntry[] entries =
        [
            new("math", 1, LedgerKind.Started, start, TimeSpan.Zero),
            new("math", 2, LedgerKind.Joined, start, TimeSpan.Zero, "s", "web", Role.Student, Name: "=HYPERLINK(\"x\")"),
            new("math", 3, LedgerKind.Joined, start, TimeSpan.Zero, "r", "web", Role.Student, Name: "林,小"),
        ];
        var sheet = AttendanceSheet.Read(entries, AttendanceRules.Default, start.AddMinutes(1)).Single();
        var csv = Encoding.UTF8.GetString(AttendanceReport.Of(sheet, entries).ToCsv());

        Assert.Contains("r,\"林,小\",2026-09-01 08:00:00,", csv, StringComparison.Ordinal);
        Assert.Contains("s,\"'=HYPERLINK(\"\"x\"\")\",", csv, StringComparison.Ordinal);
    }

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
