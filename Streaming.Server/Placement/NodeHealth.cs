using Streaming.Server.Stores;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Placement;

/// <summary>How this node stands to the others.</summary>
internal sealed class NodeHealth(IClassStore store, NodeDirectory nodes, KeyAgreement keys) : IHealthPart
{
    /// <inheritdoc/>
    public string Name => "nodes";

    /// <inheritdoc/>
    public PartHealth Check() =>
        !store.IsShared ? new PartHealth(HealthState.Ok, "This node is alone.")
        : keys.Differs ? new PartHealth(
            HealthState.Degraded,
            "This node's ticket key is not the other nodes': a ticket of theirs opens nothing here, nor ours there. Copy keys/ticket.key from one node to "
            + "all others and restart them. When the key was replaced on purpose, delete the key …:{-city}:doc:ticket-key in Redis once.")
        : new PartHealth(HealthState.Ok, $"{nodes.Live.Count} live.");
}
