using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Streaming.Server.Attendance;

namespace Streaming.Server.Stores.Local;

/// <summary>The store of a node that is alone: the ledger is the <see cref="Journal"/>, documents lie in the journal's file, the rest in memory.</summary>
/// <remarks>Homes and leases end with the process: nobody else is there to be kept out.</remarks>
internal sealed class LocalClassStore(Journal journal, TimeProvider time) : IClassStore
{
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, LocalClass> _classes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (NodeInfo Node, DateTimeOffset Beaten, DateTimeOffset Until)> _nodes = new(StringComparer.Ordinal);
    private readonly LocalDocuments _documents = new(journal.Source);

    public bool IsShared => false;

    public Task BeatAsync(NodeInfo node, TimeSpan life, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        _nodes[node.Id] = (node, now, now + life);
        foreach (var (id, lease) in _nodes)
        {
            if (lease.Until + Forgotten <= now)
            {
                _nodes.TryRemove(KeyValuePair.Create(id, lease));
            }
        }

        return Task.CompletedTask;
    }

    public Task RetireAsync(string node, CancellationToken cancellationToken = default)
    {
        if (_nodes.TryGetValue(node, out var lease))
        {
            _nodes[node] = lease with { Until = time.GetUtcNow() };
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<NodeInfo>> NodesAsync(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        return Task.FromResult<IReadOnlyList<NodeInfo>>(
            [.. _nodes.Values.Where(lease => lease.Until > now).Select(lease => lease.Node).OrderBy(node => node.Id, StringComparer.Ordinal)]);
    }

    public Task<DateTimeOffset?> LastBeatAsync(string node, CancellationToken cancellationToken = default) =>
        Task.FromResult(_nodes.TryGetValue(node, out var lease) ? lease.Beaten : default(DateTimeOffset?));

    public Task<ClassHome?> HomeAsync(string classId, CancellationToken cancellationToken = default) =>
        With(classId, known => known.Home, cancellationToken);

    public Task<ClaimReply> ClaimAsync(string classId, string node, long former, CancellationToken cancellationToken = default) => With(classId, known =>
    {
        var last = journal.LastSequence(classId);
        if (known.Home is { } home && home.Epoch != former)
        {
            return new ClaimReply(Granted: false, home, last);
        }

        known.Home = new ClassHome(node, Math.Max(former + 1, time.GetUtcNow().ToUnixTimeMilliseconds()));
        return new ClaimReply(Granted: true, known.Home, last);
    }, cancellationToken);

    public Task ReleaseAsync(string classId, long epoch, CancellationToken cancellationToken = default) => With(classId, known =>
    {
        known.Home = known.Home?.Epoch == epoch ? new ClassHome("", epoch) : known.Home;
        return true;
    }, cancellationToken);

    public Task<AppendReply> AppendAsync(
        string classId, long epoch, IReadOnlyList<LedgerEntry> entries, bool overGap = false, CancellationToken cancellationToken = default)
    {
        EntriesOf.Check(classId, entries, withoutGap: true);
        return With(classId, known =>
        {
            // What comes here was written by the ledger's writer a moment ago, as a rule.
            var last = journal.LastSequence(classId);
            if (known.Home?.Epoch != epoch)
            {
                return new AppendReply(AppendOutcome.Fenced, last);
            }

            if (last > 0 && entries[0].Sequence > last + 1 && !overGap)
            {
                return new AppendReply(AppendOutcome.Gap, last);
            }

            if (entries[^1].Sequence > last)
            {
                journal.Write([.. entries.Where(entry => entry.Sequence > last)], time.GetUtcNow());
            }

            See(known, classId, entries);
            return new AppendReply(AppendOutcome.Done, Math.Max(last, entries[^1].Sequence));
        }, cancellationToken);
    }

    public Task<IReadOnlyList<LedgerEntry>> ReadAsync(string classId, long after, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return Do(() => journal.Read(classId, after, limit), cancellationToken);
    }

    public Task<IReadOnlyList<LedgerMark>> MarksAsync(
        string classId, LedgerKind kind, int newest, CancellationToken cancellationToken = default) =>
        Do<IReadOnlyList<LedgerMark>>(
            () => [.. journal.Marks(classId, kind, newest).Select(mark => new LedgerMark(mark.Sequence, mark.At))], cancellationToken);

    public Task<IReadOnlyList<DevicePresence>> PresentAsync(string classId, CancellationToken cancellationToken = default) =>
        With(classId, known =>
        {
            CatchUp(known, classId);
            return known.Devices;
        }, cancellationToken);

    public Task<bool> RewriteAsync(string classId, long epoch, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellationToken = default)
    {
        EntriesOf.Check(classId, entries, withoutGap: false);
        return With(classId, known =>
        {
            if (known.Home?.Epoch != epoch || entries[^1].Sequence < journal.LastSequence(classId))
            {
                return false;
            }

            CatchUp(known, classId);
            journal.Rewrite(classId, entries);
            known.Skip(entries[^1].Sequence);
            return true;
        }, cancellationToken);
    }

    public Task<string?> DocumentAsync(string classId, string name, CancellationToken cancellationToken = default) =>
        Do(() => _documents.Read(classId, name), cancellationToken);

    public Task<bool> PutDocumentAsync(
        string classId, string name, string? content, long? epoch, CancellationToken cancellationToken = default) => With(classId, known =>
    {
        if (epoch is not null && known.Home?.Epoch != epoch)
        {
            return false;
        }

        _documents.Write(classId, name, content);
        return true;
    }, cancellationToken);

    private void See(LocalClass known, string classId, IReadOnlyList<LedgerEntry> entries)
    {
        if (entries[0].Sequence > known.Seen + 1)
        {
            CatchUp(known, classId);
        }

        foreach (var entry in entries)
        {
            known.See(entry);
        }
    }

    // The journal may know more than was appended here: what a former process wrote, or what is on its way.
    private void CatchUp(LocalClass known, string classId)
    {
        if (known.Seen < journal.LastSequence(classId))
        {
            foreach (var entry in journal.Read(classId, known.Seen))
            {
                known.See(entry);
            }
        }
    }

    private Task<T> With<T>(string classId, Func<LocalClass, T> act, CancellationToken cancellationToken)
    {
        return Do(() =>
        {
            var known = _classes.GetOrAdd(classId, static _ => new LocalClass());
            lock (known)
            {
                return act(known);
            }
        }, cancellationToken);
    }

    private static Task<T> Do<T>(Func<T> act, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            return Task.FromResult(act());
        }
        catch (SqliteException failure)
        {
            return Task.FromException<T>(new StoreUnavailableException($"The ledger's file: {LedgerHealth.Describe(failure)}", failure));
        }
    }
}
