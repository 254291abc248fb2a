using Streaming.Server.Stores;

namespace Streaming.Server.Attendance;

/// <summary>Reads a class's ledger for people: the shared one with what is still on its way to it, or this node's own.</summary>
/// <remarks>While the shared store is away it is this node's copy, which may lack what other nodes wrote.</remarks>
internal sealed class LedgerReader(IClassStore store, Journal journal)
{
    private const int Page = 5_000;

    /// <summary>Entries behind a sequence number, in their order.</summary>
    /// <param name="classId">The class.</param>
    /// <param name="after">Those behind this one; 0 for all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<LedgerEntry>> ReadAsync(string classId, long after, int limit, CancellationToken cancellationToken)
    {
        if (!store.IsShared)
        {
            return journal.Read(classId, after, limit);
        }

        try
        {
            var shared = await store.ReadAsync(classId, after, limit, cancellationToken);
            return shared.Count == limit ? shared : [.. shared, .. Unshipped(classId, shared is [.., var last] ? last.Sequence : after, limit - shared.Count)];
        }
        catch (StoreUnavailableException)
        {
            return journal.Read(classId, after, limit);
        }
    }

    /// <summary>All entries behind one and up to another.</summary>
    public async Task<IReadOnlyList<LedgerEntry>> ReadRangeAsync(string classId, long after, long until, CancellationToken cancellationToken)
    {
        var entries = new List<LedgerEntry>();
        while (true)
        {
            var from = entries is [.., var last] ? last.Sequence : after;
            var page = await ReadAsync(classId, from, (int)Math.Min(Page, until - from), cancellationToken);
            entries.AddRange(page);
            if (page.Count < Page || entries[^1].Sequence >= until)
            {
                return entries;
            }
        }
    }

    /// <summary>The marks of a class's lessons; see <see cref="IClassStore.MarksAsync"/>.</summary>
    public async Task<IReadOnlyList<LedgerMark>> MarksAsync(string classId, LedgerKind kind, int newest, CancellationToken cancellationToken)
    {
        var local = journal.Marks(classId, kind, newest).Select(mark => new LedgerMark(mark.Sequence, mark.At)).ToArray();
        if (!store.IsShared)
        {
            return local;
        }

        try
        {
            var shared = await store.MarksAsync(classId, kind, newest, cancellationToken);
            return [.. shared, .. local.Where(mark => mark.Sequence > (shared is [.., var last] ? last.Sequence : 0))];
        }
        catch (StoreUnavailableException)
        {
            return local;
        }
    }

    // Only what continues the shared ledger: a former stay of the class may have left an older piece of it here.
    private IEnumerable<LedgerEntry> Unshipped(string classId, long last, int limit) =>
        journal.LastSequence(classId) > last ? journal.Read(classId, last, limit).Where((entry, index) => entry.Sequence == last + 1 + index) : [];
}
