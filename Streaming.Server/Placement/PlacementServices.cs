using Streaming.Server.Access;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Placement;

/// <summary>This node among others, and where classes live.</summary>
internal static class PlacementServices
{
    /// <summary>Before the ledger: the lease ends when everything is shipped.</summary>
    public static void AddPlacement(this IServiceCollection services)
    {
        services.AddSingleton(provider => new NodeDirectory(provider.GetRequiredService<DataDirectory>().NodeId));
        services.AddSingleton<ClassHomes>();
        services.AddSingleton<KeyAgreement>();
        services.AddSingleton<IHealthPart, NodeHealth>();
        services.AddSingleton<NodeLease>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeLease>());
    }
}
