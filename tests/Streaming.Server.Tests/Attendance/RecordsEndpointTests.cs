using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.Attendance;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Attendance;

public sealed class RecordsEndpointTests : IDisposable
{
    private readonly ServerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task WhoSomebodyWasIsErasedFromLedgerAndChat()
    {
        await HoldALessonAsync();
        using var office = _host.Client(_host.Get<DataDirectory>().AdminKey);

        using var erased = await office.DeleteAsync("/api/classes/math/records?member=ada");
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        var entries = _host.Get<Journal>().Read("math");
        Assert.DoesNotContain(entries, entry => entry.Member == "ada" || entry.Name == "Name of ada");
        Assert.Contains(entries, entry => entry.Kind == LedgerKind.Erased && entry.Cause == LedgerCause.Asked);
        Assert.Equal(Enumerable.Range(1, entries.Count).Select(n => (long)n), entries.Select(entry => entry.Sequence));

        await using var teacher = await _host.ConnectAsync("t", Role.Teacher);
        var seen = await teacher.InvokeAsync<JoinReply>("Join", new JoinRequest("d1"));
        Assert.Equal(["t"], seen.Classroom.Chat.Select(line => line.Member));
    }

    [Fact]
    public async Task EverythingIsErasedButThatItWas()
    {
        await HoldALessonAsync();
        using var office = _host.Client(_host.Get<DataDirectory>().AdminKey);

        using var erased = await office.DeleteAsync("/api/classes/math/records");
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        Assert.All(_host.Get<Journal>().Read("math"), entry => Assert.Null(entry.Member));
        await using var teacher = await _host.ConnectAsync("t", Role.Teacher);
        Assert.Empty((await teacher.InvokeAsync<JoinReply>("Join", new JoinRequest("d1"))).Classroom.Chat);
    }

    [Fact]
    public async Task WhileSomebodyIsInTheClassNothingIsErased()
    {
        await using var teacher = await _host.JoinAsync("t", Role.Teacher);
        using var office = _host.Client(_host.Get<DataDirectory>().AdminKey);
        using var refused = await office.DeleteAsync("/api/classes/math/records");
        Assert.Equal((HttpStatusCode.Conflict, "class_occupied"), (refused.StatusCode, await CodeAsync(refused)));
    }

    [Theory]
    [InlineData("?member=no%20name")]
    [InlineData("?before=yesterday")]
    [InlineData("?before=2026-09-01&member=ada")]
    public async Task WhatCannotBeReadIsRefused(string query)
    {
        using var office = _host.Client(_host.Get<DataDirectory>().AdminKey);
        using var refused = await office.DeleteAsync($"/api/classes/math/records{query}");
        Assert.Equal((HttpStatusCode.BadRequest, "bad_request"), (refused.StatusCode, await CodeAsync(refused)));
    }

    [Fact]
    public async Task OnlyTheAdminKeyErases()
    {
        using var teacher = _host.Client(_host.Ticket("t", Role.Teacher));
        using var refused = await teacher.DeleteAsync("/api/classes/math/records");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private async Task HoldALessonAsync()
    {
        await using var teacher = await _host.JoinAsync("t", Role.Teacher);
        await using var ada = await _host.JoinAsync("ada", Role.Student);
        await teacher.InvokeAsync("StartLesson");
        await ada.InvokeAsync("Say", "I am Ada");
        await teacher.InvokeAsync("Say", "welcome");
        await ada.InvokeAsync("Leave");
        await teacher.InvokeAsync("Leave");
    }

    private static async Task<string> CodeAsync(HttpResponseMessage response) => (string)(await response.Content.ReadFromJsonAsync<JsonNode>())!["code"]!;
}
