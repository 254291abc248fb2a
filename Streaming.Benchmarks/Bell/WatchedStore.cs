using Streaming.Server.Attendance;
using Streaming.Server.Stores;

namespace Streaming.Benchmarks.Bell;

/// <summary>A store that is looked at: when entries arrived in it.</summary>
internal sealed class WatchedStore(IClassStore store, Latencies arrived) : IClassStore
{
    public bool IsShared => store.IsShared;

    public async Task<AppendReply> AppendAsync(
        string classId, long epoch, IReadOnlyList<LedgerEntry> entries, bool overGap = false, CancellationToken cancellationToken = default)
    {
        var reply = await store.AppendAsync(classId, epoch, entries, overGap, cancellationToken);
        if (reply.Outcome == AppendOutcome.Done)
        {
            arrived.Written(entries);
        }

        return reply;
    }

    public Task BeatAsync(NodeInfo node, TimeSpan life, CancellationToken cancellationToken = default) => store.BeatAsync(node, life, cancellationToken);

    public Task RetireAsync(string node, CancellationToken cancellationToken = default) => store.RetireAsync(node, cancellationToken);

    public Task<IReadOnlyList<NodeInfo>> NodesAsync(CancellationToken cancellationToken = default) => store.NodesAsync(cancellationToken);

    public Task<DateTimeOffset?> LastBeatAsync(string node, CancellationToken cancellationToken = default) => store.LastBeatAsync(node, cancellationToken);

    public Task<ClassHome?> HomeAsync(string classId, CancellationToken cancellationToken = default) => store.HomeAsync(classId, cancellationToken);

    public Task<ClaimReply> ClaimAsync(string classId, string node, long former, CancellationToken cancellationToken = default) =>
        store.ClaimAsync(classId, node, former, cancellationToken);

    public Task ReleaseAsync(string classId, long epoch, CancellationToken cancellationToken = default) =>
        store.ReleaseAsync(classId, epoch, cancellationToken);

    public Task<IReadOnlyList<LedgerEntry>> ReadAsync(string classId, long after, int limit, CancellationToken cancellationToken = default) =>
        store.ReadAsync(classId, after, limit, cancellationToken);

    public Task<IReadOnlyList<LedgerMark>> MarksAsync(string classId, LedgerKind kind, int newest, CancellationToken cancellationToken = default) =>
        store.MarksAsync(classId, kind, newest, cancellationToken);

    public Task<IReadOnlyList<DevicePresence>> PresentAsync(string classId, CancellationToken cancellationToken = default) =>
        store.PresentAsync(classId, cancellationToken);

    public Task<bool> RewriteAsync(string classId, long epoch, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellationToken = default) =>
        store.RewriteAsync(classId, epoch, entries, cancellationToken);

    public Task<string?> DocumentAsync(string classId, string name, CancellationToken cancellationToken = default) =>
        store.DocumentAsync(classId, name, cancellationToken);

    public Task<bool> PutDocumentAsync(string classId, string name, string? content, long? epoch, CancellationToken cancellationToken = default) =>
        store.PutDocumentAsync(classId, name, content, epoch, cancellationToken);
}
