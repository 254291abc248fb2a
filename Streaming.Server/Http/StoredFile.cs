using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Streaming.Server.Http;

/// <summary>A file as it travels, compressed as far as it goes, once.</summary>
/// <param name="contentType">What it is.</param>
/// <param name="content">All of it; not changed any more.</param>
internal sealed class StoredFile(string contentType, ReadOnlyMemory<byte> content)
{
    // What is smaller gains nothing: the header that says so weighs as much.
    private const int WorthCompressing = 150;

    private readonly string _tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content.Span).AsSpan(0, 8))}\"";
    private readonly Lazy<byte[]> _brotli = new(() => Compress(content, stream => new BrotliStream(stream, CompressionLevel.SmallestSize)));
    private readonly Lazy<byte[]> _gzip = new(() => Compress(content, stream => new GZipStream(stream, CompressionLevel.SmallestSize)));

    /// <summary>The file itself.</summary>
    public ReadOnlyMemory<byte> Content => content;

    /// <summary>Whether it has been compressed, if it is worth that.</summary>
    public bool IsReady => content.Length < WorthCompressing || (_brotli.IsValueCreated && _gzip.IsValueCreated);

    /// <summary>Compresses it, which takes a tenth of a second for the largest.</summary>
    public void MakeReady()
    {
        if (content.Length >= WorthCompressing)
        {
            _ = (_gzip.Value, _brotli.Value);
        }
    }

    /// <summary>Sends it, or says that the client has it already.</summary>
    /// <param name="context">A GET or HEAD.</param>
    /// <param name="caching">The answer's <c>Cache-Control</c>.</param>
    public Task SendAsync(HttpContext context, string caching)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.CacheControl = caching;
        response.Headers.ETag = $"W/{_tag}";   // weak: the same file in three encodings (RFC 9110 §8.8.1)
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (request.Headers.IfNoneMatch.Any(known => known?.Contains(_tag, StringComparison.Ordinal) == true))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        var (body, encoding) = Choose(request);
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (encoding is not null)
        {
            response.Headers.ContentEncoding = encoding;
        }

        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private (ReadOnlyMemory<byte> Body, string? Encoding) Choose(HttpRequest request)
    {
        if (content.Length < WorthCompressing || !StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var accepted))
        {
            return (content, null);
        }

        return Accepts("br") ? (_brotli.Value, "br") : Accepts("gzip") ? (_gzip.Value, "gzip") : (content, null);

        bool Accepts(string encoding) => accepted.Any(one => one.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && one.Quality is not 0);
    }

    private static byte[] Compress(ReadOnlyMemory<byte> content, Func<Stream, Stream> through)
    {
        using var compressed = new MemoryStream();
        using (var stream = through(compressed))
        {
            stream.Write(content.Span);
        }

        return compressed.ToArray();
    }
}
