using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Stores;

namespace Streaming.Benchmarks.Store;

/// <summary>One class as its node's shipper writes it: one batch on its way at a time.</summary>
/// <param name="store">Where it is written; null for nowhere, to see what the run itself costs.</param>
/// <param name="id">Its id.</param>
/// <param name="students">Its students.</param>
internal sealed class StoreClass(IClassStore? store, string id, int students)
{
    private static readonly DateTimeOffset Bell = new(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);

    private long _epoch;
    private long _sequence;

    /// <summary>Whether a batch is on its way.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>Its id.</summary>
    public string Id => id;

    public async Task ClaimAsync() => _epoch = (await store!.ClaimAsync(id, "node-1", 0)).Home.Epoch;

    /// <summary>Appends the next entries: first a join of every student, then drops and returns.</summary>
    public async Task AppendAsync(int count)
    {
        var entries = new LedgerEntry[count];
        for (var i = 0; i < count; i++)
        {
            entries[i] = Next();
        }

        if (store is null)
        {
            return;
        }

        IsBusy = true;
        var reply = await store.AppendAsync(id, _epoch, entries);
        IsBusy = false;
        if (reply.Outcome != AppendOutcome.Done || reply.LastSequence != _sequence)
        {
            throw new InvalidOperationException($"{reply} instead of {_sequence}.");
        }
    }

    private LedgerEntry Next()
    {
        var (turn, student) = Math.DivRem(_sequence++, students);
        var (at, offset) = (Bell.AddTicks(_sequence * 1_234_567), TimeSpan.FromTicks(_sequence * 1_234_567));
        var (member, device) = ($"s-{student + 20_260_000}", $"web-{student * 7_919 + 305_419_896:x8}{student:x4}");
        return turn == 0 ? new LedgerEntry(id, _sequence, LedgerKind.Joined, at, offset, member, device, Role.Student, Name: "欧阳小明")
            : turn % 2 == 1 ? new LedgerEntry(id, _sequence, LedgerKind.Dropped, at, offset, member, device, Role.Student, LedgerCause.ConnectionLost)
            : new LedgerEntry(id, _sequence, LedgerKind.Returned, at, offset, member, device, Role.Student);
    }
}
