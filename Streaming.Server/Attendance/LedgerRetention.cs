using Streaming.Server.Classrooms;

namespace Streaming.Server.Attendance;

/// <summary>Erases what is older than a class keeps its records.</summary>
/// <remarks>
/// Up to a moment at which nobody was in the class, so that what stays tells whole stories. A class that is in session is left for the next time.
/// </remarks>
internal sealed partial class LedgerRetention(
    Journal journal, LedgerWriter writer, Lazy<ClassroomDirectory> classes, RetentionRules rules, TimeProvider time, ILogger<LedgerRetention> logger)
    : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(6);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await EraseAllAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(failure);
            }

            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    private async Task EraseAllAsync(CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        await writer.DoAsync(of => of.ForgetRefused(now - rules.Longest));
        foreach (var classId in journal.Classes())
        {
            stoppingToken.ThrowIfCancellationRequested();
            var before = now - await rules.OfAsync(classId, stoppingToken);
            if (journal.LastMarkBefore(classId, LedgerKind.Closed, before) is not { } until)
            {
                continue;
            }

            var refusal = await classes.Value.EraseAsync(classId, new EraseBefore(before, LedgerCause.Retention));
            if (refusal?.Code == Contracts.HubErrors.Elsewhere)
            {
                // The class's node erases the shared ledger; this node's former copy is its own to erase.
                await writer.DoAsync(of => of.Rewrite(classId, new EraseUntil(until, LedgerCause.Retention).Apply(of.Read(classId))));
            }

            if (refusal is null)
            {
                LogErased(classId, until);
            }
        }
    }

    [LoggerMessage(156, LogLevel.Information, "The records of class {Class} up to entry {Until} were erased: their time was over.")]
    private partial void LogErased(string @class, long until);

    [LoggerMessage(157, LogLevel.Warning, "Records whose time is over could not be erased; it is tried again later.")]
    private partial void LogFailed(Exception failure);
}
