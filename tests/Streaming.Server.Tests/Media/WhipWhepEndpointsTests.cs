using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.Http;
using Streaming.Server.Media;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Media;

public sealed class WhipWhepEndpointsTests : IDisposable
{
    private const string Origin = "https://school.example.org";

    private readonly ServerHost _host = new(("Cors:Origins", Origin));

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task AForeignClientHoldsALessonWithPostAndDelete()
    {
        await using var student = await _host.JoinAsync("s", Role.Student);
        using var teacher = _host.Client(_host.Ticket("t", Role.Teacher));
        using var opened = await teacher.PostAsync("/whip/math", Offer());

        Assert.Equal(HttpStatusCode.Created, opened.StatusCode);
        Assert.Equal("application/sdp", opened.Content.Headers.ContentType?.ToString());
        Assert.Equal(RecordingGateway.Answer, await opened.Content.ReadAsStringAsync());
        Assert.StartsWith("/whip/math/", opened.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.False(opened.Headers.ETag!.IsWeak);
        await student.HearAsync("Changed", "\"live\"");
        Assert.Equal(["publish t", "sources Voice+Camera"], _host.Gateway.Calls);

        using var closed = await teacher.DeleteAsync(opened.Headers.Location);
        Assert.Equal(HttpStatusCode.OK, closed.StatusCode);
        await student.HearAsync("Changed", "\"ended\"");
        using var again = await teacher.DeleteAsync(opened.Headers.Location);
        await RefusedAsync(again, HttpStatusCode.NotFound, HubErrors.SessionNotFound);
    }

    [Fact]
    public async Task AnOfferMayComeCompressedAndTheAnswerGoSo()
    {
        using var tv = _host.Client(_host.Ticket("tv", Role.Student));
        tv.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            await gzip.WriteAsync("v=0\r\n"u8.ToArray());
        }

        using var offer = Packed(packed.ToArray());
        using var watched = await tv.PostAsync("/whep/math", offer);
        Assert.Equal((HttpStatusCode.Created, "gzip"), (watched.StatusCode, watched.Content.Headers.ContentEncoding.Single()));
        Assert.Equal(["watch tv"], _host.Gateway.Calls);

        tv.DefaultRequestHeaders.Remove("Accept-Encoding");
        using var broken = Packed([1, 2, 3, 4]);
        using var refused = await tv.PostAsync("/whep/math", broken);
        Assert.Contains("not compressed as", await RefusedAsync(refused, HttpStatusCode.BadRequest, HubErrors.SdpInvalid), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("zstd")]
    [InlineData("gzip, gzip")]
    public async Task AnOfferThatIsCompressedInAnotherWayIsRefusedByName(string coding)
    {
        using var tv = _host.Client(_host.Ticket("tv", Role.Student));
        using var offer = Packed([1, 2, 3, 4], coding);
        using var refused = await tv.PostAsync("/whep/math", offer);
        Assert.Contains("gzip", await RefusedAsync(refused, HttpStatusCode.UnsupportedMediaType, ProblemCodes.MediaTypeUnsupported), StringComparison.Ordinal);
        Assert.Equal("gzip", refused.Headers.GetValues("Accept-Encoding").Single());
        Assert.Empty(_host.Gateway.Calls);
    }

    [Fact]
    public async Task AForeignClientWatchesAsAStudentAndAnInspectorAsNobody()
    {
        await using var teacher = await _host.JoinAsync("t", Role.Teacher);
        using var tv = _host.Client(_host.Ticket("tv", Role.Student));
        using var inspector = _host.Client(_host.Ticket("i", Role.Inspector));
        using var watched = await tv.PostAsync("/whep/math", Offer());
        using var observed = await inspector.PostAsync("/whep/math", Offer());
        var snapshot = await teacher.InvokeAsync<ClassroomSnapshot>("Snapshot");

        Assert.Equal(HttpStatusCode.Created, observed.StatusCode);
        Assert.Equal(["t", "tv"], snapshot.Seats.Select(seat => seat.Member));
        Assert.Equal(["watch tv", "observe i"], _host.Gateway.Calls);
        using var gone = await inspector.DeleteAsync(observed.Headers.Location);
        using var left = await tv.DeleteAsync(watched.Headers.Location);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (gone.StatusCode, left.StatusCode));
        Assert.Equal(snapshot.Version + 1, (await teacher.InvokeAsync<ClassroomSnapshot>("Snapshot")).Version);
    }

