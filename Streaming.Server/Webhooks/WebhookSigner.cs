using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Streaming.Server.Webhooks;

/// <summary>Signs what is posted as Standard Webhooks 1.0.0 has it: HMAC SHA-256 of <c>id.timestamp.body</c>, in base64 behind <c>v1,</c>.</summary>
/// <param name="keys">Every one of them signs; a receiver has one.</param>
internal sealed class WebhookSigner(IReadOnlyList<byte[]> keys)
{
    /// <summary>The value of <c>webhook-signature</c>: one signature a key, with spaces between them.</summary>
    /// <param name="id">The value of <c>webhook-id</c>.</param>
    /// <param name="timestamp">The value of <c>webhook-timestamp</c>: when it is sent, in seconds since 1970.</param>
    /// <param name="body">The bytes of the body.</param>
    public string Sign(string id, long timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")), .. body];
        return string.Join(' ', keys.Select(key => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, signed))}"));
    }
}
