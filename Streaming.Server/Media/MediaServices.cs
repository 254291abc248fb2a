namespace Streaming.Server.Media;

/// <summary>The media sessions: their negotiation, and the way their events take into the classes.</summary>
internal static class MediaServices
{
    public static void AddMedia(this IServiceCollection services)
    {
        services.AddSingleton<IMediaEvents, MediaEvents>();
        services.AddSingleton<MediaNegotiation>();
    }
}