    [Fact]
    public async Task APageMayWatchByItsDevicesNameBeforeItJoinsTheHub()
    {
        await using var teacher = await _host.JoinAsync("t", Role.Teacher);
        using var page = _host.Client(_host.Ticket("s", Role.Student));
        using var nameless = await page.PostAsync("/whep/math?device=no%20name", Offer());
        await RefusedAsync(nameless, HttpStatusCode.BadRequest, HubErrors.BadRequest);

        using var watched = await page.PostAsync("/whep/math?device=web-1", Offer());
        await using var hub = await _host.JoinAsync("s", Role.Student, device: "web-1");
        _host.Get<IMediaEvents>().Closed(_host.Gateway.Open.Values.Single(), "consent expired");

        await hub.HearAsync("MediaClosed", watched.Headers.Location!.ToString().Split('/')[^1]);
    }

    [Fact]
    public async Task AWatcherWhoseMediaIsLostIsGone()
    {
        await using var teacher = await _host.JoinAsync("t", Role.Teacher);
        using var tv = _host.Client(_host.Ticket("tv", Role.Student));
        using var watched = await tv.PostAsync("/whep/math", Offer());

        _host.Get<IMediaEvents>().Closed(_host.Gateway.Open.Values.Single(), "consent expired");

        await teacher.HearAsync("Changed", "\"gone\":[\"tv\"]");
    }

