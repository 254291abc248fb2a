namespace Streaming.Server.Attendance;

/// <summary>What of one class's ledger is on the disk and not yet in the shared store.</summary>
/// <remarks>Safe for threads: the journal's writer adds, one of the shipper's workers takes.</remarks>
/// <param name="class">The class.</param>
/// <param name="epoch">The class's epoch; null until it is claimed.</param>
/// <param name="shipped">The last sequence number that the shared store has.</param>
/// <param name="written">The last one that is on the disk.</param>
/// <param name="claim">Claims the class when there is no epoch, or the one there is was refused; whether shipping may go on.</param>
internal sealed class Shipment(string @class, long? epoch, long shipped, long written, Func<Shipment, CancellationToken, Task<bool>> claim)
{
    /// <summary>More than these wait on the disk only.</summary>
    private const int MostInMemory = 1_000;

    private readonly Lock _gate = new();
    private readonly List<LedgerEntry> _pending = [];
    private long? _epoch = epoch;
    private long _shipped = shipped;
    private long _written = written;
    private bool _isBusy;

    public string Class => @class;

    /// <summary>How many entries wait.</summary>
    public long Waiting
    {
        get
        {
            lock (_gate)
            {
                return Math.Max(0, _written - _shipped);
            }
        }
    }

    /// <summary>The last sequence number that the shared store has.</summary>
    public long Shipped
    {
        get
        {
            lock (_gate)
            {
                return _shipped;
            }
        }
    }

    /// <summary>The fencing token; null while the class is not claimed.</summary>
    public long? Epoch
    {
        get
        {
            lock (_gate)
            {
                return _epoch;
            }
        }
    }

    public Task<bool> ClaimAsync(CancellationToken cancellationToken) => claim(this, cancellationToken);

    /// <summary>The class has another epoch, and the shared store a last entry that may be another too.</summary>
    public void Settle(long newEpoch, long nowShipped)
    {
        lock (_gate)
        {
            (_epoch, _shipped) = (newEpoch, nowShipped);
            _pending.RemoveAll(entry => entry.Sequence <= nowShipped);
        }
    }

    /// <summary>Nobody may ship with the former epoch any more.</summary>
    public void Unclaim()
    {
        lock (_gate)
        {
            _epoch = null;
        }
    }

    /// <summary>Notes an entry that is on the disk now.</summary>
    public void Add(LedgerEntry entry)
    {
        lock (_gate)
        {
            _written = Math.Max(_written, entry.Sequence);
            if (_pending.Count < MostInMemory)
            {
                _pending.Add(entry);
            }
        }
    }

    /// <summary>Begins to ship: one worker at a time.</summary>
    public bool TryBegin()
    {
        lock (_gate)
        {
            return !_isBusy && _written > _shipped && (_isBusy = true);
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _isBusy = false;
        }
    }

    /// <summary>The next entries without a gap among them, from memory where they are, else from the disk; and behind which entry they were looked for.</summary>
    public (long After, IReadOnlyList<LedgerEntry> Entries) Next(Journal journal, int most)
    {
        long after;
        lock (_gate)
        {
            after = _shipped;
            if (_pending.Count > 0 && _pending[0].Sequence == after + 1)
            {
                return (after, _pending.GetRange(0, Math.Min(most, RunLength(_pending))));
            }

            _pending.RemoveAll(entry => entry.Sequence <= after);
        }

        var entries = journal.Read(@class, after, most);
        return (after, entries.Count == 0 ? [] : [.. entries.Take(RunLength(entries))]);
    }

    /// <summary>The store has everything up to this now.</summary>
    public void Arrived(long last)
    {
        lock (_gate)
        {
            _shipped = last;
            var run = _pending.FindIndex(entry => entry.Sequence > last);
            _pending.RemoveRange(0, run < 0 ? _pending.Count : run);
        }
    }

    // What was not kept for want of room leaves a gap in what is in memory, and what another node wrote one on the disk.
    private static int RunLength(IReadOnlyList<LedgerEntry> entries)
    {
        var length = 1;
        while (length < entries.Count && entries[length].Sequence == entries[length - 1].Sequence + 1)
        {
            length++;
        }

        return length;
    }
}
