using Streaming.Server.Placement;
using Streaming.Server.Presence;
using Streaming.Server.Stores;

namespace Streaming.Server.Attendance;

/// <summary>Where the journal begins to tell another story than the shared store.</summary>
/// <param name="After">The last entry before it.</param>
/// <param name="IsLater">Whether it began when the other one was over, and can be told behind it.</param>
internal sealed record LedgerConflict(long After, bool IsLater);

/// <summary>Reads a class's book out of the shared store and the journal, and holds the two against each other.</summary>
/// <remarks>Safe for threads; <see cref="LedgerBooks"/> sees to it that of one class one thing happens at a time.</remarks>
internal sealed class LedgerLoader(
    IClassStore store, Journal journal, LedgerWriter writer, NodeDirectory nodes, PresenceRules rules, TimeProvider time)
{
    /// <summary>How many entries are read at a time.</summary>
    private const int Page = 1_000;

    private static readonly TimeSpan DiskPatience = TimeSpan.FromSeconds(2);

    /// <summary>The class's book, begun by the mark that it needs: who was there when nobody kept it is noted as interrupted.</summary>
    /// <param name="classId">The class.</param>
    /// <param name="here">The granted claim; null while the store is away, when the journal alone decides.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Ledger> LoadAsync(string classId, Here? here, CancellationToken cancellationToken)
    {
        var (written, _) = Written(classId);
        var entries = await ReadTailAsync(classId, here, cancellationToken);
        var view = new PresenceView(rules.Grace);
        foreach (var entry in entries)
        {
            view.Apply(Happening.Of(entry), entry.At);
        }

        var ledger = new Ledger(classId, Math.Max(written, here?.LastSequence ?? 0), view, writer, time);
        var now = time.GetUtcNow();
        ledger.Mark(now, view.HasDevices
            ? new Happening(LedgerKind.Interrupted, Since: await KeptUntilAsync(entries[^1].At, here?.Former, now, cancellationToken))
            : new Happening(LedgerKind.Opened));
        return ledger;
    }

    /// <summary>The last sequence number on the disk, and the last that the shared store is known to have.</summary>
    public (long Written, long Shipped) Written(string classId) => (journal.LastSequence(classId), journal.Shipped(classId));

    /// <summary>Whether all that the shared store has behind a sequence number stands in the journal, too.</summary>
    public async Task<bool> AgreesAsync(string classId, long after, CancellationToken cancellationToken)
    {
        var shared = await ReadSharedAsync(classId, after, cancellationToken);
        return shared.SequenceEqual(journal.Read(classId, after, shared.Count));
    }

    /// <summary>Where the journal and the shared store tell different stories; null where they do not.</summary>
    public async Task<LedgerConflict?> FindConflictAsync(string classId, long sharedLast, CancellationToken cancellationToken)
    {
        var (written, shipped) = Written(classId);
        var agreed = Math.Min(shipped, sharedLast);
        if (!store.IsShared || written <= agreed || sharedLast <= agreed)
        {
            return null;
        }

        var shared = await ReadSharedAsync(classId, agreed, cancellationToken);

        // The journal may lack what other nodes wrote; that is no other story.
        var told = shared.ToDictionary(entry => entry.Sequence);
        var first = journal.Read(classId, agreed).FirstOrDefault(entry => told.TryGetValue(entry.Sequence, out var other) && other != entry);
        if (first is null)
        {
            return null;
        }

        // Begun in an empty class, when all that the store has was over: it was only not known here how far the ledger had come.
        var isLater = first.Kind == LedgerKind.Opened && shared.TrueForAll(entry => entry.Sequence < first.Sequence || entry.At <= first.At);
        return new LedgerConflict(first.Sequence - 1, isLater);
    }

    private async Task<IReadOnlyList<LedgerEntry>> ReadTailAsync(string classId, Here? here, CancellationToken cancellationToken)
    {
        if (here is null || !store.IsShared)
        {
            return journal.Read(classId, journal.Marks(classId, LedgerKind.Closed, 1) is [var closed] ? closed.Sequence : 0);
        }

        var after = await store.MarksAsync(classId, LedgerKind.Closed, 1, cancellationToken) is [var mark] ? mark.Sequence : 0;
        var shared = await ReadSharedAsync(classId, after, cancellationToken);
        await TakeAsync(shared, cancellationToken);
        return [.. shared, .. journal.Read(classId, Math.Max(after, here.LastSequence))];
    }

    // A class does not wait for a disk that refuses: the copy then waits in its place, before the entries that follow it.
    private async Task TakeAsync(IReadOnlyList<LedgerEntry> shared, CancellationToken cancellationToken)
    {
        var taking = writer.DoAsync(into => into.Take(shared));
        try
        {
            await taking.WaitAsync(DiskPatience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            _ = taking.ContinueWith(
                late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    private async Task<List<LedgerEntry>> ReadSharedAsync(string classId, long after, CancellationToken cancellationToken)
    {
        var entries = new List<LedgerEntry>();
        while (await store.ReadAsync(classId, entries is [.., var last] ? last.Sequence : after, Page, cancellationToken) is { Count: > 0 } page)
        {
            entries.AddRange(page);
            if (page.Count < Page)
            {
                break;
            }
        }

        return entries;
    }

    // The last entry is a sign of life too, and may be younger than the last beat of the node that kept the book.
    private async Task<DateTimeOffset> KeptUntilAsync(DateTimeOffset lastEntry, string? former, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var beat = former is null || former == nodes.Me.Id ? journal.LastBeat : await store.LastBeatAsync(former, cancellationToken);
        return beat is { } known && known > lastEntry ? known < now ? known : now : lastEntry;
    }
}
