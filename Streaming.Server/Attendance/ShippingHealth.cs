using Streaming.Server.Telemetry;

namespace Streaming.Server.Attendance;

/// <summary>Whether the ledger reaches the store that nodes share.</summary>
internal sealed class ShippingHealth(LedgerShipper shipper, LedgerBooks books) : IHealthPart
{
    /// <inheritdoc/>
    public string Name => "shipping";

    /// <inheritdoc/>
    public PartHealth Check() =>
        shipper.IsFailing
            ? new PartHealth(HealthState.Degraded, $"The shared store is away; lessons go on, and {shipper.Waiting} entries of the ledger wait on the disk.")
            : books.SetAside > 0
                ? new PartHealth(
                    HealthState.Ok,
                    $"{books.SetAside} entries were set aside: they were written after their class had gone to another node.")
                : new PartHealth(HealthState.Ok);
}
