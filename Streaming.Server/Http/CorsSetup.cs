using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Streaming.Server.Http;

/// <summary>Which other sites' pages may use WHIP, WHEP and the API: those of <c>Cors:Origins</c>, by default none.</summary>
/// <remarks>No cookies are involved anywhere: a ticket in a header is all that opens a door.</remarks>
internal sealed class CorsSetup(IOptions<StreamingOptions> options) : IConfigureOptions<CorsOptions>
{
    public const string Policy = "Doors";

    public void Configure(CorsOptions cors) => cors.AddPolicy(Policy, policy =>
    {
        policy.WithMethods(HttpMethods.Post, HttpMethods.Delete, HttpMethods.Get)
            .WithHeaders(HeaderNames.Authorization, HeaderNames.ContentType, HeaderNames.IfMatch)
            .WithExposedHeaders(HeaderNames.Location, HeaderNames.ETag, HeaderNames.Link, HeaderNames.WWWAuthenticate)
            .SetPreflightMaxAge(TimeSpan.FromMinutes(10));
        if (options.Value.Cors.Origins is ["*"])
        {
            policy.AllowAnyOrigin();
        }
        else
        {
            policy.WithOrigins([.. options.Value.Cors.Origins]);
        }
    });
}
