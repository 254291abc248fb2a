using Streaming.Server.Placement;
using Streaming.Server.Stores;

namespace Streaming.Server.Attendance;

/// <summary>Ships at the start what a former process left on the disk, and looks after the classes when this node's lease had lapsed.</summary>
internal sealed partial class LedgerRecovery(
    Journal journal, LedgerBooks books, NodeLease lease, IClassStore store, TimeProvider time, ILogger<LedgerRecovery> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!store.IsShared)
        {
            return;
        }

        using var lapsed = new SemaphoreSlim(0);
        void Note() => lapsed.Release();
        lease.Lapsed += Note;
        try
        {
            await RetryAsync(() => RecoverAllAsync(stoppingToken), stoppingToken);
            while (!stoppingToken.IsCancellationRequested)
            {
                await lapsed.WaitAsync(stoppingToken);
                await RetryAsync(() => books.VerifyAsync(stoppingToken), stoppingToken);
            }
        }
        finally
        {
            lease.Lapsed -= Note;
        }
    }

    private async Task RecoverAllAsync(CancellationToken stoppingToken)
    {
        foreach (var classId in journal.Unshipped())
        {
            await books.RecoverAsync(classId, stoppingToken);
        }
    }

    private async Task RetryAsync(Func<Task> act, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await act();
                return;
            }
            catch (StoreUnavailableException)
            {
                // The store's own health says so.
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure);
            }

            await Task.Delay(RetryAfter, time, stoppingToken);
        }
    }

    [LoggerMessage(155, LogLevel.Error, "The ledger could not be brought in step with the shared store; trying again.")]
    private partial void LogFailed(Exception failure);
}
