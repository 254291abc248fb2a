using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Streaming.Contracts;
using Streaming.Server.Http;
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

        string[] scripts = [.. Regex.Matches(html, "<script>(.*?)</script>", RegexOptions.Singleline).Select(match => match.Groups[1].Value)];
        var style = Assert.Single(Regex.Matches(html, "<style>(.*?)</style>", RegexOptions.Singleline)).Groups[1].Value;
        Assert.Collection(scripts, opening => Assert.Contains("streamingOpening = ", opening, StringComparison.Ordinal), loading => Assert.Contains("streamingLoading = ", loading, StringComparison.Ordinal));
        Assert.DoesNotMatch("(opening|loading)\\.(js|css)\"", html);
        Assert.EndsWith(
            $"script-src 'self' {HashOf(scripts[0])} {HashOf(scripts[1])}; style-src 'self' {HashOf(style)}",
            response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);

        static string HashOf(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
    }

    [Theory]
    [InlineData("/class/math", "js/class.js")]
    [InlineData("/attendance/math", "js/attendance/page.js")]
    [InlineData("/", "js/home.js")]
    public async Task WhatAPageNamesMayBeKeptForEver(string page, string module)
    {
        using var client = _host.Client();
        client.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");
        var html = await PlainAsync(client, page);
        var names = Regex.Matches(html, "(?:src|href)=\"(/[^\"]+)\"").Select(match => match.Groups[1].Value).ToList();
        var version = Regex.Match(names[0], "^/page/[0-9a-f]{16}/").Value;
        Assert.Contains(version + module, names);
        foreach (var name in names)
        {
            Assert.StartsWith(version, name, StringComparison.Ordinal);
            using var file = await client.GetAsync(name);
            Assert.Equal((HttpStatusCode.OK, "public, max-age=31536000, immutable"), (file.StatusCode, $"{file.Headers.CacheControl}"));
            Assert.Equal(["gzip"], file.Content.Headers.ContentEncoding);
            Assert.Equal(name.EndsWith(".svg", StringComparison.Ordinal), file.Headers.Contains("Content-Security-Policy"));   // a picture can be opened as a document
        }
    }

    [Fact]
    public async Task AFileOfAnotherVersionIsTheOneOfNowAndNotKept()
    {
        using var client = _host.Client();
        using var file = await client.GetAsync("/page/0123456789abcdef/js/reconnect.js");
        Assert.Equal((HttpStatusCode.OK, "no-cache"), (file.StatusCode, $"{file.Headers.CacheControl}"));
        Assert.Contains("export function delayBefore", await file.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var asked = new HttpRequestMessage(HttpMethod.Get, "/page/0123456789abcdef/js/reconnect.js");
        asked.Headers.IfNoneMatch.Add(file.Headers.ETag!);
        using var known = await client.SendAsync(asked);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);

        using var missing = await client.GetAsync("/page/0123456789abcdef/js/no-such-thing.js");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        using var outside = await client.GetAsync("/page/0123456789abcdef/..%2F..%2Fappsettings.json");   // a plain one the client itself would shorten
        Assert.StartsWith("/page/", outside.RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
    }

    [Fact]
    public async Task ABrowserThatHasThePageIsToldSo()
    {
        using var client = _host.Client();
        using var first = await client.GetAsync("/class/math");
        Assert.Equal("no-cache", $"{first.Headers.CacheControl}");
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/class/art");   // the page is the same for every class
        asked.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var again = await client.SendAsync(asked);
        Assert.Equal((HttpStatusCode.NotModified, 0), (again.StatusCode, (await again.Content.ReadAsByteArrayAsync()).Length));
    }

    [Fact]
    public async Task TheFirstVisitorFindsEveryFileCompressed()
    {
        var files = _host.Get<PageFiles>();
        Assert.DoesNotContain(files.Current.All, file => file.IsReady && file.Content.Length > 1_000);
        using var warming = new PageWarming(files, _host.Get<ClassPage>());
        await warming.StartAsync(CancellationToken.None);
        await warming.ExecuteTask!;
        Assert.All(files.Current.All, file => Assert.True(file.IsReady));
    }

    [Fact]
    public async Task ATagIsTheSameForAllEncodingsAndSaysSo()
    {
        using var client = _host.Client();
        using var plain = await client.GetAsync("/page/now/css/base.css");
        client.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");
        using var packed = await client.GetAsync("/page/now/css/base.css");
        Assert.True(plain.Headers.ETag!.IsWeak);
        Assert.Equal(plain.Headers.ETag, packed.Headers.ETag);
    }

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip, br;q=0", "gzip")]
    [InlineData("deflate", null)]
    [InlineData("", null)]
    public async Task AFileTravelsInTheBestFormThatIsTaken(string accepted, string? encoding)
    {
        using var client = _host.Client();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", accepted);
        using var response = await client.GetAsync("/page/now/css/base.css");
        var body = await response.Content.ReadAsStreamAsync();
        await using var plain = encoding switch { "br" => new BrotliStream(body, CompressionMode.Decompress), "gzip" => new GZipStream(body, CompressionMode.Decompress), _ => body };
        Assert.Equal(encoding, response.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal("Accept-Encoding", response.Headers.Vary.Single());
        Assert.Contains(".spinner", await new StreamReader(plain).ReadToEndAsync(), StringComparison.Ordinal);
    }

    private static async Task<string> PlainAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        var body = await response.Content.ReadAsStreamAsync();
        await using var plain = response.Content.Headers.ContentEncoding.Contains("gzip") ? new GZipStream(body, CompressionMode.Decompress) : body;
        return await new StreamReader(plain).ReadToEndAsync();
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
