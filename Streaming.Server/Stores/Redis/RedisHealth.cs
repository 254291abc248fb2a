using Streaming.Server.Telemetry;

namespace Streaming.Server.Stores.Redis;

/// <summary>Whether Redis answers.</summary>
/// <param name="link">The link; null on a node that is alone.</param>
internal sealed class RedisHealth(RedisLink? link) : IHealthPart
{
    /// <inheritdoc/>
    public string Name => "redis";

    /// <inheritdoc/>
    public PartHealth Check() => link?.State switch
    {
        null => new PartHealth(HealthState.Ok, "No Redis is configured: this node is alone."),
        { IsAway: true, Problem: { } problem } => new PartHealth(
            HealthState.Degraded, $"Redis is away: {problem} Lessons go on; what the other nodes are to know waits on this node's disk."),
        { Problem: { } problem } => new PartHealth(HealthState.Degraded, $"Redis answers, but {problem}"),
        _ => new PartHealth(HealthState.Ok),
    };
}
