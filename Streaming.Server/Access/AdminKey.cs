using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using Streaming.Server.Http;

namespace Streaming.Server.Access;

/// <summary>The check of the admin key, which a school's own systems send.</summary>
internal static class AdminKey
{
    /// <summary>What <c>WWW-Authenticate</c> says at a door that wants the key.</summary>
    public const string Challenge = "Bearer realm=\"streaming-admin\"";

    /// <summary>Why the request has not the key; null when it has.</summary>
    public static Refusal? Check(HttpRequest request, DataDirectory data)
    {
        if (BearerToken.Of(request) is not { } key)
        {
            return new Refusal(ProblemCodes.AdminKeyMissing, "Send the admin key: Authorization: Bearer <content of keys/admin.key>.");
        }

        // Hashed first: comparing takes the same time whatever was sent, its length included.
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        return CryptographicOperations.FixedTimeEquals(given, SHA256.HashData(Encoding.UTF8.GetBytes(data.AdminKey)))
            ? null
            : new Refusal(ProblemCodes.AdminKeyInvalid, "This is not the admin key.");
    }

    /// <summary>Answers a request that has not the key.</summary>
    public static Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        context.Response.Headers[HeaderNames.WWWAuthenticate] = Challenge;
        return Problems.WriteAsync(context, StatusCodes.Status401Unauthorized, refusal);
    }
}
