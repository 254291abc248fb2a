using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Streaming.Server.Placement;

namespace Streaming.Server.Http;

/// <summary>
/// Which other sites' pages may use WHIP, WHEP, the API and the hub: those of <c>Cors:Origins</c>, by default none, and the pages of the other
/// servers of the same city, which follow their class here.
/// </summary>
/// <remarks>No cookies are involved anywhere: a ticket in a header is all that opens a door.</remarks>
internal sealed class CorsSetup(IOptions<StreamingOptions> options, NodeDirectory nodes) : IConfigureOptions<CorsOptions>
{
    public const string Policy = "Doors";

    public void Configure(CorsOptions cors) => cors.AddPolicy(Policy, policy =>
    {
        policy.WithMethods(HttpMethods.Post, HttpMethods.Delete, HttpMethods.Get)
            .WithHeaders(HeaderNames.Authorization, HeaderNames.ContentType, HeaderNames.ContentEncoding, HeaderNames.IfMatch, "X-Requested-With", "X-SignalR-User-Agent")
            .WithExposedHeaders(HeaderNames.Location, HeaderNames.ETag, HeaderNames.Link, HeaderNames.WWWAuthenticate)
            .SetPreflightMaxAge(TimeSpan.FromMinutes(10));
        if (options.Value.Cors.Origins is ["*"])
        {
            policy.AllowAnyOrigin();
        }
        else
        {
            policy.SetIsOriginAllowed(origin => options.Value.Cors.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase) || IsOurs(origin));
        }
    });

    private bool IsOurs(string origin) =>
        nodes.Live.Select(node => node.Url).Append(options.Value.PublicUrl).OfType<string>().Any(url =>
            Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && string.Equals(uri.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase));
}
