using System.Collections.Concurrent;

namespace Streaming.Server.Attendance;

/// <summary>The ledgers of this process, one a class: a class that closes and opens again goes on in the same one.</summary>
internal sealed class LedgerBooks(Journal journal, LedgerWriter writer, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Lazy<Ledger>> _open = new(StringComparer.Ordinal);

    /// <summary>The class's ledger. Reads the disk the first time; may throw what <see cref="Journal"/> throws, and may be asked again.</summary>
    public Ledger Open(string @class)
    {
        var book = _open.GetOrAdd(@class, id => new Lazy<Ledger>(() => new Ledger(id, journal.Read(id), journal.LastBeat, writer, time)));
        try
        {
            return book.Value;
        }
        catch
        {
            _open.TryRemove(KeyValuePair.Create(@class, book));
            throw;
        }
    }
}
