using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Streaming.Server.Placement;

namespace Streaming.Server.Http;

/// <summary>The page of a class with its opening, scripts and style, written into it.</summary>
/// <remarks>
/// The first script makes the connection that brings the first sound and picture. In the page itself it runs one round trip earlier than a file of its
/// own would, which is half a second on a weak link; the style is the stage's that they come into. The page's policy names the hash of each, so no other
/// inline script runs.
/// </remarks>
internal sealed partial class ClassPage(IWebHostEnvironment environment, PageFiles files, NodeDirectory nodes)
{
    private const string Page = "class.html";

    private readonly Lock _making = new();
    private Made? _made;

    /// <summary>Makes the page as it travels, before anybody asks.</summary>
    public void MakeReady() => Make().File.MakeReady();

    /// <summary>Sends the page; made again when it, or any of its files, has changed.</summary>
    public Task SendAsync(HttpContext context)
    {
        var made = Make();
        context.Response.Headers.ContentSecurityPolicy = PageHeaders.PolicyWith(made.Scripts, made.Styles, nodes.Urls);
        return made.File.SendAsync(context, "no-cache");
    }

    // Outside of the template for the rest of the page; what is in there is a module, or has another attribute, or comes later.
    [GeneratedRegex("""<script src="/(js/[^"]+)"></script>""")]
    private static partial Regex ScriptReference { get; }

    [GeneratedRegex("""<link rel="stylesheet" href="/(css/opening[^"]*)">""")]
    private static partial Regex StyleReference { get; }

    private Made Make()
    {
        var now = files.Current;
        var page = environment.WebRootFileProvider.GetFileInfo(Page);
        lock (_making)
        {
            if (_made is { } made && made.Of == now && made.PageTime == page.LastModified)
            {
                return made;
            }

            var (scripts, styles) = (new List<string>(), new List<string>());
            var html = TakeIn(PageFiles.ReadText(page), ScriptReference, "script", now, scripts);
            html = TakeIn(html, StyleReference, "style", now, styles);
            var file = new StoredFile("text/html; charset=utf-8", Encoding.UTF8.GetBytes(now.Name(html)));
            return _made = new Made(file, scripts, styles, now, page.LastModified);
        }
    }

    private static string TakeIn(string html, Regex reference, string element, PageFileSet files, List<string> hashes) => reference.Replace(html, found =>
    {
        var path = found.Groups[1].Value;
        var text = files.TryGet(path, out var file)
            ? Encoding.UTF8.GetString(file!.Content.Span)
            : throw new InvalidOperationException($"{Page} names {path}, which is not there.");
        if (text.Contains($"</{element}", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException($"{path} is written into {Page} and must hold no end of a {element} element.");
        }

        if (files.Name(text) != text)
        {
            throw new InvalidOperationException($"{path} is written into {Page} and must name no file as a page does, for then its hash would be another one.");
        }

        hashes.Add(Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        return $"<{element}>{text}</{element}>";
    });

    private sealed record Made(StoredFile File, IReadOnlyList<string> Scripts, IReadOnlyList<string> Styles, PageFileSet Of, DateTimeOffset PageTime);
}
