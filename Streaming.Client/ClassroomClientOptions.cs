using System.Net.WebSockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Streaming.Client;

/// <summary>Where a <see cref="ClassroomClient"/> goes, as whom, and how it comes back.</summary>
public sealed class ClassroomClientOptions
{
    /// <summary>
    /// The first server to ask, <c>http</c> or <c>https</c>; a path in it is kept in front of the hub's. Others of its city are found from there.
    /// </summary>
    public required Uri Server { get; init; }

    /// <summary>The ticket that says who and where; travels as <c>access_token</c> in the query.</summary>
    public required string Ticket { get; init; }

    /// <summary>This device (<see cref="Contracts.Ids.Rule"/>); random by default. Coming back replaces its former connection.</summary>
    public string Device { get; init; } = "net-" + RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>How messages to and from the hub are written: MessagePack by default, the smaller one.</summary>
    public ClassroomProtocol Protocol { get; init; } = ClassroomProtocol.MessagePack;

    /// <summary>How it comes back after a loss.</summary>
    public ReconnectPolicy Reconnect { get; init; } = new();

    /// <summary>The clock of the waits between attempts.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How long one attempt to take the seat may last, 10 s by default; by the system's clock.</summary>
    public TimeSpan AttemptLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the server may be silent before the connection counts as lost; 30 s by default, three of its pings.</summary>
    public TimeSpan ServerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Opens the WebSocket; for a proxy, or a host without a network. A plain <see cref="ClientWebSocket"/> by default.</summary>
    public Func<Uri, CancellationToken, Task<WebSocket>> OpenWebSocket { get; init; } = WebSocketConnectionFactory.OpenAsync;

    /// <summary>Where attempts, losses and failing handlers are told; nowhere by default.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
