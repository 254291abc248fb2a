using System.Diagnostics.Metrics;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Webhooks;

/// <summary>What is counted of webhooks, by the receiver's host.</summary>
internal sealed class WebhookMeters
{
    private readonly Counter<long> _sent;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _lost;

    public WebhookMeters(IMeterFactory factory)
    {
        var meter = factory.Create(StreamingMeters.Name);
        _sent = meter.CreateCounter<long>("streaming.webhooks.sent", "{event}", "Events that a receiver has taken, by host.");
        _failed = meter.CreateCounter<long>("streaming.webhooks.failed", "{request}", "Posts that failed, by host and result.");
        _lost = meter.CreateCounter<long>("streaming.webhooks.lost", "{event}", "Events that were given up after three days, by host.");
    }

    public void Sent(string host) => _sent.Add(1, Host(host));

    public void Failed(string host, string result) => _failed.Add(1, Host(host), new KeyValuePair<string, object?>("result", result));

    public void Lost(string host) => _lost.Add(1, Host(host));

    private static KeyValuePair<string, object?> Host(string host) => new("host", host);
}
