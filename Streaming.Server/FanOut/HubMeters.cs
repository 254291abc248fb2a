using System.Diagnostics.Metrics;
using Streaming.Server.Telemetry;

namespace Streaming.Server.FanOut;

/// <summary>Connections that do not drain. Inspectors' are under the meter of inspection.</summary>
internal sealed class HubMeters
{
    public HubMeters(IMeterFactory factory, HubOutboxes outboxes)
    {
        Of(factory.Create(StreamingMeters.Name), "streaming.hub", outboxes.Members, () => outboxes.WaitingBytes(ofObservers: false));
        Of(factory.Create(StreamingMeters.InspectionName), "streaming.inspection.hub", outboxes.Observers, () => outboxes.WaitingBytes(ofObservers: true));
    }

    private static void Of(Meter meter, string prefix, OutboxCounts counts, Func<long> waiting)
    {
        meter.CreateObservableCounter(
            $"{prefix}.snapshots", () => counts.ToSnapshots, "{connection}", "Connections dropped to snapshots: what waited for them was thrown away.");
        meter.CreateObservableCounter(
            $"{prefix}.closed", () => counts.ClosedConnections, "{connection}", "Connections closed because they did not drain.");
        meter.CreateObservableUpDownCounter(
            $"{prefix}.waiting", waiting, "By", "Messages that wait for connections which do not drain.");
    }
}
