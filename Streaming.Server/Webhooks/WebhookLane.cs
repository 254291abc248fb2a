using Streaming.Server.Attendance;
using Streaming.Server.Presence;

namespace Streaming.Server.Webhooks;

/// <summary>One class's way to one receiver: its entries in their order, the event that is to be told next, and up to where it was told.</summary>
/// <remarks>
/// Safe for threads: the journal's writer adds, one of the receiver's workers at a time takes. The disk has every entry; what is in memory
/// only saves reading.
/// </remarks>
/// <param name="class">The class.</param>
/// <param name="cursor">Up to here everything was told, or was not this node's to tell.</param>
/// <param name="written">The last entry on the disk.</param>
/// <param name="budget">The receiver's room in memory.</param>
internal sealed class WebhookLane(string @class, long cursor, long written, WebhookBudget budget)
{
    private const int Page = 100;

    private readonly Lock _gate = new();
    private readonly WebhookEntries _entries = new(budget);
    private WebhookEvents? _events;
    private WebhookEvent? _head;
    private long _read = cursor;
    private long _written = written;
    private long _cursor = cursor;
    private bool _isClosed;
    private int _failures;
    private DateTimeOffset? _failingSince;

    public string Class => @class;

    /// <summary>Whether a worker has it, or it waits for one; guarded by <see cref="WebhookCourier"/>.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Up to here everything was told.</summary>
    public long Cursor
    {
        get
        {
            lock (_gate)
            {
                return _cursor;
            }
        }
    }

    /// <summary>How many entries were not looked at or not told.</summary>
    public long Waiting
    {
        get
        {
            lock (_gate)
            {
                return Math.Max(0, _written - _cursor);
            }
        }
    }

    public bool HasWork => Waiting > 0;

    /// <summary>Whether everything was told and the class is closed: it can be forgotten until it opens again.</summary>
    public bool IsDone
    {
        get
        {
            lock (_gate)
            {
                return _isClosed && _cursor >= _written;
            }
        }
    }

    /// <summary>Since when the receiver has refused; null when the last event was taken.</summary>
    public DateTimeOffset? FailingSince
    {
        get
        {
            lock (_gate)
            {
                return _failingSince;
            }
        }
    }

    /// <summary>Notes an entry that is on the disk now.</summary>
    public void Add(LedgerEntry entry)
    {
        lock (_gate)
        {
            if (entry.Sequence != _written + 1)
            {
                Part(entry.Sequence - 1);
            }

            _written = entry.Sequence;
            _entries.Add(entry);
        }
    }

    /// <summary>The event that is to be told next; null when nothing is left to tell.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The journal cannot be read.</exception>
    public WebhookEvent? Find(Journal journal, PresenceRules rules)
    {
        while (true)
        {
            long after;
            WebhookEvents? events;
            lock (_gate)
            {
                if (_head is not null || (_events is not null && TryAdvance()))
                {
                    return _head;
                }

                if (_read >= _written)
                {
                    return null;
                }

                (after, events) = (_read, _events);
            }

            if (events is null)
            {
                events = Begin(journal, rules, after);
                lock (_gate)
                {
                    _events = _read == after ? events : null;
                }
            }
            else
            {
                Fill(journal.Read(@class, after, Page), after);
            }
        }
    }

    /// <summary>The receiver has the event, or it is given up.</summary>
    public void Told(WebhookEvent head, bool isDelivered)
    {
        lock (_gate)
        {
            if (isDelivered)
            {
                _failingSince = null;
            }

            if (_head == head)
            {
                (_head, _failures, _cursor) = (null, 0, _read);
            }
        }
    }

    /// <summary>The receiver has not taken the event. What waits behind it waits on the disk.</summary>
    /// <returns>How often it has failed now.</returns>
    public int Failed(DateTimeOffset now)
    {
        Release();
        lock (_gate)
        {
            _failingSince ??= now;
            return ++_failures;
        }
    }

    /// <summary>Keeps nothing in memory; what is needed is read again.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _entries.Clear();
        }
    }

    // Entries came in between that this node did not write: another node had the class, and tells what they mean. Or it lost the class, its last
    // entries were set aside, and the numbers begin anew further down.
    private void Part(long before)
    {
        _entries.Clear();
        if (_cursor >= _written)
        {
            _cursor = before;
        }
        else if (before < _read)
        {
            _cursor = Math.Min(before, _cursor);
        }
        else
        {
            // What is still to be told stands before them on the disk: they are read with it, and told once more with the ids that they have.
            return;
        }

        (_read, _events, _head, _failures) = (_cursor, null, null, 0);
    }

    // Up to the next event, with what is in memory.
    private bool TryAdvance()
    {
        while (_entries.Take(_read) is { } entry)
        {
            _read = entry.Sequence;
            _isClosed = entry.Kind == LedgerKind.Closed;
            _head = _events!.Apply(entry);
            if (_head is not null)
            {
                return true;
            }

            _cursor = _read;
        }

        return false;
    }

    private void Fill(IReadOnlyList<LedgerEntry> page, long after)
    {
        lock (_gate)
        {
            if (_read != after)
            {
                return;
            }

            if (!_entries.Fill(page.TakeWhile(entry => entry.Sequence <= _written)))
            {
                // They were erased before they were told.
                (_read, _cursor) = (_written, _written);
            }
        }
    }

    /// <summary>Who was in the class at a place of its ledger.</summary>
    private WebhookEvents Begin(Journal journal, PresenceRules rules, long at)
    {
        var events = new WebhookEvents(rules);
        var after = at == 0 ? 0 : journal.LastMark(@class, LedgerKind.Closed, at);
        while (after < at && journal.Read(@class, after, Page) is { Count: > 0 } page)
        {
            foreach (var entry in page.TakeWhile(entry => entry.Sequence <= at))
            {
                events.Apply(entry);
            }

            after = page[^1].Sequence;
        }

        return events;
    }
}
