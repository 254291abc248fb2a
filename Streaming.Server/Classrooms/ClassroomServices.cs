using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using Streaming.Contracts;
using Streaming.HubProtocol;
using Streaming.Server.Access;
using Streaming.Server.Attendance;
using Streaming.Server.FanOut;
using Streaming.Server.Http;
using Streaming.Server.Media;
using Streaming.Server.Placement;
using Streaming.Server.Stills;
using Streaming.Server.Stores;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Classrooms;

/// <summary>The classes and their hub.</summary>
internal static class ClassroomServices
{
    /// <summary>An offer of the longest SDP fits twice, escaped as JSON.</summary>
    private const int MaxMessage = 64 * 1_024;

    public static void AddClassrooms(this IServiceCollection services)
    {
        services.AddSingleton<HubConnections>();
        services.AddSingleton<SeatRates>();
        services.AddSingleton<StorageHealth>();
        services.AddSingleton<FileLessonStore>();
        services.AddSingleton<SharedLessonStore>();
        services.AddSingleton<ILessonStore>(provider =>
            provider.GetRequiredService<IClassStore>().IsShared
                ? provider.GetRequiredService<SharedLessonStore>()
                : provider.GetRequiredService<FileLessonStore>());
        services.AddSingleton(provider => new ObserverPlaces(Options(provider).Limits.ObserversPerServer));
        services.AddSingleton(provider =>
            new ClassroomRules(Options(provider).Limits.SeatsPerClass, Options(provider).Grace, ClassroomPace.Interval));
        services.AddSingleton(provider => new ClassroomSurroundings(
            provider.GetRequiredService<ClassroomRules>(),
            provider.GetRequiredService<ObserverPlaces>(),
            provider.GetRequiredService<ILessonStore>(),
            provider.GetRequiredService<StorageHealth>(),
            provider.GetRequiredService<HubOutboxes>(),
            provider.GetRequiredService<IMediaGateway>(),
            provider.GetRequiredService<ClassStills>(),
            provider.GetRequiredService<LedgerBooks>(),
            provider.GetRequiredService<LedgerEraser>(),
            provider.GetRequiredService<ClassHomes>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ClassroomRunner>>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger(StreamingMeters.InspectionName)));
        services.AddSingleton<ClassroomDirectory>();
        services.AddSingleton(provider => new Lazy<ClassroomDirectory>(provider.GetRequiredService<ClassroomDirectory>));
        services.AddHostedService(provider => provider.GetRequiredService<ClassroomDirectory>());
        services.AddFanOut<ClassroomHub>();
        services.AddSignalR(hub =>
        {
            hub.MaximumReceiveMessageSize = MaxMessage;
            hub.KeepAliveInterval = TimeSpan.FromSeconds(10);
            hub.ClientTimeoutInterval = TimeSpan.FromSeconds(25);
            hub.AddFilter<HubErrorFilter>();
            hub.AddFilter<HubRateFilter>();
        }).AddJsonProtocol(json => ContractsJson.Apply(json.PayloadSerializerOptions)).AddMessagePackProtocol();

        static StreamingOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<StreamingOptions>>().Value;
    }

    public static void MapClassrooms(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapHub<ClassroomHub>(IClassroomHub.Path, connection =>
        {
            connection.Transports = HttpTransportType.WebSockets | HttpTransportType.ServerSentEvents | HttpTransportType.LongPolling;
            connection.ApplicationMaxBufferSize = MaxMessage * 2;
            FanOutServices.LetOutboxesJudge(connection, endpoints.ServiceProvider.GetRequiredService<HubOutboxes>().Limits);
        }).UseDirectSockets<ClassroomHub, HubEndpointConventionBuilder>(endpoints, MaxMessage * 2).RequireCors(CorsSetup.Policy).RequireAuthorization();
}
