using System.Security.Cryptography;
using Streaming.Rtc.Ice;

namespace Streaming.Rtc.Net.Tcp;

/// <summary>User fragments that tell which worker has made them: a TCP connection's first check then finds its way without a table.</summary>
/// <remarks>The first two of eight characters have the worker's index in them, and 4 random bits; with the rest 40 bits are random (RFC 8445 §5.3 asks for 24).</remarks>
internal static class WorkerFragment
{
    private const int Workers = 256;
    private const int Letters = 64;
    private const int Salts = Letters * Letters / Workers;

    /// <summary>Makes fresh credentials.</summary>
    /// <param name="worker">The worker's index, 0–255.</param>
    public static IceCredentials Generate(int worker)
    {
        var fresh = IceCredentials.Generate();
        var tag = (RandomNumberGenerator.GetInt32(Salts) * Workers) + worker;
        return fresh with { Ufrag = $"{IceCredentials.Alphabet[tag / Letters]}{IceCredentials.Alphabet[tag % Letters]}{fresh.Ufrag[2..]}" };
    }

    /// <summary>Reads the index.</summary>
    /// <param name="fragment">Whatever came.</param>
    /// <param name="worker">0–255, also of a fragment that we never made.</param>
    public static bool TryRead(ReadOnlySpan<byte> fragment, out int worker)
    {
        worker = 0;
        if (fragment.Length < 2 || IceCredentials.Alphabet.IndexOf((char)fragment[0]) is not (>= 0 and var high)
            || IceCredentials.Alphabet.IndexOf((char)fragment[1]) is not (>= 0 and var low))
        {
            return false;
        }

        worker = ((high * Letters) + low) % Workers;
        return true;
    }
}
