using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;

namespace Streaming.Benchmarks.Hub;

/// <summary>A <see cref="HubServer"/> in a process of its own: this program once more.</summary>
[SupportedOSPlatform("linux")]
internal sealed class HubServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private HubServerProcess(Process process) => _process = process;

    /// <summary>Where it listens, and what it speaks.</summary>
    public HubServerReady Ready { get; private set; } = null!;

    public static async Task<HubServerProcess> StartAsync(HubWay way, bool pinned)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(HubServer).Assembly.Location);
        }

        start.ArgumentList.Add(HubServer.Verb);
        start.ArgumentList.Add($"{way}");
        var server = new HubServerProcess(Process.Start(start)!);
        if (pinned)
        {
            server._process.ProcessorAffinity = 1;
        }

        server.Ready = await server.HearAsync<HubServerReady>(Patience);
        return server;
    }

    /// <summary>Sends deltas, and tells what they cost.</summary>
    public async Task<HubServerFigures> SendAsync(int deltas, int seconds)
    {
        await SayAsync($"send {deltas} {seconds}");
        return await HearAsync<HubServerFigures>(TimeSpan.FromSeconds(seconds * 3) + Patience);
    }

    /// <summary>Sends so many bytes to each connection that does not read.</summary>
    public async Task FillAsync(int bytes)
    {
        await SayAsync($"fill {bytes}");
        await HearAsync<bool>(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();   // it ends by itself then
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private Task SayAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    private async Task<T> HearAsync<T>(TimeSpan patience)
    {
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(patience)
            ?? throw new InvalidOperationException("The server of the run has ended.");
        return JsonSerializer.Deserialize<T>(line)!;
    }
}
