using Streaming.Server.Attendance;

namespace Streaming.Server.Webhooks;

/// <summary>What of one class's entries is in memory: a page that was read from the disk, and the newest as they were written.</summary>
/// <remarks>Belongs to one <see cref="WebhookLane"/>, which guards it.</remarks>
internal sealed class WebhookEntries(WebhookBudget budget)
{
    private readonly Queue<LedgerEntry> _page = [];
    private readonly Queue<LedgerEntry> _newest = [];

    /// <summary>Keeps a new entry if there is room.</summary>
    public void Add(LedgerEntry entry)
    {
        if (budget.TryTake())
        {
            _newest.Enqueue(entry);
        }
    }

    /// <summary>Takes up what was read from the disk, as far as there is room, and one in any case: with that one work goes on.</summary>
    /// <returns>Whether there was any.</returns>
    public bool Fill(IEnumerable<LedgerEntry> page)
    {
        foreach (var entry in page)
        {
            if (!budget.TryTake())
            {
                if (_page.Count > 0)
                {
                    break;
                }

                budget.Overdraw();
            }

            _page.Enqueue(entry);
        }

        return _page.Count > 0;
    }

    /// <summary>The entry that follows; null when it has to be read from the disk, or is not there yet.</summary>
    /// <param name="read">The last sequence number that was taken.</param>
    public LedgerEntry? Take(long read)
    {
        if (_page.TryDequeue(out var entry))
        {
            budget.Give(1);
            return entry;
        }

        while (_newest.TryPeek(out var next) && next.Sequence <= read + 1)
        {
            _newest.Dequeue();
            budget.Give(1);
            if (next.Sequence == read + 1)
            {
                return next;
            }
        }

        return null;
    }

    /// <summary>Keeps nothing; what is needed is read again.</summary>
    public void Clear()
    {
        budget.Give(_page.Count + _newest.Count);
        _page.Clear();
        _newest.Clear();
    }
}
