using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Streaming.Contracts;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Http;

public sealed class PagesTests : IDisposable
{
    private readonly ServerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("/lib/signalr.min.js")]
    [InlineData("/lib/signalr-protocol-msgpack.min.js")]
    public async Task TheBrowsersSignalRClientIsServedAndCompressed(string file)
    {
        using var client = _host.Client();
        client.DefaultRequestHeaders.Add("Accept-Encoding", "br, gzip");
        using var response = await client.GetAsync(file);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/javascript", response.Content.Headers.ContentType?.MediaType);
        Assert.NotEmpty(response.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task EveryAnswerForbidsWhatThePagesDoNotNeed()
    {
        using var client = _host.Client();
        foreach (var path in (string[])["/lib/signalr.min.js", "/healthz/live", "/no-such-thing"])
        {
            using var response = await client.GetAsync(path);
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Contains("camera=(self)", response.Headers.GetValues("Permissions-Policy").Single(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TheClassPageBringsItsOpeningAlongAndLetsNoOtherInlineScriptRun()
    {
        using var client = _host.Client();
        using var response = await client.GetAsync("/class/math");
        var html = await response.Content.ReadAsStringAsync();

        var script = Assert.Single(Regex.Matches(html, "<script>(.*?)</script>", RegexOptions.Singleline)).Groups[1].Value;
        Assert.Contains("streamingOpening", script, StringComparison.Ordinal);
        Assert.DoesNotContain("opening.js\"", html, StringComparison.Ordinal);
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        Assert.EndsWith($"script-src 'self' 'sha256-{hash}'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/class/-x", HubErrors.ClassNotFound)]
    [InlineData("/nothing", "not_found")]
    public async Task WhatIsNotThereIsAProblem(string path, string code)
    {
        using var client = _host.Client();
        using var response = await client.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(code, (await response.Content.ReadFromJsonAsync<JsonNode>())!["code"]!.GetValue<string>());
    }
}
