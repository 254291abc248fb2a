using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Streaming.Contracts;
using Streaming.Server.Stills;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Stills;

public sealed class StillEndpointsTests : IAsyncDisposable
{
    private const string Path = "/api/classes/math/stills";
    private readonly ServerHost _host = new() { Time = new ManualTime() };

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task WhatTheTeacherSendsIsToldToTheClassAndFetchedByWhoIsInIt()
    {
        await using var teacher = await ShareScreenAsync();
        await using var ada = await _host.JoinAsync("ada", Role.Student);
        await using var inspector = await _host.JoinAsync("i", Role.Inspector);
        var bytes = StillSamples.Webp(1280, 720);

        using var sent = await SendAsync("t", Role.Teacher, bytes);
        Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        var still = (await sent.Content.ReadFromJsonAsync<Still>(ContractsJson.Wire))!;
        Assert.Equal((1280, 720, bytes.Length), (still.Width, still.Height, still.Bytes));
        Assert.Equal($"{Path}/{still.Hash}", sent.Headers.Location!.ToString());

        foreach (var wire in (HubWire[])[ada, inspector, teacher])
        {
            var told = await wire.HearAsync("Changed", still.Hash);
            Assert.Equal($$"""{"hash":"{{still.Hash}}","width":1280,"height":720,"bytes":{{bytes.Length}}}""", told["still"]!.ToJsonString());
        }

        await using var late = await _host.ConnectAsync("ben", Role.Student);
        Assert.Equal(still, (await late.InvokeAsync<JoinReply>("Join", new JoinRequest("d1"))).Classroom.Still);
        foreach (var (member, role) in ((string, Role)[])[("ada", Role.Student), ("i", Role.Inspector), ("t", Role.Teacher)])
        {
            using var got = await FetchAsync(member, role, still.Hash);
            Assert.Equal((HttpStatusCode.OK, "image/webp"), (got.StatusCode, got.Content.Headers.ContentType!.ToString()));
            Assert.Equal((true, TimeSpan.FromDays(1)), (got.Headers.CacheControl!.Private, got.Headers.CacheControl.MaxAge!.Value));
            Assert.Equal("immutable", Assert.Single(got.Headers.CacheControl.Extensions).Name);
            Assert.Equal($"\"{still.Hash}\"", got.Headers.ETag!.Tag);
            Assert.Equal(bytes, await got.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task OnlyTheTeacherOfTheClassMaySend()
    {
        await using var teacher = await ShareScreenAsync();
        await using var ada = await _host.JoinAsync("ada", Role.Student);

        Assert.Equal((403, "teacher_only"), await RefusedAsync(SendAsync("ada", Role.Student)));
        Assert.Equal((403, "teacher_only"), await RefusedAsync(SendAsync("i", Role.Inspector)));
        Assert.Equal((409, "not_joined"), await RefusedAsync(SendAsync("t-2", Role.Teacher)));
        Assert.Equal((403, "wrong_class"), await RefusedAsync(SendAsync("t", Role.Teacher, classId: "art")));
        Assert.Equal((404, "class_not_found"), await RefusedAsync(SendAsync("t", Role.Teacher, path: "/api/classes/-no-/stills")));
        using var stranger = _host.Client();
        Assert.Equal((401, "ticket_missing"), await RefusedAsync(stranger.PostAsync(Path, Picture(StillSamples.Webp()))));
        Assert.Equal(0, _host.Get<ClassStills>().Bytes);
    }

    [Fact]
    public async Task OnlyWhoMayBeInTheClassFetches()
    {
        await using var teacher = await ShareScreenAsync();
        using var sent = await SendAsync("t", Role.Teacher);
        var hash = sent.Headers.Location!.ToString().Split('/')[^1];

        Assert.Equal((403, "wrong_class"), await RefusedAsync(FetchAsync("ada", Role.Student, hash, classId: "art")));
        using var stranger = _host.Client();
        Assert.Equal((401, "ticket_missing"), await RefusedAsync(stranger.GetAsync($"{Path}/{hash}")));
        Assert.Equal((404, "still_not_found"), await RefusedAsync(FetchAsync("ada", Role.Student, new string('0', 32))));
        Assert.Equal((404, "still_not_found"), await RefusedAsync(FetchAsync("ada", Role.Student, "no-hash")));
        Assert.Equal((400, "bad_request"), await RefusedAsync(FetchAsync("ada", Role.Student, $"{hash}?pace=1")));
    }

    [Fact]
    public async Task WhatIsNoStillIsRefusedAndSaysWhatWouldBeRight()
    {
        await using var teacher = await ShareScreenAsync();

        Assert.Equal((413, "still_too_large"), await RefusedAsync(SendAsync("t", Role.Teacher, StillSamples.Webp(length: Still.MaxBytes + 1))));
        Assert.Equal((413, "still_too_large"), await RefusedAsync(SendAsync("t", Role.Teacher, StillSamples.Webp(width: Still.MaxSide + 1))));
        Assert.Equal((415, "media_type_unsupported"), await RefusedAsync(SendAsync("t", Role.Teacher, "<html>"u8.ToArray())));
        Assert.Equal((415, "media_type_unsupported"), await RefusedAsync(SendAsync("t", Role.Teacher, mediaType: "text/html")));
        Assert.Equal((415, "media_type_unsupported"), await RefusedAsync(SendAsync("t", Role.Teacher, [])));
        using var largest = await SendAsync("t", Role.Teacher, StillSamples.Webp(length: Still.MaxBytes));
        Assert.Equal(HttpStatusCode.Created, largest.StatusCode);
    }

    [Fact]
    public async Task TheTypeIsThatOfTheBytes()
    {
        await using var teacher = await ShareScreenAsync();
        using var sent = await SendAsync("t", Role.Teacher, StillSamples.Jpeg(960, 600), mediaType: "image/webp");
        using var got = await FetchAsync("ada", Role.Student, sent.Headers.Location!.ToString().Split('/')[^1]);

        Assert.Equal("image/jpeg", got.Content.Headers.ContentType!.ToString());
        Assert.Equal("nosniff", got.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task StillsNeedAScreenAndGoWithIt()
    {
        Assert.Equal((409, "not_joined"), await RefusedAsync(SendAsync("t", Role.Teacher)));
        await using var teacher = await _host.JoinAsync("t", Role.Teacher);
        Assert.Equal((409, "lesson_not_live"), await RefusedAsync(SendAsync("t", Role.Teacher)));
        await teacher.InvokeAsync("StartLesson");
        Assert.Equal((409, "screen_not_shared"), await RefusedAsync(SendAsync("t", Role.Teacher)));
        await teacher.InvokeAsync("Publish", new MediaOffer("v=0"));
        await teacher.InvokeAsync("SetSources", (object)new[] { TrackSource.Voice, TrackSource.Screen });

        using var first = await SendAsync("t", Role.Teacher);
        Assert.Equal((429, "busy"), await RefusedAsync(SendAsync("t", Role.Teacher, StillSamples.Webp(seed: 2))));
        _host.Time!.Advance(TimeSpan.FromSeconds(1));
        using var second = await SendAsync("t", Role.Teacher, StillSamples.Webp(seed: 2));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal(800, _host.Get<ClassStills>().Bytes);

        await teacher.InvokeAsync("SetSources", (object)new[] { TrackSource.Voice });
        Assert.Null((await teacher.InvokeAsync<ClassroomSnapshot>("Snapshot")).Still);
        Assert.Equal(0, _host.Get<ClassStills>().Bytes);
    }

    [Fact]
    public async Task APacedStillTakesItsTime()
    {
        await using var teacher = await ShareScreenAsync();
        var bytes = StillSamples.Webp(length: 6_000);
        using var sent = await SendAsync("t", Role.Teacher, bytes);
        var hash = sent.Headers.Location!.ToString().Split('/')[^1];
        using var client = _host.Client(_host.Ticket("ada", Role.Student));
        using var got = await client.GetAsync($"{Path}/{hash}?pace=24", HttpCompletionOption.ResponseHeadersRead);
        var whole = got.Content.ReadAsByteArrayAsync();

        // 1 200 bytes at 24 kbit/s are 0.4 s, and there are four more of them behind the first.
        for (var step = 0; step < 4; step++)
        {
            Assert.False(whole.IsCompleted);
            await AwaitedAsync(TimeSpan.FromSeconds(0.4));
            _host.Time!.Advance(TimeSpan.FromSeconds(0.4));
        }

        Assert.Equal(bytes, await whole.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    private async Task AwaitedAsync(TimeSpan span)
    {
        var until = DateTime.UtcNow + TimeSpan.FromSeconds(60);
        while (!_host.Time!.IsAwaited(span))
        {
            Assert.True(DateTime.UtcNow < until, "Nobody waits.");
            await Task.Delay(5);
        }
    }

    private async Task<HubWire> ShareScreenAsync()
    {
        var teacher = await _host.JoinAsync("t", Role.Teacher);
        await teacher.InvokeAsync("StartLesson");
        await teacher.InvokeAsync("Publish", new MediaOffer("v=0"));
        await teacher.InvokeAsync("SetSources", (object)new[] { TrackSource.Voice, TrackSource.Screen });
        return teacher;
    }

    private async Task<HttpResponseMessage> SendAsync(
        string member, Role role, byte[]? bytes = null, string mediaType = "image/webp", string classId = "math", string path = Path)
    {
        using var client = _host.Client(_host.Ticket(member, role, classId));
        return await client.PostAsync(path, Picture(bytes ?? StillSamples.Webp(), mediaType));
    }

    private async Task<HttpResponseMessage> FetchAsync(string member, Role role, string hash, string classId = "math")
    {
        using var client = _host.Client(_host.Ticket(member, role, classId));
        return await client.GetAsync($"{Path}/{hash}");
    }

    private static ByteArrayContent Picture(byte[] bytes, string mediaType = "image/webp") =>
        new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };

    private static async Task<(int Status, string Code)> RefusedAsync(Task<HttpResponseMessage> call)
    {
        using var response = await call;
        return ((int)response.StatusCode, (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["code"]!);
    }
}
