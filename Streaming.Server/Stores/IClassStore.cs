using Streaming.Server.Attendance;

namespace Streaming.Server.Stores;

/// <summary>One server of a city.</summary>
/// <param name="Id">Its id, the same over its restarts.</param>
/// <param name="Url">The address that browsers find it at.</param>
internal sealed record NodeInfo(string Id, string Url);

/// <summary>Where a class lives.</summary>
/// <param name="Node">The node that keeps it; empty when it was given back and nobody has it.</param>
/// <param name="Epoch">The fencing token: grows whenever the class changes hands, and is never granted twice. Writes of another epoch are
/// refused. Positive, and below 2^53.</param>
internal sealed record ClassHome(string Node, long Epoch);

/// <summary>What became of a claim.</summary>
/// <param name="Granted">Whether the class is now the claimer's.</param>
/// <param name="Home">Where it lives now.</param>
/// <param name="LastSequence">The last sequence number of the class's shared ledger; 0 when it has no entry.</param>
internal sealed record ClaimReply(bool Granted, ClassHome Home, long LastSequence);

/// <summary>How an append ended.</summary>
internal enum AppendOutcome
{
    /// <summary>All entries stand in the ledger, now or already before.</summary>
    Done,

    /// <summary>The class is another epoch's, or has no home (the store was emptied); nothing was written. See <see cref="IClassStore.ClaimAsync"/>.</summary>
    Fenced,

    /// <summary>The entries do not follow what stands there (an empty ledger takes any beginning): those from <see cref="AppendReply.LastSequence"/> + 1 are missing. Nothing was written.</summary>
    Gap,
}

/// <summary>What became of entries.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="LastSequence">The last sequence number of the ledger afterwards.</param>
internal readonly record struct AppendReply(AppendOutcome Outcome, long LastSequence);

/// <summary>An entry by which lessons are found.</summary>
/// <param name="Sequence">Its place.</param>
/// <param name="At">When (UTC).</param>
internal readonly record struct LedgerMark(long Sequence, DateTimeOffset At);

/// <summary>One device in the shared view of a class: what other nodes may know without reading the ledger.</summary>
/// <param name="Member">Whose it is.</param>
/// <param name="Device">Which.</param>
/// <param name="Role">The member's role.</param>
/// <param name="IsConnected">False while it is dropped.</param>
/// <param name="Since">Since when (UTC).</param>
internal readonly record struct DevicePresence(string Member, string Device, Contracts.Role Role, bool IsConnected, DateTimeOffset Since);

/// <summary>What the nodes of a city share: who lives, where a class lives, its ledger, its view, its documents.</summary>
/// <remarks>
/// <para>Safe for threads. Every call may throw <see cref="StoreUnavailableException"/>: it then may or may not have been carried out, and every
/// call can be made again without harm.</para>
/// <para>A caller that hands over wrong arguments (no entry, another class's, a gap among them) gets an <see cref="ArgumentException"/>.</para>
/// <para>Everything of one class is written by the node whose epoch is the newest; see <see cref="ClassHome.Epoch"/>.</para>
/// </remarks>
internal interface IClassStore
{
    /// <summary>Whether other nodes may share it. One that nobody shares holds nothing that the journal of this node does not.</summary>
    bool IsShared { get; }

    /// <summary>Renews the lease of a node by the store's own clock.</summary>
    /// <param name="node">The node.</param>
    /// <param name="life">How long the lease lives without another beat.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task BeatAsync(NodeInfo node, TimeSpan life, CancellationToken cancellationToken = default);

    /// <summary>Ends the lease of a node that stops.</summary>
    Task RetireAsync(string node, CancellationToken cancellationToken = default);

    /// <summary>The nodes whose lease lives, by id.</summary>
    Task<IReadOnlyList<NodeInfo>> NodesAsync(CancellationToken cancellationToken = default);

    /// <summary>When a node last renewed its lease, also one that lapsed since; null when that is not known any more.</summary>
    Task<DateTimeOffset?> LastBeatAsync(string node, CancellationToken cancellationToken = default);

