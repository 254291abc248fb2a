using Microsoft.Net.Http.Headers;

namespace Streaming.Server.Http;

/// <summary>The headers that keep the pages safe.</summary>
internal static class PageHeaders
{
    private const string ConnectSource = "connect-src 'self'";

    private const string ContentSecurityPolicy =
        $"default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; {ConnectSource}; object-src 'none'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; script-src 'self'";

    private const string ReferrerPolicyHeader = "Referrer-Policy";
    private const string PermissionsPolicyHeader = "Permissions-Policy";

    private const string PermissionsPolicy =
        "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()";

    /// <summary>Sends them with every answer.</summary>
    public static Task SecureAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers[ReferrerPolicyHeader] = "no-referrer";
        headers[PermissionsPolicyHeader] = PermissionsPolicy;
        return next(context);
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
}
