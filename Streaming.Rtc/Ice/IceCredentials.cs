using System.Security.Cryptography;

namespace Streaming.Rtc.Ice;

/// <summary>A user fragment and password (RFC 8445 §5.3).</summary>
/// <param name="Ufrag">4–256 characters of ALPHA / DIGIT / "+" / "/".</param>
/// <param name="Password">22–256 characters of the same alphabet.</param>
public sealed record IceCredentials(string Ufrag, string Password)
{
    /// <summary>The characters of both: ice-char (RFC 8839 §5.4).</summary>
    internal const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>Makes fresh credentials: 48 bits in the fragment, 144 in the password.</summary>
    public static IceCredentials Generate() =>
        new(RandomNumberGenerator.GetString(Alphabet, 8), RandomNumberGenerator.GetString(Alphabet, 24));
}
