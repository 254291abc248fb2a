namespace Streaming.Benchmarks.Hub;

/// <summary>One way to send a group message, in one protocol.</summary>
/// <param name="Way">Which way.</param>
/// <param name="Protocol">The hub protocol's name.</param>
internal sealed record HubVariant(HubWay Way, string Protocol)
{
    public override string ToString() => Way switch
    {
        HubWay.FanOut => $"fan-out, {Protocol}",
        HubWay.Outboxes => $"by pipes, {Protocol}",
        _ => $"SendAsync, {Protocol}",
    };
}

/// <summary>How a group message is sent.</summary>
internal enum HubWay
{
    /// <summary>As the server does: outboxes, and the socket written directly.</summary>
    FanOut,

    /// <summary>Outboxes, and SignalR's transport with its pipes: what a client that negotiates first gets.</summary>
    Outboxes,

    /// <summary>By <c>Clients.Group().SendAsync</c>, SignalR's own keeping of groups, and its transport.</summary>
    Plain,
}
