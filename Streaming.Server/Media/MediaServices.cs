using System.Diagnostics.Metrics;
using Streaming.Rtc.Net;
using Streaming.Server.Telemetry;
using Streaming.Server.Turn;

namespace Streaming.Server.Media;

/// <summary>A port for media cannot be had; the message says which, and which option to change.</summary>
internal sealed class MediaPortException(string message, Exception inner) : Exception(message, inner);

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
        services.AddSingleton<TurnCredentials>();
    }

    private static RtcWorkerPool StartWorkers(IServiceProvider services)
    {
        RtcWorkerPool pool;
        try
        {
            pool = RtcWorkerPool.Start(services.GetRequiredService<RtcOptions>(), services.GetRequiredService<ILoggerFactory>());
        }
        catch (InvalidOperationException refused)
        {
            throw new MediaPortException(InOperatorsWords(refused.Message), refused);
        }

        _ = new RtcMeters(services.GetRequiredService<IMeterFactory>(), pool);   // lives as long as its meters
        return pool;
    }

    // The pool names its own options; the operator knows them by the keys of section Rtc.
    private static string InOperatorsWords(string message) => message
        .Replace(nameof(RtcOptions.FirstPort), "--Rtc:Port", StringComparison.Ordinal)
        .Replace(nameof(RtcOptions.TcpPort), "--Rtc:TcpPort", StringComparison.Ordinal)
        .Replace(nameof(RtcOptions.PublicAddresses), "--Rtc:PublicAddresses", StringComparison.Ordinal)
        .Replace($" {nameof(RtcOptions.Address)} ", " --Rtc:Address ", StringComparison.Ordinal);
}
