using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Streaming.Server.Stores;

namespace Streaming.Server.Placement;

/// <summary>Keeps this node's lease alive in the shared store, and knows who else lives.</summary>
/// <remarks>
/// A lease that lapses (the node hung, or the store was away) ends nothing by itself: another node may take a class then, and the epoch keeps the
/// former one from writing. Who finds its own lease lapsed says so by <see cref="Lapsed"/>.
/// </remarks>
internal sealed partial class NodeLease(
    IClassStore store, NodeDirectory nodes, KeyAgreement keys, IServer server, IOptions<StreamingOptions> options, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<NodeLease> logger)
    : BackgroundService
{
    /// <summary>How often the lease is renewed.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    /// <summary>How long it lives without.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>The lease lapsed and lives again: classes may have gone to other nodes meanwhile.</summary>
    public event Action? Lapsed;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await store.RetireAsync(nodes.Me.Id, cancellationToken);
        }
        catch (Exception gone) when (gone is StoreUnavailableException or OperationCanceledException)
        {
            // It lapses by itself.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await StartedAsync(stoppingToken);
        nodes.Me = nodes.Me with { Url = Address() };
        var beaten = time.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = Beat;
            try
            {
                await store.BeatAsync(nodes.Me, Life, stoppingToken);
                nodes.Live = await store.NodesAsync(stoppingToken);
                await keys.CompareAsync(stoppingToken);
                var silent = time.GetElapsedTime(beaten);
                beaten = time.GetTimestamp();
                if (silent > Life)
                {
                    LogLapsed((int)silent.TotalSeconds);
                    Lapsed?.Invoke();
                }
            }
            catch (StoreUnavailableException)
            {
                wait = RetryAfter;   // the store's own health says so
            }

            await Task.Delay(wait, time, stoppingToken);
        }
    }

    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStarted = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stoppingToken);
    }

    private string Address() =>
        (options.Value.Node.Url ?? options.Value.PublicUrl ?? server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()
            ?? StreamingOptions.DefaultUrl).TrimEnd('/');

    [LoggerMessage(160, LogLevel.Warning, "This node's lease was not renewed for {Seconds} s and had lapsed; its classes may have gone to other nodes.")]
    private partial void LogLapsed(int seconds);
}
