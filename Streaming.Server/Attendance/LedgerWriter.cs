using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Attendance;

/// <summary>Takes every class's entries and makes them durable, many at a time, and notes every five seconds that the book is kept.</summary>
/// <remarks>
/// Nobody waits for the disk: a class hands its entry over and goes on. While the disk refuses, entries wait here in their order, health says
/// so, and writing is tried again.
/// </remarks>
internal sealed partial class LedgerWriter(Journal journal, LedgerHealth health, TimeProvider time, ILogger<LedgerWriter> logger) : BackgroundService
{
    /// <summary>How exactly the time of a crash is known afterwards.</summary>
    public static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(5);

    private const int MaxBatch = 4_096;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Channel<LedgerEntry> _entries =
        Channel.CreateUnbounded<LedgerEntry>(new UnboundedChannelOptions { SingleReader = true });

    private readonly List<LedgerEntry> _batch = new(MaxBatch);
    private int _waiting;

    /// <summary>How many entries are not yet on the disk.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Takes an entry. Entries of one class come in their order.</summary>
    public void Append(LedgerEntry entry)
    {
        if (_entries.Writer.TryWrite(entry))
        {
            Interlocked.Increment(ref _waiting);
        }
    }

    /// <summary>Writes what is left, once more.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _entries.Writer.TryComplete();
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        do
        {
            Take();
        }
        while (_batch.Count > 0 && TryWrite());
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            Take();
            var wait = TryWrite() ? BeatInterval : RetryAfter;
            await SomethingToDoAsync(wait, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // With a batch that the disk refused, new entries are no reason to try sooner.
    private async Task SomethingToDoAsync(TimeSpan wait, CancellationToken stoppingToken)
    {
        using var due = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var timer = time.CreateTimer(state => ((CancellationTokenSource)state!).Cancel(), due, wait, Timeout.InfiniteTimeSpan);
        if (_batch.Count > 0)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, due.Token).ConfigureAwait(false);
        }

        await _entries.Reader.WaitToReadAsync(due.Token).ConfigureAwait(false);
    }

    private void Take()
    {
        while (_batch.Count < MaxBatch && _entries.Reader.TryRead(out var entry))
        {
            _batch.Add(entry);
        }
    }

    private bool TryWrite()
    {
        try
        {
            journal.Write(_batch, time.GetUtcNow());
        }
        catch (SqliteException failure)
        {
            if (health.Failed(LedgerHealth.Describe(failure)))
            {
                LogCannotWrite(_batch.Count, failure);
            }

            return false;
        }

        if (health.Succeeded())
        {
            LogWritesAgain();
        }

        Interlocked.Add(ref _waiting, -_batch.Count);
        _batch.Clear();
        return true;
    }

    [LoggerMessage(140, LogLevel.Error, "The ledger cannot be written; {Count} entries wait in memory, lessons go on, and writing is tried again.")]
    private partial void LogCannotWrite(int count, Exception failure);

    [LoggerMessage(141, LogLevel.Information, "The ledger is written again; nothing was lost.")]
    private partial void LogWritesAgain();
}
