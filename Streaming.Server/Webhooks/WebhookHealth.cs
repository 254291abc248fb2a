using Streaming.Server.Telemetry;

namespace Streaming.Server.Webhooks;

/// <summary>Whether the receivers of webhooks take what they are told.</summary>
internal sealed class WebhookHealth(WebhookSender sender, TimeProvider time) : IHealthPart
{
    /// <inheritdoc/>
    public string Name => "webhooks";

    /// <inheritdoc/>
    public PartHealth Check()
    {
        string[] complaints = [.. sender.Couriers.Select(Describe).OfType<string>()];
        return complaints.Length == 0 ? new PartHealth(HealthState.Ok) : new PartHealth(HealthState.Degraded, string.Join(' ', complaints));
    }

    private string? Describe(WebhookCourier courier)
    {
        var receiver = courier.Receiver;
        if (receiver.IsGone)
        {
            return $"{receiver.Host} wants no webhooks any more (410); nothing is sent there until the next start.";
        }

        var (waiting, since) = courier.Look();
        var failing = time.GetUtcNow() - since;
        return failing >= WebhookReceiver.WorthSaying
            ? $"{receiver.Host} has not taken an event for {(long)failing.Value.TotalMinutes} min ({receiver.Reason}); "
                + $"{waiting} entries of the ledger wait for it."
            : null;
    }
}
