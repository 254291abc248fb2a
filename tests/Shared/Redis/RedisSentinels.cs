using System.Diagnostics;
using System.Globalization;

namespace Streaming.Tests.Shared.Redis;

/// <summary>A real master with a replica, and three sentinels who watch them.</summary>
internal sealed class RedisSentinels : IAsyncDisposable
{
    /// <summary>What the sentinels call the master.</summary>
    public const string Service = "lessons";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sentinels-");
    private readonly List<RedisServer> _servers = [];
    private readonly List<(int Port, Process Process)> _sentinels = [];
    private readonly string _password;
    private readonly TestAuthority? _authority;

    private RedisSentinels(string password, TestAuthority? authority) => (_password, _authority) = (password, authority);

    /// <summary>The servers; the first began as the master.</summary>
    public IReadOnlyList<RedisServer> Servers => _servers;

    /// <summary>As the option <c>Redis:Endpoints</c> wants it.</summary>
    public string Endpoints => string.Join(',', _sentinels.Select(sentinel => $"127.0.0.1:{sentinel.Port}"));

    /// <summary>Starts everything and waits until the sentinels know each other and the replica.</summary>
    /// <param name="password">The servers'; with TLS, the sentinels', too.</param>
    /// <param name="authority">Has everything speak TLS; null for none.</param>
    public static async Task<RedisSentinels> StartAsync(string password = "not-a-secret", TestAuthority? authority = null)
    {
        var sentinels = new RedisSentinels(password, authority);
        try
        {
            await sentinels.StartAllAsync();
            return sentinels;
        }
        catch
        {
            await sentinels.DisposeAsync();
            throw;
        }
    }

    /// <summary>The master, as the sentinels name it now.</summary>
    public async Task<RedisServer> MasterAsync()
    {
        var port = await MasterPortAsync(_sentinels[0].Port);
        return _servers.Single(server => server.Port == port);
    }

    /// <summary>Has the replica take the master's place, as an operator would; the master becomes its replica.</summary>
    public async Task FailOverAsync()
    {
        var former = await MasterAsync();
        var answer = await AskAsync(_sentinels[0].Port, "FAILOVER", Service);
        await RedisPrograms.EventuallyAsync(async () => await MasterAsync() != former, () => $"Nobody takes over: {answer}", Patience);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, process) in _sentinels)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync().WaitAsync(Patience);
            }

            process.Dispose();
        }

        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    private async Task StartAllAsync()
    {
        var setup = new RedisServerSetup
        {
            Password = _password,
            Authority = _authority,
            Arguments = ["--repl-diskless-sync-delay", "0", "--tls-replication", _authority is null ? "no" : "yes"],
        };
        _servers.Add(await RedisServer.StartAsync(setup));
        _servers.Add(await RedisServer.StartAsync(setup with { Arguments = [.. setup.Arguments, "--replicaof", "127.0.0.1", $"{_servers[0].Port}"] }));
        for (var i = 0; i < 3; i++)
        {
            var port = RedisServer.FreePort();
            var file = Path.Combine(_directory.FullName, $"sentinel-{i}.conf");
            await File.WriteAllTextAsync(file, $"""
                {Ports(port)}
                bind 127.0.0.1
                dir {_directory.FullName}
                logfile sentinel-{i}.log
                sentinel monitor {Service} 127.0.0.1 {_servers[0].Port} 2
                sentinel auth-pass {Service} {_password}
                sentinel down-after-milliseconds {Service} 600
                sentinel failover-timeout {Service} 3000

                """);
            _sentinels.Add((port, RedisPrograms.Start("redis-sentinel", _directory.FullName, [file])));
        }

        foreach (var (port, _) in _sentinels)
        {
            await RedisPrograms.EventuallyAsync(
                async () => (await AskAsync(port, "CKQUORUM", Service)).StartsWith("OK 3 usable", StringComparison.Ordinal)
                    && (await AskAsync(port, "REPLICAS", Service)).Contains("master-link-status\nok", StringComparison.Ordinal),
                () => $"The sentinels do not see everybody:\n{RedisPrograms.Read(Path.Combine(_directory.FullName, "sentinel-0.log"))}",
                Patience);
        }
    }

    private string Ports(int port) => _authority is null ? $"port {port}" : $"""
        port 0
        tls-port {port}
        tls-cert-file {_authority.ServerCertificateFile}
        tls-key-file {_authority.ServerKeyFile}
        tls-ca-cert-file {_authority.CertificateFile}
        tls-auth-clients no
        tls-replication yes
        requirepass {_password}
        """;

    private async Task<int> MasterPortAsync(int sentinel) =>
        int.Parse((await AskAsync(sentinel, "GET-MASTER-ADDR-BY-NAME", Service)).Split('\n')[1], CultureInfo.InvariantCulture);

    private Task<string> AskAsync(int port, params string[] words) => _authority is null
        ? RedisPrograms.CliAsync(["-p", $"{port}", "SENTINEL", .. words], null)
        : RedisPrograms.CliAsync(["--tls", "--cacert", _authority.CertificateFile, "-p", $"{port}", "SENTINEL", .. words], _password);
}
