using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Streaming.Server.Attendance;

/// <summary>Takes every class's entries and makes them durable, many at a time, and notes at least every five seconds that the book is kept.</summary>
/// <remarks>
/// Nobody waits for the disk: a class hands its entry over and goes on. While the disk refuses, entries wait here in their order, health says
/// so, and writing is tried again. What is written goes on to the other nodes' store by <see cref="LedgerShipper"/>.
/// </remarks>
internal sealed partial class LedgerWriter(
    Journal journal,
    LedgerShipper shipper,
    IEnumerable<ILedgerListener> listeners,
    LedgerHealth health,
    TimeProvider time,
    ILogger<LedgerWriter> logger)
    : BackgroundService
{
    /// <summary>
    /// How long the book is kept without a sign of it. A crash is then known to within five seconds, the writing of the sign included.
    /// </summary>
    public static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(4.5);

    /// <summary>
    /// The least time from one write to the next while entries keep coming: a write costs nearly the same for one as for twenty, and what is written
    /// together travels together to the shared store. Who comes after a pause is written at once.
    /// </summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private const int MaxBatch = 4_096;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>An entry to write, or something to be done to the journal in its place among them.</summary>
    private readonly record struct Item(LedgerEntry? Entry, Action<Journal>? Job, TaskCompletionSource? Done);

    private readonly Channel<Item> _items = Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ILedgerListener[] _listeners = [shipper, .. listeners];
    private readonly List<LedgerEntry> _batch = new(MaxBatch);
    private readonly Lock _turn = new();   // held by the loop; a host may be stopped twice at one time, and each stop writes what is left
    private Item? _job;
    private long _began;
    private int _jobs;
    private int _waiting;

    /// <summary>How many entries are not yet on the disk.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Takes an entry. Entries of one class come in their order.</summary>
    public void Append(LedgerEntry entry)
    {
        if (_items.Writer.TryWrite(new Item(entry, null, null)))
        {
            Interlocked.Increment(ref _waiting);
        }
    }

    /// <summary>Does something to the journal when all entries before it are written, and before those that come later.</summary>
    /// <exception cref="SqliteException">The disk refused.</exception>
    /// <exception cref="OperationCanceledException">The server stops.</exception>
    public Task DoAsync(Action<Journal> job)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Increment(ref _jobs);
        if (!_items.Writer.TryWrite(new Item(null, job, done)))
        {
            Interlocked.Decrement(ref _jobs);
            done.TrySetCanceled();
        }

        return done.Task;
    }

    /// <summary>Writes what is left, once more.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _items.Writer.TryComplete();
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        lock (_turn)
        {
            do
            {
                Take();
            }
            while ((_batch.Count > 0 || _job is not null) && TryWrite());

            // What the disk refuses to the end cannot be done.
            _job?.Done!.TrySetCanceled(CancellationToken.None);
            while (_items.Reader.TryRead(out var left))
            {
                left.Done?.TrySetCanceled(CancellationToken.None);
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = Round() ? BeatInterval : RetryAfter;
            await SomethingToDoAsync(wait, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await GatherAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool Round()
    {
        lock (_turn)
        {
            Take();
            return TryWrite();
        }
    }

    // With a batch that the disk refused, new entries are no reason to try sooner.
    private async Task SomethingToDoAsync(TimeSpan wait, CancellationToken stoppingToken)
    {
        using var due = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var timer = time.CreateTimer(static state => End((CancellationTokenSource)state!), due, wait, Timeout.InfiniteTimeSpan);
        if (_batch.Count > 0)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, due.Token).ConfigureAwait(false);
        }

        await _items.Reader.WaitToReadAsync(due.Token).ConfigureAwait(false);
    }

    // A timer that is disposed may be about to fire; nobody waits any more then.
    private static void End(CancellationTokenSource wait)
    {
        try
        {
            wait.Cancel();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    // By the machine's clock: this is about the disk's pace, not about the lesson's time. Somebody waits for a job; nobody waits for an entry.
    private Task GatherAsync(CancellationToken stoppingToken)
    {
        var left = Gathering - Stopwatch.GetElapsedTime(_began);
        return left > TimeSpan.Zero && Volatile.Read(ref _jobs) == 0 ? Task.Delay(left, stoppingToken) : Task.CompletedTask;
    }

    private void Take()
    {
        while (_job is null && _batch.Count < MaxBatch && _items.Reader.TryRead(out var item))
        {
            if (item.Entry is { } entry)
            {
                _batch.Add(entry);
            }
            else
            {
                _job = item;
            }
        }
    }

    private bool TryWrite()
    {
        _began = Stopwatch.GetTimestamp();
        try
        {
            journal.Write(_batch, time.GetUtcNow(), shipper.TakeProgress());
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

        foreach (var listener in _listeners)
        {
            listener.Written(_batch);
        }

        Interlocked.Add(ref _waiting, -_batch.Count);
        _batch.Clear();
        DoJob();
        return true;
    }

    private void DoJob()
    {
        if (_job is not { } job)
        {
            return;
        }

        _job = null;
        Interlocked.Decrement(ref _jobs);
        try
        {
            job.Job!(journal);
            job.Done!.TrySetResult();
        }
        catch (Exception failure)
        {
            job.Done!.TrySetException(failure);
        }
    }

    [LoggerMessage(140, LogLevel.Error, "The ledger cannot be written; {Count} entries wait in memory, lessons go on, and writing is tried again.")]
    private partial void LogCannotWrite(int count, Exception failure);

    [LoggerMessage(141, LogLevel.Information, "The ledger is written again; nothing was lost.")]
    private partial void LogWritesAgain();
}
