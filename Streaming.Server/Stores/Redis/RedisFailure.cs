using System.Net.Sockets;
using StackExchange.Redis;

namespace Streaming.Server.Stores.Redis;

/// <summary>What can go wrong with Redis, told apart.</summary>
internal static class RedisFailure
{
    /// <summary>Whether the connection believes in a master that is none any more: a new connection finds the new one.</summary>
    public static bool IsLostMaster(Exception failure) =>
        failure.Message.Contains("issued to a slave", StringComparison.Ordinal) || failure.Message.Contains("READONLY", StringComparison.Ordinal);

    /// <summary>What is wrong, in words that everybody may read: no address, no key, no password.</summary>
    public static string Describe(Exception failure) => failure switch
    {
        _ when IsLostMaster(failure) => "the server is no longer the master.",
        TimeoutException => "it does not answer.",
        RedisServerException refusal when Code(refusal.Message) is { } code => $"it refuses: {code}.",
        RedisConnectionException or SocketException or IOException => "it cannot be reached.",
        _ => "it cannot be used; the log says why.",
    };

    // The first word of an error, in capitals, is a code; what stands behind it may name keys.
    private static string? Code(string message)
    {
        var word = message.Split(' ', 2)[0];
        return word.Length > 2 && word.All(char.IsAsciiLetterUpper) ? word : null;
    }
}
