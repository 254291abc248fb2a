using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Access;

public sealed class TicketEndpointTests : IDisposable
{
    private readonly ServerHost _host = new(("PublicUrl", "https://live.example.org/"));

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task TheAdminKeyMakesTicketsThatOpenTheClass()
    {
        using var client = _host.Client(_host.Get<DataDirectory>().AdminKey);

        using var response = await client.PostAsJsonAsync(
            "/api/tickets", new { @class = "math", member = "s-1", name = "小明", role = "student", lifetime = 60 });

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        var issued = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
        var ticket = issued["ticket"]!.GetValue<string>();
        Assert.Equal($"https://live.example.org/class/math#ticket={ticket}", issued["url"]!.GetValue<string>());
        Assert.InRange(issued["expiresAt"]!.GetValue<DateTimeOffset>() - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(58), TimeSpan.FromMinutes(60));
        var (read, _) = await _host.Get<JoinTicketValidator>().ValidateAsync(ticket);
        Assert.Equal(new Identity("s-1", "小明", Role.Student, "math"), read!.Who);
    }

    [Theory]
    [InlineData(null, "admin_key_missing")]
    [InlineData("", "admin_key_missing")]
    [InlineData("guess", "admin_key_invalid")]
    public async Task WithoutTheAdminKeyThereIsNone(string? key, string code)
    {
        using var client = _host.Client(string.IsNullOrEmpty(key) ? null : key);
        using var response = await client.PostAsJsonAsync("/api/tickets", new { });

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal(code, await CodeAsync(response));
    }

    [Theory]
    [InlineData("{}", "class,member,name,role")]
    [InlineData("""{"class":"a b","member":"s","name":"n","role":"student"}""", "class")]
    [InlineData("""{"class":"a","member":"","name":"n","role":"headmaster","lifetime":0}""", "lifetime,member,role")]
    [InlineData("""{"class":"a","member":"s","name":"n","role":"student","lifetime":10081}""", "lifetime")]
    [InlineData("""{"class":"a","member":"s","name":"n","role":"student","lifetime":"long"}""", "lifetime")]
    [InlineData("""{"class":7,"member":"s","name":"n","role":"student"}""", "class")]
    [InlineData("not json", "body")]
    [InlineData("", "body")]
    [InlineData("null", "")]
    public async Task EachWrongFieldIsNamed(string body, string fields)
    {
        using var client = _host.Client(_host.Get<DataDirectory>().AdminKey);
        using var response = await client.PostAsync("/api/tickets", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(HubErrors.BadRequest, problem["code"]!.GetValue<string>());
        Assert.Equal(fields, string.Join(',', problem["errors"]!.AsObject().Select(error => error.Key).Order()));
    }

    [Fact]
    public async Task AHugeBodyIsRefused()
    {
        using var client = _host.Client(_host.Get<DataDirectory>().AdminKey);
        using var response = await client.PostAsJsonAsync("/api/tickets", new { name = new string('x', 100_000) });
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task ATicketInTheAddressOpensTheHubOnly()
    {
        var ticket = _host.Ticket("t", Role.Teacher);
        using var client = _host.Client();
        using var hub = await client.PostAsync($"{IClassroomHub.Path}/negotiate?negotiateVersion=1&access_token={ticket}", null);
        using var whip = await client.PostAsync($"/whip/math?access_token={ticket}", new StringContent("v=0", Encoding.UTF8, "application/sdp"));

        Assert.Equal(HttpStatusCode.OK, hub.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, whip.StatusCode);
    }

    private static async Task<string> CodeAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!["code"]!.GetValue<string>();
    }
}
