using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Streaming.Tests.Shared.Redis;

/// <summary>How a Redis server is started.</summary>
internal sealed record RedisServerSetup
{
    /// <summary>The default user's password; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Speaks TLS alone, with a certificate of this authority; null for none.</summary>
    public TestAuthority? Authority { get; init; }

    /// <summary>Keeps what it acknowledged over a kill (append-only file, synced each time).</summary>
    public bool IsDurable { get; init; }

    /// <summary>Further words, as on the command line.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}

/// <summary>A real redis-server of its own, on loopback, with a directory of its own; the machine's own Redis is not touched.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private const int SigKill = 9, SigStop = 19, SigCont = 18;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RedisServerSetup _setup;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("redis-");
    private Process? _process;

    private RedisServer(RedisServerSetup setup, int port) => (_setup, Port) = (setup, port);

    /// <summary>Its port, over restarts.</summary>
    public int Port { get; }

    /// <summary>As the option <c>Redis:Endpoints</c> wants it.</summary>
    public string Endpoint => $"127.0.0.1:{Port}";

    /// <summary>Its process.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>Starts a server and waits until it answers.</summary>
    public static async Task<RedisServer> StartAsync(RedisServerSetup? setup = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var server = new RedisServer(setup ?? new RedisServerSetup(), FreePort());
            try
            {
                await server.StartAgainAsync();
                return server;
            }
            catch (Exception failure)
            {
                await server.DisposeAsync();
                if (attempt == 3 || failure is TimeoutException)
                {
                    throw;
                }

                // Somebody took the port between the look and the start.
            }
        }
    }

    /// <summary>Ends it at once (SIGKILL).</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } process)
        {
            Signals.Send(process.Id, SigKill);
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
    }

    /// <summary>Starts it again, on the same port and directory.</summary>
    public async Task StartAgainAsync()
    {
        _process?.Dispose();
        _process = RedisPrograms.Start("redis-server", _directory.FullName, Arguments());
        await RedisPrograms.EventuallyAsync(
            async () => _process.HasExited ? throw new InvalidOperationException($"redis-server has ended:\n{Log()}") : await CliAsync("PING") == "PONG",
            () => $"redis-server does not answer at {Endpoint}:\n{Log()}",
            Patience);
    }

    /// <summary>Stops its process for a while: it neither answers nor closes anything.</summary>
    public void Pause() => Signals.Send(ProcessId, SigStop);

    /// <summary>Lets it go on.</summary>
    public void Resume() => Signals.Send(ProcessId, SigCont);

    /// <summary>Asks it something with redis-cli.</summary>
    public Task<string> CliAsync(params string[] words) =>
        RedisPrograms.CliAsync([.. Access(), "-p", $"{Port}", .. words], _setup.Password);

    /// <summary>A number out of <c>INFO</c>.</summary>
    public async Task<double> InfoAsync(string section, string name)
    {
        var line = (await CliAsync("INFO", section)).Split('\n').First(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        return double.Parse(line.Split(':')[1].Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>What it wrote to its log.</summary>
    public string Log() => RedisPrograms.Read(Path.Combine(_directory.FullName, "redis.log"));

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        _directory.Delete(recursive: true);
    }

    /// <summary>A TCP port of loopback that nobody has.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private string[] Access() => _setup.Authority is { } authority ? ["--tls", "--cacert", authority.CertificateFile] : [];

    private string[] Arguments() =>
    [
        "--bind", "127.0.0.1", "--dir", _directory.FullName, "--logfile", "redis.log", "--daemonize", "no", "--save", "",
        .. _setup.Authority is { } authority
            ? new[]
            {
                "--port", "0", "--tls-port", $"{Port}", "--tls-cert-file", authority.ServerCertificateFile, "--tls-key-file", authority.ServerKeyFile,
                "--tls-ca-cert-file", authority.CertificateFile, "--tls-auth-clients", "no",
            }
            : ["--port", $"{Port}"],
        .. _setup.Password is { } password ? new[] { "--requirepass", password, "--masterauth", password } : [],
        .. _setup.IsDurable ? new[] { "--appendonly", "yes", "--appendfsync", "always" } : [],
        .. _setup.Arguments,
    ];
}
