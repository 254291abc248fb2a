using Streaming.Server.Attendance;
using Streaming.Server.Stores;

namespace Streaming.Server.Tests.Support;

/// <summary>A store that can be made not to answer; and one that several desks share.</summary>
/// <param name="inner">The store itself, with the journal behind it.</param>
/// <param name="isShared">Whether nodes share it.</param>
internal sealed class SwitchedStore(IClassStore inner, bool isShared) : IClassStore
{
    public bool IsAway { get; set; }

    public bool IsShared => isShared;

    /// <summary>The store itself.</summary>
    public IClassStore Inner
    {
        get => IsAway ? throw new StoreUnavailableException("away") : field;
        set;
    } = inner;

    public Task BeatAsync(NodeInfo node, TimeSpan life, CancellationToken cancellationToken = default) => Inner.BeatAsync(node, life, cancellationToken);

    public Task RetireAsync(string node, CancellationToken cancellationToken = default) => Inner.RetireAsync(node, cancellationToken);

    public Task<IReadOnlyList<NodeInfo>> NodesAsync(CancellationToken cancellationToken = default) => Inner.NodesAsync(cancellationToken);

    public Task<DateTimeOffset?> LastBeatAsync(string node, CancellationToken cancellationToken = default) => Inner.LastBeatAsync(node, cancellationToken);

    public Task<ClassHome?> HomeAsync(string classId, CancellationToken cancellationToken = default) => Inner.HomeAsync(classId, cancellationToken);

    public Task<ClaimReply> ClaimAsync(string classId, string node, long former, CancellationToken cancellationToken = default) =>
        Inner.ClaimAsync(classId, node, former, cancellationToken);

    public Task ReleaseAsync(string classId, long epoch, CancellationToken cancellationToken = default) =>
        Inner.ReleaseAsync(classId, epoch, cancellationToken);

    /// <summary>What an append waits for before it reaches the store.</summary>
    public Task Way { get; set; } = Task.CompletedTask;

    public async Task<AppendReply> AppendAsync(
        string classId, long epoch, IReadOnlyList<LedgerEntry> entries, bool overGap = false, CancellationToken cancellationToken = default)
    {
        await Way;
        return await Inner.AppendAsync(classId, epoch, entries, overGap, cancellationToken);
    }

    public Task<IReadOnlyList<LedgerEntry>> ReadAsync(string classId, long after, int limit, CancellationToken cancellationToken = default) =>
        Inner.ReadAsync(classId, after, limit, cancellationToken);

    public Task<IReadOnlyList<LedgerMark>> MarksAsync(
        string classId, LedgerKind kind, int newest, CancellationToken cancellationToken = default) =>
        Inner.MarksAsync(classId, kind, newest, cancellationToken);

    public Task<IReadOnlyList<DevicePresence>> PresentAsync(string classId, CancellationToken cancellationToken = default) =>
        Inner.PresentAsync(classId, cancellationToken);

    public Task<bool> RewriteAsync(
        string classId, long epoch, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellationToken = default) =>
        Inner.RewriteAsync(classId, epoch, entries, cancellationToken);

    public Task<string?> DocumentAsync(string classId, string name, CancellationToken cancellationToken = default) =>
        Inner.DocumentAsync(classId, name, cancellationToken);

    public Task<bool> PutDocumentAsync(
        string classId, string name, string? content, long? epoch, CancellationToken cancellationToken = default) =>
        Inner.PutDocumentAsync(classId, name, content, epoch, cancellationToken);
}
