using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Attendance;

public sealed class RollAndSettingsTests : IDisposable
{
    private readonly ServerHost _host = new(("Attendance:LateAfter", "00:10:00"));

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TheOfficeKeepsTheRollAndTheTeacherReadsIt(bool byTicket)
    {
        using var office = byTicket ? Office() : _host.Client(_host.Get<DataDirectory>().AdminKey);
        using var teacher = _host.Client(_host.Ticket("t", Role.Teacher));
        Assert.Empty((await ReadAsync(teacher, "roll"))["students"]!.AsArray());

        using var put = await office.PutAsync("/api/classes/math/roll", Csv("学号,姓名\ns-1,小明\ns-2,Ada\n"));
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        var roll = await ReadAsync(teacher, "roll");
        Assert.Equal(["s-1 小明", "s-2 Ada"], roll["students"]!.AsArray().Select(student => $"{student!["member"]} {student["name"]}"));
        Assert.NotNull(roll["updatedAt"]);

        using var removed = await office.DeleteAsync("/api/classes/math/roll");
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Empty((await ReadAsync(teacher, "roll"))["students"]!.AsArray());
    }

    [Fact]
    public async Task AListWithErrorsChangesNothingAndNamesThem()
    {
        using var office = Office();
        (await office.PutAsync("/api/classes/math/roll", Csv("s-1,Ada"))).Dispose();

        using var refused = await office.PutAsync("/api/classes/math/roll", Csv("s-2,Bo\ns 3,Cy\n"));
        var problem = (await refused.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal((HttpStatusCode.BadRequest, "roll_invalid"), (refused.StatusCode, (string)problem["code"]!));
        Assert.StartsWith("'s 3' cannot be an id.", (string)Assert.Single(problem["errors"]!["2"]!.AsArray())!, StringComparison.Ordinal);
        Assert.Equal("s-1", (string)(await ReadAsync(office, "roll"))["students"]!.AsArray().Single()!["member"]!);
    }

    [Fact]
    public async Task WhatIsNoListIsRefused()
    {
        using var office = Office();
        using var json = await office.PutAsJsonAsync("/api/classes/math/roll", new { });
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "media_type_unsupported"), (json.StatusCode, await CodeAsync(json)));
        using var large = await office.PutAsync("/api/classes/math/roll", Csv(new string('x', (256 * 1_024) + 1)));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "roll_too_large"), (large.StatusCode, await CodeAsync(large)));
    }

    [Fact]
    public async Task ATeacherWritesNoRoll()
    {
        using var teacher = _host.Client(_host.Ticket("t", Role.Teacher));
        using var put = await teacher.PutAsync("/api/classes/math/roll", Csv("s-1,Ada"));
        using var delete = await teacher.DeleteAsync("/api/classes/math/roll");
        Assert.Equal((HttpStatusCode.Forbidden, "office_only"), (put.StatusCode, await CodeAsync(put)));
        Assert.Equal((HttpStatusCode.Forbidden, "office_only"), (delete.StatusCode, await CodeAsync(delete)));
    }

    [Fact]
    public async Task AClassDecidesForItselfOrLeavesItToTheServer()
    {
        using var office = Office();
        var settings = await ReadAsync(office, "settings");
        Assert.Equal((null, 10, 5, 400), (settings["lateAfterMinutes"], (int)settings["defaults"]!["lateAfterMinutes"]!,
            (int)settings["defaults"]!["earlyBeforeMinutes"]!, (int)settings["defaults"]!["retentionDays"]!));

        using var put = await office.PutAsJsonAsync("/api/classes/math/settings", new { lateAfterMinutes = 3, retentionDays = 30 });
        settings = await ReadAsync(office, "settings");
        Assert.Equal((3, null, 30), ((int)settings["lateAfterMinutes"]!, settings["earlyBeforeMinutes"], (int)settings["retentionDays"]!));

        using var back = await office.PutAsJsonAsync("/api/classes/math/settings", new { });
        Assert.Null((await ReadAsync(office, "settings"))["retentionDays"]);
    }

    [Fact]
    public async Task ATeacherSaysWhatIsLateButNotHowLongRecordsAreKept()
    {
        using var office = Office();
        (await office.PutAsJsonAsync("/api/classes/math/settings", new { retentionDays = 30 })).Dispose();
        using var teacher = _host.Client(_host.Ticket("t", Role.Teacher));

        using var put = await teacher.PutAsJsonAsync("/api/classes/math/settings", new { lateAfterMinutes = 0 });
        var settings = await ReadAsync(teacher, "settings");
        Assert.Equal((HttpStatusCode.OK, 0, 30), (put.StatusCode, (int)settings["lateAfterMinutes"]!, (int)settings["retentionDays"]!));
        using var refused = await teacher.PutAsJsonAsync("/api/classes/math/settings", new { retentionDays = 31 });
        Assert.Equal((HttpStatusCode.Forbidden, "office_only"), (refused.StatusCode, await CodeAsync(refused)));
    }

    [Theory]
    [InlineData("""{"lateAfterMinutes":241,"earlyBeforeMinutes":-1,"retentionDays":0}""", "earlyBeforeMinutes,lateAfterMinutes,retentionDays")]
    [InlineData("""{"lateAfterMinutes":"five"}""", "lateAfterMinutes")]
    [InlineData("five", "body")]
    [InlineData("null", "body")]
    public async Task EachWrongSettingIsNamed(string body, string fields)
    {
        using var office = Office();
        using var refused = await office.PutAsync("/api/classes/math/settings", new StringContent(body, Encoding.UTF8, "application/json"));
        var problem = (await refused.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(fields, string.Join(',', problem["errors"]!.AsObject().Select(error => error.Key).Order()));
    }

    [Fact]
    public async Task AnOfficeTicketOpensItsClassesAttendanceAndNoOtherDoor()
    {
        using var office = Office();
        using var attendance = await office.GetAsync("/api/classes/math/attendance");
        using var other = await office.GetAsync("/api/classes/art/attendance");
        Assert.Equal(HttpStatusCode.OK, attendance.StatusCode);
        Assert.Equal((HttpStatusCode.Forbidden, HubErrors.WrongClass), (other.StatusCode, await CodeAsync(other)));

        var offer = () => new StringContent("v=0", Encoding.UTF8, "application/sdp");
        using var whip = await office.PostAsync("/whip/math", offer());
        using var whep = await office.PostAsync("/whep/math", offer());
        using var hub = await office.PostAsync($"{IClassroomHub.Path}/negotiate?negotiateVersion=1", null);
        using var tickets = await office.PostAsJsonAsync("/api/tickets", new { });
        Assert.All([whip, whep, hub, tickets], response => Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode));
        Assert.Empty(_host.Gateway.Calls);
    }

    [Fact]
    public async Task ATicketWhoseTimeIsOverIsToldSo()
    {
        var (text, _) = _host.Get<OfficeTickets>().Issue("o", "Office", "math", TimeSpan.FromMinutes(-1));
        foreach (var ticket in (string[])[text, _host.Ticket("t", Role.Teacher, lifetime: TimeSpan.FromMinutes(-1))])
        {
            using var client = _host.Client(ticket);
            using var refused = await client.GetAsync("/api/classes/math/attendance");
            Assert.Equal((HttpStatusCode.Unauthorized, HubErrors.TicketExpired), (refused.StatusCode, await CodeAsync(refused)));
        }
    }

    [Fact]
    public async Task AnOfficeTicketComesWithALinkToTheAttendance()
    {
        using var admin = _host.Client(_host.Get<DataDirectory>().AdminKey);
        using var response = await admin.PostAsJsonAsync("/api/tickets", new { @class = "math", member = "o-1", name = "Office", role = "office" });
        var issued = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal($"http://localhost/attendance/math#ticket={issued["ticket"]}", (string)issued["url"]!);

        using var office = _host.Client((string)issued["ticket"]!);
        using var page = await office.GetAsync("/api/classes/math/roll");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    private static StringContent Csv(string text) => new(text, Encoding.UTF8, "text/csv");

    private static async Task<JsonObject> ReadAsync(HttpClient client, string what) =>
        (await client.GetFromJsonAsync<JsonObject>($"/api/classes/math/{what}"))!;

    private static async Task<string> CodeAsync(HttpResponseMessage response) => (string)(await response.Content.ReadFromJsonAsync<JsonNode>())!["code"]!;

    private HttpClient Office() => _host.Client(_host.Get<OfficeTickets>().Issue("o", "Office", "math", TimeSpan.FromHours(1)).Text);
}
