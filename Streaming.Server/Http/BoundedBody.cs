namespace Streaming.Server.Http;

/// <summary>Reads request bodies that have a longest size.</summary>
internal static class BoundedBody
{
    /// <summary>The body; null when it has more than <paramref name="limit"/> bytes.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int limit)
    {
        if (request.ContentLength > limit)
        {
            return null;
        }

        var buffer = new byte[limit + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        return length > limit ? null : buffer[..length];
    }
}
