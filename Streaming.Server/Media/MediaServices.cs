using System.Diagnostics.Metrics;
using Streaming.Rtc.Net;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Media;

/// <summary>The media workers, the sessions on them, and the way their events take into the classes.</summary>
internal static class MediaServices
{
    public static void AddMedia(this IServiceCollection services)
    {
        services.AddSingleton(StartWorkers);
        services.AddSingleton<MediaGateway>();
        services.AddSingleton<IMediaGateway>(provider => provider.GetRequiredService<MediaGateway>());
        services.AddHostedService(provider => provider.GetRequiredService<MediaGateway>());
        services.AddSingleton<IHealthPart, MediaHealth>();
        services.AddSingleton<IMediaEvents, MediaEvents>();
        services.AddSingleton<MediaNegotiation>();
    }

    private static RtcWorkerPool StartWorkers(IServiceProvider services)
    {
        var pool = RtcWorkerPool.Start(services.GetRequiredService<RtcOptions>(), services.GetRequiredService<ILoggerFactory>());
        _ = new RtcMeters(services.GetRequiredService<IMeterFactory>(), pool);   // lives as long as its meters
        return pool;
    }
}
