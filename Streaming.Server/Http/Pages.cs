using Microsoft.Net.Http.Headers;
using Streaming.Contracts;
using Streaming.Server.Placement;

namespace Streaming.Server.Http;

/// <summary>The pages and their files, and the headers that keep them safe.</summary>
internal static class Pages
{
    private static readonly PathString[] MediaDoors = ["/whip", "/whep"];

    private const string ConnectSource = "connect-src 'self'";

    private const string ContentSecurityPolicy =
        $"default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; {ConnectSource}; object-src 'none'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; script-src 'self'";

    private const string ReferrerPolicyHeader = "Referrer-Policy";
    private const string PermissionsPolicyHeader = "Permissions-Policy";

    private const string PermissionsPolicy =
        "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()";

    /// <summary>
    /// What is worth compressing as it is sent: text of ours, and nothing that holds a secret beside something that a stranger chose. Descriptions of
    /// connections hold both, but only whoever has the ticket is sent one, and a browser adds no ticket to what a stranger's page asks for.
    /// </summary>
    public static readonly string[] CompressedTypes =
        ["text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/manifest+json", "application/sdp"];

    public static void UsePages(this WebApplication app)
    {
        app.Use(SecureAsync);
        app.UseResponseCompression();
        app.UseWhen(
            context => MediaDoors.Any(door => context.Request.Path.StartsWithSegments(door)),
            doors => doors.UseRequestDecompression());
        app.UseStaticFiles(new StaticFileOptions
        {
            // These names carry no version: ask each time, and be answered 304. Pages name their files by PageFiles.
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
        });
    }

    public static void MapPages(this WebApplication app)
    {
        app.MapMethods(
            $"/{PageFiles.Door}/{{version}}/{{**path}}",
            [HttpMethods.Get, HttpMethods.Head],
            (HttpContext context, string version, string path, PageFiles files) => files.SendAsync(context, version, path)).AllowAnonymous();
        app.MapGet("/", context => SendAsync(context, "index.html")).AllowAnonymous();
        app.MapGet("/class/{id}", SendClassAsync).AllowAnonymous();
        app.MapGet("/attendance/{id}", (HttpContext context, string id) =>
            Ids.IsValid(id) ? SendAsync(context, "attendance.html") : Problems.WriteAsync(context, Refusal.ClassNotFound)).AllowAnonymous();
    }

    /// <summary>
    /// The policy of every page, which lets scripts and styles with these hashes (SHA-256, Base64) count besides the files of our own origin, and lets the
    /// page follow its class to the other servers of its city.
    /// </summary>
    public static string PolicyWith(IEnumerable<string> scripts, IEnumerable<string> styles, IEnumerable<string> nodes)
    {
        var reached = string.Join(' ', nodes.SelectMany(Origins).Distinct().Prepend(ConnectSource));
        var policy = ContentSecurityPolicy.Replace(ConnectSource, reached, StringComparison.Ordinal);
        return $"{policy} {Named(scripts)}; style-src 'self' {Named(styles)}";

        static string Named(IEnumerable<string> hashes) => string.Join(' ', hashes.Select(hash => $"'sha256-{hash}'"));
    }

    private static async Task SendClassAsync(HttpContext context, string id, ClassHomes homes, ClassPage page)
    {
        if (!Ids.IsValid(id))
        {
            await Problems.WriteAsync(context, Refusal.ClassNotFound);
        }
        else if (await homes.FindElsewhereAsync(id, context.RequestAborted) is { } url)
        {
            // Browsers keep the fragment, and with it the ticket, over a redirect.
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Redirect($"{url}/class/{id}");
        }
        else
        {
            await page.SendAsync(context);
        }
    }

    // A WebSocket is another scheme, which 'self' covers and an origin does not.
    private static IEnumerable<string> Origins(string url)
    {
        // What another node says of itself must not keep this one's pages from opening.
        if (Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
        {
            var origin = address.GetLeftPart(UriPartial.Authority);
            yield return origin;
            yield return $"ws{origin["http".Length..]}";
        }
    }

    /// <summary>Takes away what says how a document is to behave from what is none: four hundred bytes, for each of forty files.</summary>
    /// <param name="context">The answer.</param>
    /// <param name="path">The file; a picture of vectors can be opened as a document, and keeps its policies.</param>
    public static void LeaveOutPolicies(HttpContext context, string path)
    {
        if (path.EndsWith(".js", StringComparison.Ordinal) || path.EndsWith(".css", StringComparison.Ordinal))
        {
            var headers = context.Response.Headers;
            headers.Remove(HeaderNames.ContentSecurityPolicy);
            headers.Remove(ReferrerPolicyHeader);
            headers.Remove(PermissionsPolicyHeader);
        }
    }

    private static Task SecureAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers[ReferrerPolicyHeader] = "no-referrer";
        headers[PermissionsPolicyHeader] = PermissionsPolicy;
        return next(context);
    }

    private static Task SendAsync(HttpContext context, string page)
    {
        var file = context.RequestServices.GetRequiredService<IWebHostEnvironment>().WebRootFileProvider.GetFileInfo(page);
        if (!file.Exists)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var html = context.RequestServices.GetRequiredService<PageFiles>().Current.Name(PageFiles.ReadText(file));
        context.Response.Headers[HeaderNames.CacheControl] = "no-cache";
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(html, context.RequestAborted);
    }
}
