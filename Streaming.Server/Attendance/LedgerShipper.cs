using System.Collections.Concurrent;
using System.Threading.Channels;
using Streaming.Server.Stores;

namespace Streaming.Server.Attendance;

/// <summary>Carries what the journal has to the store that nodes share: per class in order, and exactly once in effect.</summary>
/// <remarks>
/// Lessons wait for nothing of this. While the store is away entries wait on the disk; health says how many, and they go when it is back.
/// </remarks>
internal sealed partial class LedgerShipper(IClassStore store, Journal journal, TimeProvider time, ILogger<LedgerShipper> logger)
    : BackgroundService, ILedgerListener
{
    /// <summary>
    /// How long what is due is gathered, by the machine's clock: an append costs nearly the same for one entry as for ten, and at the bell a class has ten.
    /// Evidence waits for nothing of this: it is on the disk.
    /// </summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);

    private const int MaxBatch = 200;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, Shipment> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _progress = new(StringComparer.Ordinal);
    private readonly Channel<Shipment> _due = Channel.CreateUnbounded<Shipment>(new UnboundedChannelOptions { SingleReader = true });
    private int _failing;

    /// <summary>How many entries wait on the disk for the store.</summary>
    public long Waiting => _open.Values.Sum(shipment => shipment.Waiting);

    /// <summary>Whether the store refuses now.</summary>
    public bool IsFailing => Volatile.Read(ref _failing) != 0;

    /// <summary>From now on the class's entries are shipped.</summary>
    public void Open(Shipment shipment)
    {
        _open[shipment.Class] = shipment;
        Wake(shipment);
    }

    /// <summary>The class's entries are shipped no more.</summary>
    public void Close(Shipment shipment) => _open.TryRemove(KeyValuePair.Create(shipment.Class, shipment));

    /// <inheritdoc/>
    public void Written(IReadOnlyList<LedgerEntry> entries)
    {
        Shipment? last = null;
        foreach (var entry in entries)
        {
            if (last?.Class != entry.Class)
            {
                Wake(last);
                last = _open.GetValueOrDefault(entry.Class);
            }

            last?.Add(entry);
        }

        Wake(last);
    }

    /// <summary>The classes of which more was shipped since the last call, with their last sequence number there.</summary>
    public IReadOnlyCollection<(string Class, long Sequence)> TakeProgress()
    {
        if (_progress.IsEmpty)
        {
            return [];
        }

        var taken = new List<(string, long)>();
        foreach (var @class in _progress.Keys)
        {
            if (_progress.TryRemove(@class, out var sequence))
            {
                taken.Add((@class, sequence));
            }
        }

        return taken;
    }

    /// <summary>Ships what is left, as long as the store takes it and for <see cref="LastWord"/> at the most.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (Waiting > 0 && !IsFailing && time.GetElapsedTime(began) < LastWord && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }

        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _due.Reader.WaitToReadAsync(stoppingToken))
        {
            await Task.Delay(Gathering, stoppingToken);
            while (_due.Reader.TryRead(out var shipment))
            {
                // Of a class one batch is on its way at a time; classes do not wait for each other.
                _ = ShipAsync(shipment, stoppingToken);
            }
        }
    }

    private void Wake(Shipment? shipment)
    {
        if (shipment is not null && shipment.TryBegin())
        {
            _due.Writer.TryWrite(shipment);
        }
    }

    private async Task ShipAsync(Shipment shipment, CancellationToken stoppingToken)
    {
        var again = await TryShipAsync(shipment, stoppingToken);
        shipment.End();
        if (again)
        {
            Wake(shipment);
        }
        else if (!stoppingToken.IsCancellationRequested)
        {
            await WakeLaterAsync(shipment, stoppingToken);
        }
    }

    private async Task WakeLaterAsync(Shipment shipment, CancellationToken stoppingToken)
    {
        await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_open.GetValueOrDefault(shipment.Class) == shipment)
        {
            Wake(shipment);
        }
    }

    /// <returns>Whether the next batch can go at once.</returns>
    private async Task<bool> TryShipAsync(Shipment shipment, CancellationToken stoppingToken)
    {
        try
        {
            if (shipment.Epoch is not { } epoch)
            {
                return await shipment.ClaimAsync(stoppingToken);
            }

            var (after, batch) = shipment.Next(journal, MaxBatch);
            if (batch.Count == 0)
            {
                return true;
            }

            // The journal lacks what another node wrote. A store that has lost that cannot be told it again from here, and must not wait for it.
            var overGap = batch[0].Sequence > after + 1;
            var reply = await store.AppendAsync(shipment.Class, epoch, batch, overGap, stoppingToken);
            Succeeded();
            if (reply.Outcome == AppendOutcome.Fenced)
            {
                shipment.Unclaim();
                return await shipment.ClaimAsync(stoppingToken);
            }

            // With a gap the store has less than it once said: it lost its memory, and is told again.
            shipment.Arrived(reply.LastSequence);
            if (store.IsShared)
            {
                _progress[shipment.Class] = reply.LastSequence;
            }

            return reply.Outcome == AppendOutcome.Done;
        }
        catch (StoreUnavailableException away)
        {
            Failed(away);
            return false;
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogBroken(shipment.Class, failure);
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Failed(Exception away)
    {
        if (Interlocked.Exchange(ref _failing, 1) == 0)
        {
            LogAway(away.Message);
        }
    }

    private void Succeeded()
    {
        if (Interlocked.Exchange(ref _failing, 0) == 1)
        {
            LogBack();
        }
    }

    [LoggerMessage(145, LogLevel.Warning, "The shared store is away; entries of the ledger wait on the disk: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(146, LogLevel.Information, "The shared store is back; what waited is being shipped.")]
    private partial void LogBack();

    [LoggerMessage(147, LogLevel.Error, "The ledger of class {Class} could not be shipped; trying again.")]
    private partial void LogBroken(string @class, Exception failure);
}
