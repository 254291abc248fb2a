using System.Net;
using System.Net.Security;
using StackExchange.Redis;

namespace Streaming.Server.Stores.Redis;

/// <summary>The door to StackExchange.Redis: one multiplexer, as long as it is good. <see cref="RedisLink"/> puts another in its place.</summary>
/// <remarks>
/// <para>No task of this type ends by itself when the server stands still: whoever awaits one sets a limit.</para>
/// <para>Answers are handed on apart from the package's own loop, which would stand still while a caller's code ran on it.</para>
/// </remarks>
internal sealed class RedisConnection : IDisposable
{
    private readonly ConnectionMultiplexer _multiplexer;
    private readonly IDatabase _database;

    private RedisConnection(ConnectionMultiplexer multiplexer) => (_multiplexer, _database) = (multiplexer, multiplexer.GetDatabase());

    /// <summary>Whether every known server is connected.</summary>
    public bool IsWhole => Array.TrueForAll(_multiplexer.GetEndPoints(), endpoint => _multiplexer.GetServer(endpoint).IsConnected);

    /// <summary>Connects. Fails when no server answers.</summary>
    /// <param name="settings">How.</param>
    /// <param name="endpoints">Where.</param>
    /// <exception cref="StoreUnavailableException">It is known why not: password or certificate.</exception>
    /// <exception cref="Exception">See <see cref="RedisFailure.Describe"/>.</exception>
    public static async Task<RedisConnection> OpenAsync(RedisSettings settings, IEnumerable<EndPoint> endpoints)
    {
        var limit = (int)settings.Timeout.TotalMilliseconds;
        var options = new ConfigurationOptions
        {
            AbortOnConnectFail = true,
            ConnectRetry = 1,
            ConnectTimeout = limit,
            SyncTimeout = limit,
            ResponseTimeout = limit,
            Password = settings.Password,
            Ssl = settings.Tls,
            ClientName = "streaming",
            DefaultVersion = new Version(7, 0),
            TieBreaker = "",             // a key of the package's own, and
            ConfigurationChannel = "",   // a channel: it neither reads nor writes them then
        };
        var isDistrusted = false;
        options.CertificateValidation += (sender, certificate, chain, errors) =>
        {
            var isTrusted = settings.Trust?.Invoke(sender, certificate, chain, errors) ?? errors == SslPolicyErrors.None;
            isDistrusted |= !isTrusted;
            return isTrusted;
        };

        foreach (var endpoint in endpoints)
        {
            options.EndPoints.Add(endpoint);
        }

        // The connecting is in part synchronous.
        try
        {
            return new RedisConnection(await Task.Run(() => ConnectionMultiplexer.ConnectAsync(options)).ConfigureAwait(false));
        }
        catch (RedisConnectionException failure) when (isDistrusted)
        {
            throw new StoreUnavailableException("its certificate is not trusted.", failure);
        }
        catch (RedisConnectionException failure) when (failure.Message.Contains("AuthenticationFailure", StringComparison.Ordinal))
        {
            throw new StoreUnavailableException(
                settings.Password is null ? "it wants a password (Redis:Password)." : "it refuses the password (Redis:Password).", failure);
        }
    }

    /// <summary>Asks every connected master whether it is there.</summary>
    /// <returns>One task a master.</returns>
    public Task[] PingMasters() =>
    [
        .. _multiplexer.GetEndPoints().Select(endpoint => _multiplexer.GetServer(endpoint))
            .Where(server => server.IsConnected && !server.IsSlave)
            .Select(server => server.PingAsync()),
    ];

    /// <summary>Runs a script on the master of the keys' slot.</summary>
    public async Task<RedisReply> EvaluateAsync(string script, string[] keys, string[] values)
    {
        var (redisKeys, redisValues) = (Array.ConvertAll(keys, key => (RedisKey)key), Array.ConvertAll(values, value => (RedisValue)value));
        try
        {
            return await RunAsync().ConfigureAwait(false);
        }
        catch (RedisServerException forgotten) when (forgotten.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // Nothing has run. The package sends a hash, and the text only once it was told that nobody knows the hash any more.
            return await RunAsync().ConfigureAwait(false);
        }

        Task<RedisReply> RunAsync() => AsideAsync(_database.ScriptEvaluateAsync(script, redisKeys, redisValues, CommandFlags.DemandMaster));
    }

    /// <summary>Runs a command of one key on the master of its slot.</summary>
    public Task<RedisReply> CommandAsync(string command, string key, params string[] values) =>
        AsideAsync(_database.ExecuteAsync(command, [(RedisKey)key, .. values], CommandFlags.DemandMaster));

    /// <summary>Closes. May take its time while a server stands still.</summary>
    public void Dispose() => _multiplexer.Dispose();

    private static async Task<RedisReply> AsideAsync(Task<RedisResult> answer)
    {
        try
        {
            return new RedisReply(await answer.ConfigureAwait(false));
        }
        finally
        {
            await Task.Yield();
        }
    }
}
