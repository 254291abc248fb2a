using Streaming.Rtc.Net;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Media;

/// <summary>Whether the media workers run, and the way to them by TCP.</summary>
internal sealed class MediaHealth(RtcWorkerPool pool) : IHealthPart
{
    public string Name => "media";

    public PartHealth Check()
    {
        var dead = pool.Workers.Count(worker => !worker.IsRunning);
        return dead switch
        {
            0 when !pool.IsTcpRunning =>
                new PartHealth(HealthState.Degraded, "Media by TCP is no longer taken: whoever has no UDP cannot follow. Restart the server."),
            0 => new PartHealth(HealthState.Ok),
            _ when dead == pool.Workers.Count => new PartHealth(HealthState.Down, "No media worker runs; restart the server."),
            _ => new PartHealth(HealthState.Degraded, $"{dead} of {pool.Workers.Count} media workers have stopped; restart the server."),
        };
    }
}
