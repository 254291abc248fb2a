using Microsoft.Extensions.Options;
using Streaming.Server.Attendance;
using Streaming.Server.Stores.Local;
using Streaming.Server.Stores.Redis;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Stores;

/// <summary>The store that nodes share: Redis when there are endpoints, else this node's own.</summary>
internal static class ClassStoreServices
{
    /// <summary>Before all that uses it: what starts first stops last.</summary>
    public static void AddClassStore(this IServiceCollection services)
    {
        services.AddSingleton(provider => RedisSettings.Read(Section(provider)));
        services.AddSingleton<RedisLink>();
        services.AddSingleton<IClassStore>(provider => HasRedis(provider)
            ? new RedisClassStore(provider.GetRequiredService<RedisLink>(), Section(provider).Prefix)
            : new LocalClassStore(provider.GetRequiredService<Journal>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IHealthPart>(provider => new RedisHealth(HasRedis(provider) ? provider.GetRequiredService<RedisLink>() : null));
        services.AddHostedService(provider => new RedisKeeper(HasRedis(provider) ? provider.GetRequiredService<RedisLink>() : null));
    }

    private static bool HasRedis(IServiceProvider provider) => Section(provider).Endpoints.Length > 0;

    private static RedisSection Section(IServiceProvider provider) => provider.GetRequiredService<IOptions<StreamingOptions>>().Value.Redis;
}