    [Fact]
    public async Task TicketsAreAskedForAtBothDoors()
    {
        using var nobody = _host.Client();
        using var foreign = _host.Client("eyJhbGciOiJub25lIn0.e30.");
        using var expired = _host.Client(_host.Ticket("t", Role.Teacher, lifetime: TimeSpan.FromMinutes(-1)));
        foreach (var door in (string[])["/whip/math", "/whep/math"])
        {
            using var missing = await nobody.PostAsync(door, Offer());
            Assert.Equal("Bearer realm=\"streaming\"", missing.Headers.WwwAuthenticate.Single().ToString());
            await RefusedAsync(missing, HttpStatusCode.Unauthorized, HubErrors.TicketMissing);
            using var invalid = await foreign.PostAsync(door, Offer());
            Assert.Contains("invalid_token", invalid.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
            await RefusedAsync(invalid, HttpStatusCode.Unauthorized, HubErrors.TicketInvalid);
            using var late = await expired.PostAsync(door, Offer());
            await RefusedAsync(late, HttpStatusCode.Unauthorized, HubErrors.TicketExpired);
        }

        using var deleting = await nobody.DeleteAsync("/whip/math/x");
        await RefusedAsync(deleting, HttpStatusCode.Unauthorized, HubErrors.TicketMissing);
    }

    [Theory]
    [InlineData(Role.Student, "/whip/math", HttpStatusCode.Forbidden, HubErrors.TeacherOnly)]
    [InlineData(Role.Inspector, "/whip/math", HttpStatusCode.Forbidden, HubErrors.TeacherOnly)]
    [InlineData(Role.Teacher, "/whip/art", HttpStatusCode.Forbidden, HubErrors.WrongClass)]
    [InlineData(Role.Student, "/whep/art", HttpStatusCode.Forbidden, HubErrors.WrongClass)]
    [InlineData(Role.Teacher, "/whip/..%20x", HttpStatusCode.NotFound, HubErrors.ClassNotFound)]
    [InlineData(Role.Student, "/whep/-math", HttpStatusCode.NotFound, HubErrors.ClassNotFound)]
    public async Task WhoMayNotEnterIsToldWhy(Role role, string door, HttpStatusCode status, string code)
    {
        using var client = _host.Client(_host.Ticket("m", role));
        using var response = await client.PostAsync(door, Offer());
        await RefusedAsync(response, status, code);
    }

    [Fact]
    public async Task BrokenOffersAreRefused()
    {
        using var client = _host.Client(_host.Ticket("t", Role.Teacher));
        using var json = await client.PostAsync("/whip/math", new StringContent("v=0", Encoding.UTF8, "application/json"));
        await RefusedAsync(json, HttpStatusCode.UnsupportedMediaType, "media_type_unsupported");
        using var bare = await client.PostAsync("/whip/math", null);
        await RefusedAsync(bare, HttpStatusCode.UnsupportedMediaType, "media_type_unsupported");
        using var empty = await client.PostAsync("/whip/math", Offer(""));
        await RefusedAsync(empty, HttpStatusCode.BadRequest, HubErrors.SdpInvalid);
        using var huge = await client.PostAsync("/whip/math", Offer(new string('v', MediaOffer.MaxSdpLength + 1)));
        await RefusedAsync(huge, HttpStatusCode.RequestEntityTooLarge, HubErrors.SdpTooLarge);
        using var codec = await client.PostAsync("/whip/math", Offer("refuse"));
        await RefusedAsync(codec, HttpStatusCode.UnprocessableEntity, HubErrors.NoCommonCodec);
        using var failing = await client.PostAsync("/whip/math", Offer("throw"));
        await RefusedAsync(failing, HttpStatusCode.InternalServerError, HubErrors.ServerError);

        Assert.Empty(_host.Gateway.Open);
        await using var student = await _host.JoinAsync("s", Role.Student);
        var snapshot = await student.InvokeAsync<ClassroomSnapshot>("Snapshot");
        Assert.Equal((1, LessonPhase.Waiting), (snapshot.Version, snapshot.Lesson.Phase));
    }

    [Fact]
    public async Task AnotherTeacherIsAConflict()
    {
        await using var first = await _host.JoinAsync("t1", Role.Teacher);
        using var second = _host.Client(_host.Ticket("t2", Role.Teacher));
        using var response = await second.PostAsync("/whip/math", Offer());
        await RefusedAsync(response, HttpStatusCode.Conflict, HubErrors.TeacherPresent);
    }

    [Fact]
    public async Task SessionsAreDeletedByTheirOwnMembersOnly()
    {
        using var tv = _host.Client(_host.Ticket("tv", Role.Student));
        using var other = _host.Client(_host.Ticket("other", Role.Student));
        using var opened = await tv.PostAsync("/whep/math", Offer());
        using var foreign = await other.DeleteAsync(opened.Headers.Location);
        await RefusedAsync(foreign, HttpStatusCode.NotFound, HubErrors.SessionNotFound);
        using var wrongDoor = await tv.DeleteAsync(opened.Headers.Location!.ToString().Replace("whep", "whip", StringComparison.Ordinal));
        await RefusedAsync(wrongDoor, HttpStatusCode.NotFound, HubErrors.SessionNotFound);
        Assert.Single(_host.Gateway.Open);
    }

    [Fact]
    public async Task ThereIsNothingToPatch()
    {
        using var client = _host.Client(_host.Ticket("t", Role.Teacher));
        using var patch = await client.PatchAsync("/whip/math/0", Offer());
        Assert.Contains("DELETE", patch.Content.Headers.Allow);
        await RefusedAsync(patch, HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        using var get = await client.GetAsync("/whip/math");
        Assert.Contains("POST", get.Content.Headers.Allow);
        await RefusedAsync(get, HttpStatusCode.MethodNotAllowed, "method_not_allowed");
    }

    [Fact]
    public async Task OptionsSayWhatCanBePosted()
    {
        using var client = _host.Client();
        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/whip/math"));

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("application/sdp", response.Headers.GetValues("Accept-Post").Single());
    }

    [Theory]
    [InlineData(Origin, true)]
    [InlineData("https://evil.example.org", false)]
    public async Task OtherSitesPagesMayComeInWhenTheOperatorSaysSo(string origin, bool allowed)
    {
        using var client = _host.Client(_host.Ticket("t", Role.Teacher));
        using var asking = new HttpRequestMessage(HttpMethod.Options, "/whip/math")
        {
            Headers = { { "Origin", origin }, { "Access-Control-Request-Method", "POST" }, { "Access-Control-Request-Headers", "authorization,content-encoding,content-type" } },
        };
        using var preflight = await client.SendAsync(asking);
        using var posting = new HttpRequestMessage(HttpMethod.Post, "/whip/math") { Content = Offer(), Headers = { { "Origin", origin } } };
        using var posted = await client.SendAsync(posting);

        Assert.Equal(allowed, preflight.Headers.TryGetValues("Access-Control-Allow-Origin", out _));
        Assert.Equal(allowed, preflight.Headers.TryGetValues("Access-Control-Allow-Headers", out var headers) && headers.Single().Contains("Content-Encoding", StringComparison.Ordinal));
        Assert.Equal(allowed, posted.Headers.TryGetValues("Access-Control-Allow-Origin", out _));
        Assert.Equal(allowed, posted.Headers.TryGetValues("Access-Control-Expose-Headers", out var exposed) && exposed.Single().Contains("Location", StringComparison.Ordinal));
    }

    private static ByteArrayContent Packed(byte[] bytes, string coding = "gzip")
    {
        var content = new ByteArrayContent(bytes) { Headers = { ContentType = new("application/sdp") } };
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        return content;
    }

    private static StringContent Offer(string sdp = "v=0 offer")
    {
        var content = new StringContent(sdp, Encoding.UTF8);
        content.Headers.ContentType = new("application/sdp");
        return content;
    }

    private static async Task<string> RefusedAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var problem = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal((status, code), (response.StatusCode, problem["code"]!.GetValue<string>()));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal((int)status, problem["status"]!.GetValue<int>());
        var detail = problem["detail"]!.GetValue<string>();
        Assert.NotEmpty(detail);
        return detail;
    }
}
