using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>A real coturn of its own: takes clients by TCP, relays UDP, and knows nobody but those whom a shared secret vouches for.</summary>
internal sealed class RelayServer : IAsyncDisposable
{
    private const int RelayPorts = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _files = Paths.MakeTemporary();
    private readonly ConcurrentQueue<string> _log = new();
    private readonly Process _process;

    private RelayServer(IPAddress address)
    {
        var relay = FreePorts.Udp(RelayPorts);
        Address = new IPEndPoint(address, FreePorts.Tcp());
        string[] arguments =
        [
            "-n", "--no-cli", "--no-udp", "--no-tls", "--no-dtls", "--fingerprint", "--simple-log",
            "--log-file", "stdout", "--verbose",
            "--listening-ip", $"{address}", "--listening-port", $"{Address.Port}", "--relay-ip", $"{address}",
            "--min-port", $"{relay}", "--max-port", $"{relay + RelayPorts - 1}",
            "--realm", "relay.example", "--use-auth-secret", "--static-auth-secret", Secret,
            "--pidfile", Path.Combine(_files, "pid"), "--userdb", Path.Combine(_files, "users"),
        ];
        _process = Process.Start(new ProcessStartInfo("turnserver", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("turnserver cannot be started.");
        _process.OutputDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _log.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it shares with the server whose students it serves.</summary>
    public string Secret { get; } = Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));

    /// <summary>Where it takes clients.</summary>
    public IPEndPoint Address { get; }

    /// <summary>As the option <c>Turn:Urls</c> wants it.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"turn:{Address.Address}:{Address.Port}?transport=tcp");

    /// <summary>Starts it and waits until it takes connections.</summary>
    public static async Task<RelayServer> StartAsync(IPAddress address)
    {
        var server = new RelayServer(address);
        try
        {
            await Eventually.TrueAsync("the relay takes connections", Patience, server.TakesConnectionsAsync);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The end of what it wrote, for the message of a failed test.</summary>
    public string LogTail(int lines = 40) => string.Join('\n', _log.TakeLast(lines));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }

        _process.Dispose();
        Directory.Delete(_files, recursive: true);
    }

    private async Task<bool> TakesConnectionsAsync()
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"turnserver ended with code {_process.ExitCode}:\n{LogTail()}");
        }

        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(Address);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
