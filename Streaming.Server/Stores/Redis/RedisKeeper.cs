namespace Streaming.Server.Stores.Redis;

/// <summary>Keeps the link while the host runs.</summary>
/// <param name="link">The link; null on a node that is alone.</param>
internal sealed class RedisKeeper(RedisLink? link) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => link?.KeepAsync(stoppingToken) ?? Task.CompletedTask;
}
