namespace Streaming.Tests.Shared.Redis;

/// <summary>A real Redis Cluster of three masters; each may have a replica.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<RedisServer> _servers = [];

    private RedisCluster()
    {
    }

    /// <summary>The servers; the first three began as the masters.</summary>
    public IReadOnlyList<RedisServer> Servers => _servers;

    /// <summary>As the option <c>Redis:Endpoints</c> wants it.</summary>
    public string Endpoints => string.Join(',', _servers.Select(server => server.Endpoint));

    /// <summary>Starts a cluster and waits until every server says that it is whole.</summary>
    /// <param name="replicas">How many replicas each master has: 0 or 1.</param>
    public static async Task<RedisCluster> StartAsync(int replicas = 0)
    {
        var cluster = new RedisCluster();
        try
        {
            for (var i = 0; i < 3 * (1 + replicas); i++)
            {
                cluster._servers.Add(await RedisServer.StartAsync(new RedisServerSetup
                {
                    Arguments =
                    [
                        "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-node-timeout", "1000",
                        "--cluster-port", $"{RedisServer.FreePort()}", "--repl-diskless-sync-delay", "0",
                    ],
                }));
            }

            var made = await RedisPrograms.CliAsync(
                ["--cluster", "create", .. cluster._servers.Select(server => server.Endpoint), "--cluster-replicas", $"{replicas}", "--cluster-yes"], null);
            await cluster.WholeAsync(() => made);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The server that is the master of a key now.</summary>
    public async Task<RedisServer> MasterOfAsync(string key)
    {
        var slot = int.Parse(await _servers[0].CliAsync("CLUSTER", "KEYSLOT", key), System.Globalization.CultureInfo.InvariantCulture);
        foreach (var line in (await _servers[0].CliAsync("CLUSTER", "NODES")).Split('\n'))
        {
            var words = line.Split(' ');
            if (words[2].Contains("master", StringComparison.Ordinal) && words.Skip(8).Any(range => Holds(range, slot)))
            {
                return _servers.Single(server => words[1].StartsWith(server.Endpoint + "@", StringComparison.Ordinal));
            }
        }

        throw new InvalidOperationException($"Nobody has slot {slot}.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    private async Task WholeAsync(Func<string> orElse)
    {
        foreach (var server in _servers)
        {
            await RedisPrograms.EventuallyAsync(
                async () => (await server.CliAsync("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal)
                    && (await server.CliAsync("INFO", "replication")) is var role
                    && (role.Contains("role:master", StringComparison.Ordinal) || role.Contains("master_link_status:up", StringComparison.Ordinal)),
                orElse,
                Patience);
        }
    }

    private static bool Holds(string range, int slot)
    {
        var ends = range.Split('-');
        return int.TryParse(ends[0], out var first) && int.TryParse(ends[^1], out var last) && slot >= first && slot <= last;
    }
}