    /// <summary>Where a class lives; null when it never lived anywhere.</summary>
    Task<ClassHome?> HomeAsync(string classId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes a class: grants a new epoch if its epoch still is <paramref name="former"/>, or if it has no home. The new epoch is greater than
    /// <paramref name="former"/>, and than every epoch that was granted before, also by a store that has lost its memory since.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Of claimers with the same former epoch one is granted. Whoever is refused reads in <see cref="ClaimReply.Home"/> who has it. A claim whose
    /// answer was lost may have been granted: the home then names the claimer, who claims again with that epoch as the former one.
    /// </para>
    /// <para>
    /// A writer that is told <see cref="AppendOutcome.Fenced"/> looks at the home. Another node's: the class is lost. None, or the writer's own
    /// with another epoch: it claims again with the last epoch that it knows, and appends from <see cref="ClaimReply.LastSequence"/> + 1.
    /// </para>
    /// </remarks>
    /// <param name="classId">The class.</param>
    /// <param name="node">Who claims it.</param>
    /// <param name="former">The epoch that the claimer found, or last had; 0 for a class without a home.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ClaimReply> ClaimAsync(string classId, string node, long former, CancellationToken cancellationToken = default);

    /// <summary>Gives a class back: the epoch stays, the node becomes empty. Does nothing when the epoch is not <paramref name="epoch"/>.</summary>
    Task ReleaseAsync(string classId, long epoch, CancellationToken cancellationToken = default);

    /// <summary>
    /// Appends entries to a class's ledger and brings its view up to date, in one step. Entries that stand there already are passed over by their
    /// sequence number, so that a batch may come twice.
    /// </summary>
    /// <param name="classId">The class.</param>
    /// <param name="epoch">The writer's epoch.</param>
    /// <param name="entries">Entries without a gap among them, at least one.</param>
    /// <param name="overGap">The writer has nothing of what would stand between: the store has lost what another node wrote, and goes on without.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<AppendReply> AppendAsync(
        string classId, long epoch, IReadOnlyList<LedgerEntry> entries, bool overGap = false, CancellationToken cancellationToken = default);

    /// <summary>A class's shared ledger in its order.</summary>
    /// <param name="classId">The class.</param>
    /// <param name="after">Entries behind this sequence number; 0 for all.</param>
    /// <param name="limit">At most so many, at least 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<LedgerEntry>> ReadAsync(string classId, long after, int limit, CancellationToken cancellationToken = default);

    /// <summary>
    /// The newest entries of a kind that marks lessons (<see cref="LedgerKind.Started"/>, <see cref="LedgerKind.Closed"/>), oldest first: of each its
    /// sequence number and its time.
    /// </summary>
    Task<IReadOnlyList<LedgerMark>> MarksAsync(string classId, LedgerKind kind, int newest, CancellationToken cancellationToken = default);

    /// <summary>The devices that are in a class, connected or dropped, by member and device.</summary>
    Task<IReadOnlyList<DevicePresence>> PresentAsync(string classId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Puts other entries in place of all that stand in a class's ledger: for erasing. The last sequence number stays or grows, and the view stays.
    /// </summary>
    /// <param name="classId">The class.</param>
    /// <param name="epoch">The writer's epoch.</param>
    /// <param name="entries">At least one, in their order; numbers may be missing among them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// False when the epoch is not the class's, or when the ledger has entries behind the last of these: something was appended meanwhile, and is
    /// not to be lost. Nothing was written.
    /// </returns>
    Task<bool> RewriteAsync(string classId, long epoch, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellationToken = default);

    /// <summary>A document of a class: its roll, its settings, its stored lesson. Null when there is none.</summary>
    Task<string?> DocumentAsync(string classId, string name, CancellationToken cancellationToken = default);

    /// <summary>Writes a document of a class, or removes it.</summary>
    /// <param name="classId">The class.</param>
    /// <param name="name">Its name (<see cref="Contracts.Ids.Rule"/>).</param>
    /// <param name="content">What it holds; null removes it.</param>
    /// <param name="epoch">The writer's epoch; null for a document that anybody may write.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when the epoch is not the class's; nothing was written.</returns>
    Task<bool> PutDocumentAsync(string classId, string name, string? content, long? epoch, CancellationToken cancellationToken = default);
}

/// <summary>The store did not answer, or not in time. Trying again later is sensible, and does no harm.</summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
