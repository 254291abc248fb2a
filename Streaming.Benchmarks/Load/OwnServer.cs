using Streaming.Contracts;
using Streaming.Server.Access;
using Streaming.Tests.Shared.Servers;

namespace Streaming.Benchmarks.Load;

/// <summary>Our own server as a child process, as an operator runs it, but for limits that let everybody in.</summary>
internal sealed class OwnServer : ServerUnderLoad
{
    // Each export is work of the server's; once a second it does not show.
    private static readonly TimeSpan ExportInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TicketLifetime = TimeSpan.FromHours(8);

    private readonly DirectoryInfo _data;
    private readonly MetricsCollector _collector;
    private readonly ServerProcess _process;
    private readonly JoinTicketIssuer _tickets;

    private OwnServer(DirectoryInfo data, MetricsCollector collector, ServerProcess process)
    {
        (_data, _collector, _process) = (data, collector, process);
        _tickets = new JoinTicketIssuer(DataDirectory.Open(data.FullName), TimeProvider.System);
    }

    public override int ProcessId => _process.ProcessId;

    public override string? MediaThreads => "rtc-";

    public override string? CompilerThread => ".NET Tiered";

    public override string LogTail => _process.LogTail();

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <exception cref="LoadException">It does not start; the message has the end of its log.</exception>
    public static async Task<OwnServer> StartAsync(LoadOptions options)
    {
        var data = Directory.CreateTempSubdirectory("streaming-load-");
        var collector = await MetricsCollector.StartAsync(ExportInterval);
        try
        {
            var process = await ServerProcess.StartAsync(new ServerSetup
            {
                Data = data.FullName,
                Workers = options.Workers,
                Processors = options.ServerProcessors.ToString(),
                Environment = collector.Environment,
                Arguments =
                [
                    "--Limits:SeatsPerClass", "10000", "--Limits:Classes", "10000",
                    "--Telemetry:Exported", "Streaming,Streaming.Inspection,System.Runtime",
                    .. options.ServerSettings.SelectMany(setting => new[] { $"--{setting[..setting.IndexOf('=')]}", setting[(setting.IndexOf('=') + 1)..] }),
                ],
            });
            return new OwnServer(data, collector, process);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            await collector.DisposeAsync();
            data.Delete(recursive: true);
            throw new LoadException($"The server did not start: {e.Message}", e);
        }
    }

    public override MediaDoor Whip(int @class) => Door("whip", @class, "teacher", Role.Teacher);

    public override MediaDoor Whep(int @class, int viewer) => Door("whep", @class, $"viewer-{viewer}", Role.Student);

    public override async Task<ServerMeters?> ReadMetersAsync()
    {
        await _collector.RefreshAsync();
        return new ServerMeters(
            _collector.Sum("streaming.rtc.packets.forwarded"),
            _collector.Sum("streaming.rtc.packets.resent"),
            _collector.Sum("streaming.rtc.worker.allocated"),
            _collector.Sum("streaming.rtc.worker.send_failures"),
            _collector.Sum("dotnet.gc.pause.time"),
            _collector.Sum("dotnet.gc.collections"));
    }

    public override async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _collector.DisposeAsync();
        _data.Delete(recursive: true);
    }

    private MediaDoor Door(string door, int @class, string member, Role role)
    {
        var id = @class < 0 ? $"waiting{@class}" : $"load-{@class}";
        var (ticket, _) = _tickets.Issue(new Identity(member, member, role, id), TicketLifetime);
        return new MediaDoor(new Uri(_process.Address, $"/{door}/{id}"), ticket);
    }
}
