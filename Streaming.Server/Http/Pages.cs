using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;
using Streaming.Contracts;
using Streaming.Server.Placement;

namespace Streaming.Server.Http;

/// <summary>The pages and their files, and the headers that keep them safe.</summary>
internal static class Pages
{
    private const string ConnectSource = "connect-src 'self'";

    private const string ContentSecurityPolicy =
        $"default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; {ConnectSource}; object-src 'none'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; script-src 'self'";

    private const string PermissionsPolicy =
        "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()";

    /// <summary>What is worth compressing: text of ours, and nothing that holds a secret beside something that a stranger chose.</summary>
    public static readonly string[] CompressedTypes =
        ["text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/manifest+json"];

    public static void UsePages(this WebApplication app)
    {
        app.Use(SecureAsync);
        app.UseResponseCompression();
        app.UseStaticFiles(new StaticFileOptions
        {
            // Names carry no version: ask each time, and be answered 304.
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
        });
    }

    public static void MapPages(this WebApplication app)
    {
        app.MapGet("/", context => SendAsync(context, "index.html")).AllowAnonymous();
        app.MapGet("/class/{id}", SendClassAsync).AllowAnonymous();
        app.MapGet("/attendance/{id}", (HttpContext context, string id) =>
            Ids.IsValid(id) ? SendAsync(context, "attendance.html") : Problems.WriteAsync(context, Refusal.ClassNotFound)).AllowAnonymous();
    }

    /// <summary>
    /// The policy of every page, which lets the script with this hash run besides the files of our own origin, and lets the page follow its class to
    /// the other servers of its city.
    /// </summary>
    public static string PolicyWith(string scriptHash, IEnumerable<string> nodes) =>
        $"{ContentSecurityPolicy.Replace(ConnectSource, string.Join(' ', nodes.SelectMany(Origins).Distinct().Prepend(ConnectSource)), StringComparison.Ordinal)} {scriptHash}";

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

    private static Task SecureAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = PermissionsPolicy;
        return next(context);
    }

    private static async Task SendAsync(HttpContext context, string page)
    {
        var file = context.RequestServices.GetRequiredService<IWebHostEnvironment>().WebRootFileProvider.GetFileInfo(page);
        if (!file.Exists)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.Headers[HeaderNames.CacheControl] = "no-cache";
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.SendFileAsync(file);
    }
}
