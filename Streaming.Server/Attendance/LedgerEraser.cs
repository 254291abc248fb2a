using Streaming.Server.Stores;

namespace Streaming.Server.Attendance;

/// <summary>Erases in the journal and in the shared store. An entry says that, when and why something was erased; what it was, nothing says.</summary>
/// <remarks>Called by the loop of a class in which nobody is, which has its book open.</remarks>
internal sealed class LedgerEraser(LedgerWriter writer, LedgerBooks books, IClassStore store, TimeProvider time)
{
    private const int Attempts = 10;
    private const int Page = 5_000;

    /// <summary>More than a class has while its records are kept.</summary>
    private const int MostCloses = 20_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Erases, and writes down that it was done.</summary>
    /// <exception cref="StoreUnavailableException">The shared store still has it; asking again erases it there too.</exception>
    public async Task EraseAsync(Ledger ledger, LedgerErasure asked)
    {
        var erasure = asked.For(ledger.LastSequence, await store.MarksAsync(ledger.Class, LedgerKind.Closed, MostCloses));
        ledger.Mark(time.GetUtcNow(), new Happening(LedgerKind.Erased, Cause: erasure.Cause, Number: (erasure as EraseUntil)?.Until));

        // In the writer's own turn: nothing is written between the reading and the rewriting.
        await writer.DoAsync(journal =>
        {
            journal.Rewrite(ledger.Class, erasure.Apply(journal.Read(ledger.Class)));
            if (erasure.Cause == LedgerCause.Asked)
            {
                journal.ForgetRefused(ledger.Class);
            }
        });
        for (var attempt = 0; store.IsShared && !await TryRewriteSharedAsync(ledger.Class, erasure); attempt++)
        {
            if (attempt == Attempts)
            {
                throw new StoreUnavailableException("The shared store does not take what is left of the ledger.");
            }

            await Task.Delay(Pause, time);
        }
    }

    // Entries that are still on their way would be lost by it: the store then says no, and it is tried again when they have arrived.
    private async Task<bool> TryRewriteSharedAsync(string classId, LedgerErasure erasure)
    {
        if (books.EpochOf(classId) is not { } epoch)
        {
            return false;
        }

        var entries = new List<LedgerEntry>();
        while (await store.ReadAsync(classId, entries is [.., var last] ? last.Sequence : 0, Page) is { Count: > 0 } page)
        {
            entries.AddRange(page);
        }

        return entries is [.., { Kind: LedgerKind.Erased }] && await store.RewriteAsync(classId, epoch, erasure.Apply(entries));
    }
}
