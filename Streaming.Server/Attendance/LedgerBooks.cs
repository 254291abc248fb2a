using System.Collections.Concurrent;
using Streaming.Server.Placement;
using Streaming.Server.Stores;

namespace Streaming.Server.Attendance;

/// <summary>Where a class's book was found.</summary>
/// <param name="Ledger">The book, when it is kept here.</param>
/// <param name="Elsewhere">The address of the node that keeps it; null when it is kept here.</param>
internal readonly record struct SettledBook(Ledger? Ledger, string? Elsewhere);

/// <summary>The ledgers that this node keeps: claimed, in step with the shared store, and given back when their class is empty.</summary>
/// <remarks>Safe for threads; of one class one thing happens at a time.</remarks>
internal sealed partial class LedgerBooks(
    ClassHomes homes, LedgerLoader loader, LedgerWriter writer, LedgerShipper shipper, IClassStore store, TimeProvider time, ILogger<LedgerBooks> logger)
{
    private sealed class Book
    {
        public SemaphoreSlim Gate { get; } = new(1);
        public Ledger? Ledger { get; set; }
        public Shipment? Shipment { get; set; }

        /// <summary>How often it was asked for: who closes it must not close what somebody has opened again.</summary>
        public int Asked { get; set; }
    }

    private const int MostWaits = 50;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, Book> _books = new(StringComparer.Ordinal);
    private long _setAside;

    /// <summary>Another node has the class now: whoever is in it here has to go there.</summary>
    public event Action<string>? Lost;

    /// <summary>How many entries the shared store refused for good since the start.</summary>
    public long SetAside => Interlocked.Read(ref _setAside);

    /// <summary>Takes the class's book, or says where it is. May be asked again for a book that is open.</summary>
    /// <exception cref="Exception">What the journal and the store throw when they cannot be read; trying again later is sensible.</exception>
    public Task<SettledBook> SettleAsync(string classId, CancellationToken cancellationToken = default) =>
        WithBookAsync(classId, book =>
        {
            book.Asked++;
            return SettleAsync(classId, book, cancellationToken);
        });

    /// <summary>The fencing token of a class that is kept here; null of another one, and while the store is away.</summary>
    public long? EpochOf(string classId) => _books.GetValueOrDefault(classId)?.Shipment?.Epoch;

    /// <summary>Whether the class is kept here without a claim, because the store is away.</summary>
    public bool IsUnclaimed(string classId) => _books.GetValueOrDefault(classId)?.Shipment is { Epoch: null };

    /// <summary>The class is empty: its book is closed, and given back to whichever node opens it next.</summary>
    public async Task RestAsync(string classId)
    {
        var asked = _books.GetValueOrDefault(classId)?.Asked;

        // What was handed over must be on the disk before the book can be read again.
        await writer.DoAsync(_ => { });
        await ArrivedAsync(classId);
        await WithBookAsync(classId, async book =>
        {
            if (book.Asked != asked)
            {
                return false;
            }

            book.Ledger = null;
            if (book.Shipment is { Waiting: 0, Epoch: { } epoch } shipment && store.IsShared)
            {
                shipper.Close(shipment);
                book.Shipment = null;
                await store.ReleaseAsync(classId, epoch);
            }

            return true;
        });
    }

    // The last entries were written a moment ago. A class whose entries wait for a store that is away stays here.
    private async Task ArrivedAsync(string classId)
    {
        for (var wait = 0; wait < MostWaits && store.IsShared && !shipper.IsFailing; wait++)
        {
            if (_books.GetValueOrDefault(classId)?.Shipment is not { Waiting: > 0 })
            {
                return;
            }

            await Task.Delay(Wait, time);
        }
    }

    /// <summary>Ships what a former process left behind, of classes that nobody may open again.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer; to be tried again.</exception>
    public async Task RecoverAsync(string classId, CancellationToken cancellationToken)
    {
        await WithBookAsync(classId, async book =>
        {
            if (book.Shipment is null && await homes.TakeAsync(classId, cancellationToken) is Here here)
            {
                await ReconcileAsync(classId, here, cancellationToken);
                OpenShipment(classId, book, here);
            }

            return true;
        });
    }

    /// <summary>The classes whose book is open here.</summary>
    public IReadOnlyCollection<string> Open => [.. _books.Where(entry => entry.Value.Ledger is not null).Select(entry => entry.Key)];

    /// <summary>Makes sure that the classes that are open here still are this node's, after a time in which another may have taken them.</summary>
    public async Task VerifyAsync(CancellationToken cancellationToken)
    {
        foreach (var (classId, book) in _books.Where(entry => entry.Value.Ledger is not null))
        {
            if (book.Shipment is { Epoch: { } epoch } shipment && (await store.HomeAsync(classId, cancellationToken))?.Epoch != epoch)
            {
                shipment.Unclaim();
                await ClaimAsync(shipment, cancellationToken);
            }
        }
    }

    private async Task<T> WithBookAsync<T>(string classId, Func<Book, Task<T>> act)
    {
        var book = _books.GetOrAdd(classId, _ => new Book());
        await book.Gate.WaitAsync();
        try
        {
            return await act(book);
        }
        finally
        {
            book.Gate.Release();
        }
    }

    private async Task<SettledBook> SettleAsync(string classId, Book book, CancellationToken cancellationToken)
    {
        var place = await PlaceAsync(classId, book, cancellationToken);
        if (place is Elsewhere elsewhere)
        {
            Forget(book);
            return new SettledBook(null, elsewhere.Url);
        }

        if (book is { Ledger: not null, Shipment: { } shipment }
            && (place is not Here again || await ContinueAsync(shipment, again, cancellationToken)))
        {
            return new SettledBook(book.Ledger, null);
        }

        if (place is Here here)
        {
            await ReconcileAsync(classId, here, cancellationToken);
        }

        book.Ledger = await loader.LoadAsync(classId, place as Here, cancellationToken);
        OpenShipment(classId, book, place as Here);
        return new SettledBook(book.Ledger, null);
    }

    // Where nobody can tell, a class stays on the node that has entries of it on their way: another one would begin a second story.
    private async Task<Place> PlaceAsync(string classId, Book book, CancellationToken cancellationToken)
    {
        try
        {
            return await homes.TakeAsync(classId, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            return book.Shipment is null ? homes.Provisional(classId) : new HereUnclaimed();
        }
    }

    /// <summary>Claims a class again that was fenced, or not claimed yet; called by the shipper.</summary>
    private async Task<bool> ClaimAsync(Shipment shipment, CancellationToken cancellationToken)
    {
        var lost = await WithBookAsync(shipment.Class, async book =>
        {
            if (book.Shipment != shipment || shipment.Epoch is not null)
            {
                return false;
            }

            // While the store is away it fails: a guess about where the class might be is no reason to give it up.
            switch (await homes.TakeAsync(shipment.Class, cancellationToken))
            {
                case Here here when await ContinueAsync(shipment, here, cancellationToken):
                    return false;
                case Here here:
                    // Nothing more comes, and what was handed over is on the disk, to be held against the store.
                    book.Ledger?.Close();
                    await writer.DoAsync(_ => { });
                    await ReconcileAsync(shipment.Class, here, cancellationToken);
                    book.Ledger = null;
                    OpenShipment(shipment.Class, book, here);
                    return true;
                default:
                    book.Ledger?.Close();
                    await SetAsideAsync(shipment.Class, shipment.Shipped);
                    Forget(book);
                    return true;
            }
        });
        if (lost)
        {
            LogLost(shipment.Class);
            Lost?.Invoke(shipment.Class);
        }

        return shipment.Epoch is not null;
    }

    // Nobody else wrote meanwhile: what the store has beyond what we know of it are our own entries, whose arrival it could not tell.
    private async Task<bool> ContinueAsync(Shipment shipment, Here here, CancellationToken cancellationToken)
    {
        if (here.LastSequence > shipment.Shipped && !await loader.AgreesAsync(shipment.Class, shipment.Shipped, cancellationToken))
        {
            return false;
        }

        shipment.Settle(here.Epoch, here.LastSequence);
        shipper.Open(shipment);
        return true;
    }

    /// <summary>
    /// Sets aside what a former process or a former stay wrote here while the class had another home. What was written while nobody could tell how far
    /// the ledger had come, in a class that was nowhere else, is moved behind it.
    /// </summary>
    private async Task ReconcileAsync(string classId, Here here, CancellationToken cancellationToken)
    {
        switch (await loader.FindConflictAsync(classId, here.LastSequence, cancellationToken))
        {
            case { IsLater: true, After: var after }:
                await writer.DoAsync(journal => journal.Renumber(classId, after, here.LastSequence - after));
                LogMoved(classId, after, here.LastSequence);
                break;
            case { After: var after }:
                await SetAsideAsync(classId, after);
                break;
        }
    }

    private async Task SetAsideAsync(string classId, long after)
    {
        var count = 0;
        await writer.DoAsync(journal => count = journal.SetAside(classId, after, time.GetUtcNow()));
        if (count > 0)
        {
            Interlocked.Add(ref _setAside, count);
            LogSetAside(classId, count, after);
        }
    }

    private void OpenShipment(string classId, Book book, Here? here)
    {
        if (book.Shipment is { } former)
        {
            shipper.Close(former);
        }

        var (written, shipped) = loader.Written(classId);
        book.Shipment = new Shipment(classId, here?.Epoch, here?.LastSequence ?? shipped, written, ClaimAsync);
        shipper.Open(book.Shipment);
    }

    private void Forget(Book book)
    {
        if (book.Shipment is { } shipment)
        {
            shipper.Close(shipment);
        }

        (book.Ledger, book.Shipment) = (null, null);
    }

    [LoggerMessage(162, LogLevel.Warning, "Class {Class} has another home now; it is closed here.")]
    private partial void LogLost(string @class);

    [LoggerMessage(158, LogLevel.Information, "What class {Class} wrote here behind entry {After} while the store was away stands behind entry {Last} now.")]
    private partial void LogMoved(string @class, long after, long last);

    [LoggerMessage(163, LogLevel.Warning, "{Count} entries of class {Class} behind {After} were set aside: the class had another home when they were written.")]
    private partial void LogSetAside(string @class, int count, long after);
}
