using System.IO.Compression;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace Streaming.Server.Http;

/// <summary>What every HTTP answer goes through.</summary>
internal static class HttpServices
{
    private const int MaxRequestBody = 256 * 1_024;

    public static void AddHttp(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBody;
        });

        // Without this, only a published server, or one in Development, would find wwwroot.
        builder.WebHost.UseStaticWebAssets();
        builder.Services.AddSingleton<PageFiles>();
        builder.Services.AddSingleton<ClassPage>();
        builder.Services.AddHostedService<PageWarming>();
        builder.Services.AddRequestDecompression(offers =>
        {
            // Browsers pack by gzip and deflate alone, and a broken Brotli body is told as a fault of ours.
            offers.DecompressionProviders.Remove("br");
            offers.DecompressionProviders.Remove("deflate");
        });
        builder.Services.AddCors();
        builder.Services.AddSingleton<IConfigureOptions<CorsOptions>, CorsSetup>();
        builder.Services.AddResponseCompression(compression =>
        {
            compression.EnableForHttps = true;
            compression.MimeTypes = Pages.CompressedTypes;
        });

        // The fastest level, the default, leaves a whole page a third larger and is hardly cheaper here; a weak link takes a second for 8 kB.
        builder.Services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Optimal);
        builder.Services.Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = CompressionLevel.Optimal);
    }
}
