using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;
using Streaming.Server.Placement;

namespace Streaming.Server.Http;

/// <summary>The page of a class with its opening script written into it.</summary>
/// <remarks>
/// The script makes the connection that brings the first picture. In the page itself it runs one round trip earlier than a file of its own
/// would, which is half a second on a weak link. The page's policy names its hash, so no other inline script runs.
/// </remarks>
internal sealed class ClassPage(IWebHostEnvironment environment, NodeDirectory nodes)
{
    private const string Page = "class.html";
    private const string Script = "js/opening.js";
    private const string Reference = $"<script src=\"/{Script}\"></script>";

    private readonly Lock _making = new();
    private Made? _made;

    /// <summary>Sends the page; made again when one of its two files has changed.</summary>
    public Task SendAsync(HttpContext context)
    {
        var made = Make();
        var headers = context.Response.Headers;
        headers[HeaderNames.CacheControl] = "no-cache";
        headers.ContentSecurityPolicy = Pages.PolicyWith($"'sha256-{made.Hash}'", nodes.Urls);
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.Body.WriteAsync(made.Html, context.RequestAborted).AsTask();
    }

    private Made Make()
    {
        var files = environment.WebRootFileProvider;
        var (page, script) = (files.GetFileInfo(Page), files.GetFileInfo(Script));
        lock (_making)
        {
            if (_made is { } made && made.PageTime == page.LastModified && made.ScriptTime == script.LastModified)
            {
                return made;
            }

            var (html, code) = (Read(page), Read(script));
            if (!html.Contains(Reference, StringComparison.Ordinal) || code.Contains("</script", StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidOperationException($"{Page} must hold {Reference} once, and {Script} no end of a script element.");
            }

            var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(code)));
            var whole = Encoding.UTF8.GetBytes(html.Replace(Reference, $"<script>{code}</script>", StringComparison.Ordinal));
            return _made = new Made(whole, hash, page.LastModified, script.LastModified);
        }
    }

    // A browser hashes what it has parsed, and parsing turns CR LF into LF: a checkout on Windows must serve the same page.
    private static string Read(IFileInfo file)
    {
        using var reader = new StreamReader(file.CreateReadStream(), Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private sealed record Made(ReadOnlyMemory<byte> Html, string Hash, DateTimeOffset PageTime, DateTimeOffset ScriptTime);
}
