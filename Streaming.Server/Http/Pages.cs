using Microsoft.Net.Http.Headers;
using Streaming.Contracts;
using Streaming.Server.Placement;

namespace Streaming.Server.Http;

/// <summary>Where the pages and their files are.</summary>
internal static class Pages
{
    private static readonly PathString[] MediaDoors = ["/whip", "/whep"];

    /// <summary>
    /// What is worth compressing as it is sent: text of ours, and nothing that holds a secret beside something that a stranger chose. Descriptions of
    /// connections hold both, but only whoever has the ticket is sent one, and a browser adds no ticket to what a stranger's page asks for.
    /// </summary>
    public static readonly string[] CompressedTypes =
        ["text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/manifest+json", "application/sdp"];

    public static void UsePages(this WebApplication app)
    {
        app.Use(PageHeaders.SecureAsync);
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
