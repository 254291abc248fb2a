using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Streaming.Server.Stores;

namespace Streaming.Server.Placement;

/// <summary>Where a class is to be kept.</summary>
internal abstract record Place;

/// <summary>Here, by a granted claim.</summary>
/// <param name="Epoch">The fencing token.</param>
/// <param name="LastSequence">The last sequence number of the shared ledger.</param>
/// <param name="Former">The node that had it before; null when none had.</param>
internal sealed record Here(long Epoch, long LastSequence, string? Former) : Place;

/// <summary>Here for now: the store does not answer, and the claim has to be made when it does.</summary>
internal sealed record HereUnclaimed : Place;

/// <summary>On another node.</summary>
/// <param name="Url">Its address.</param>
internal sealed record Elsewhere(string Url) : Place;

/// <summary>Finds and takes the homes of classes: a class lives on one node, and another one takes it when that node's lease has lapsed.</summary>
/// <remarks>Safe for threads.</remarks>
internal sealed class ClassHomes(IClassStore store, NodeDirectory nodes)
{
    private const int Attempts = 5;

    /// <summary>Where the class lives; null when no living node has it.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    public async Task<NodeInfo?> FindAsync(string classId, CancellationToken cancellationToken = default) =>
        await store.HomeAsync(classId, cancellationToken) is { Node.Length: > 0 } home ? await LivingAsync(home.Node, cancellationToken) : null;

    /// <summary>Whether there may be other nodes at all.</summary>
    public bool IsShared => store.IsShared;

    /// <summary>The address of the other living node that has the class; null when none has, or nobody can tell now.</summary>
    public async Task<string?> FindElsewhereAsync(string classId, CancellationToken cancellationToken = default)
    {
        if (!store.IsShared)
        {
            return null;
        }

        try
        {
            return await FindAsync(classId, cancellationToken) is { } home && home.Id != nodes.Me.Id ? home.Url : null;
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Takes the class for this node, unless another living one has it.</summary>
    /// <returns><see cref="Here"/> or <see cref="Elsewhere"/>.</returns>
    /// <exception cref="StoreUnavailableException">The store does not answer: nobody knows where the class is.</exception>
    public async Task<Place> TakeAsync(string classId, CancellationToken cancellationToken = default)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var home = await store.HomeAsync(classId, cancellationToken);
            if (home is { Node.Length: > 0 } && home.Node != nodes.Me.Id && await LivingAsync(home.Node, cancellationToken) is { } other)
            {
                return new Elsewhere(other.Url);
            }

            var claim = await store.ClaimAsync(classId, nodes.Me.Id, home?.Epoch ?? 0, cancellationToken);
            if (claim.Granted)
            {
                return new Here(claim.Home.Epoch, claim.LastSequence, home is { Node.Length: > 0 } ? home.Node : null);
            }
        }

        throw new StoreUnavailableException("Several nodes want this class at once; try again.");
    }

    /// <summary>
    /// Where a class goes that this node does not keep, while the store is away: every node answers the same without asking, the one that ranks
    /// highest for it (rendezvous hashing).
    /// </summary>
    /// <returns><see cref="HereUnclaimed"/> or <see cref="Elsewhere"/>.</returns>
    public Place Provisional(string classId)
    {
        var best = nodes.Live.Append(nodes.Me).DistinctBy(node => node.Id).MaxBy(node => Rank(classId, node.Id))!;
        return best.Id == nodes.Me.Id ? new HereUnclaimed() : new Elsewhere(best.Url);
    }

    private static ulong Rank(string classId, string node) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{classId} {node}")));

    private async Task<NodeInfo?> LivingAsync(string node, CancellationToken cancellationToken)
    {
        if (node == nodes.Me.Id)
        {
            return nodes.Me;
        }

        var living = await store.NodesAsync(cancellationToken);
        return living.FirstOrDefault(of => of.Id == node);
    }
}
