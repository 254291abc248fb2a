using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Streaming.Contracts;

namespace Streaming.Server.Turn;

/// <summary>
/// Makes credentials for the TURN server that stop opening it after a while: the user name begins with the end of its time, and the password
/// is that name under the secret of both servers (long-term credentials of RFC 8489 §9.2, as coturn's <c>use-auth-secret</c> checks them).
/// </summary>
/// <remarks>Each is somebody else's: the name ends with a random number, never with who it is for. None is ever logged.</remarks>
internal sealed class TurnCredentials(IOptions<StreamingOptions> options, TimeProvider time)
{
    private const int IdBytes = 8;
    private readonly TurnSection _turn = options.Value.Turn;

    /// <summary>Whether there is a TURN server.</summary>
    public bool Exist => _turn.Urls.Length > 0;

    /// <summary>Makes fresh credentials; null when there is no TURN server.</summary>
    public IReadOnlyList<IceServer>? Make()
    {
        if (!Exist)
        {
            return null;
        }

        var until = time.GetUtcNow().AddMinutes(_turn.LifetimeMinutes).ToUnixTimeSeconds();
        var username = string.Create(CultureInfo.InvariantCulture, $"{until}:{RandomNumberGenerator.GetHexString(2 * IdBytes, lowercase: true)}");
        return [new IceServer(_turn.Urls, username, Sign(username))];
    }

    /// <summary>The same for WHIP and WHEP: values of <c>Link</c> headers (RFC 9725 §4.6).</summary>
    public IEnumerable<string> MakeLinks() =>
        from server in Make() ?? []
        from url in server.Urls
        select $"<{url}>; rel=\"ice-server\"; username=\"{server.Username}\"; credential=\"{server.Credential}\"; credential-type=\"password\"";

#pragma warning disable CA5350 // RFC 8489 §9.2 and coturn leave no choice of hash; an HMAC does not suffer from SHA-1's collisions.
    private string Sign(string username) =>
        Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(_turn.Secret!), Encoding.UTF8.GetBytes(username)));
#pragma warning restore CA5350
}
