using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Streaming.Contracts;

namespace Streaming.Client;

/// <summary>Opens the hub's WebSocket without SignalR's negotiation: one round trip less, and no second address to agree on.</summary>
internal sealed class WebSocketConnectionFactory(Func<Uri, CancellationToken, Task<WebSocket>> open, WebSocketMessageType messages)
    : IConnectionFactory
{
    /// <summary>The hub's WebSocket address with the ticket in the query, as SignalR servers expect it of browsers.</summary>
    public static Uri AddressOf(Uri server, string ticket)
    {
        var builder = new UriBuilder(server)
        {
            Scheme = server.Scheme is "https" or "wss" ? "wss" : "ws",
            Query = "access_token=" + Uri.EscapeDataString(ticket),
            Fragment = string.Empty,
        };
        builder.Path = builder.Path.TrimEnd('/') + IClassroomHub.Path;
        return builder.Uri;
    }

    /// <summary>Opens a <see cref="ClientWebSocket"/>; a refusal of the ticket becomes a <see cref="ClassroomException"/>.</summary>
    public static async Task<WebSocket> OpenAsync(Uri address, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            return socket;
        }
        catch (WebSocketException e) when (socket.HttpStatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            var code = socket.HttpStatusCode != HttpStatusCode.Unauthorized ? HubErrors.WrongClass
                : IsExpired(socket) ? HubErrors.TicketExpired
                : HubErrors.TicketInvalid;
            socket.Dispose();
            throw new ClassroomException(code, "The server did not accept the ticket.", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // The refusal's code is also among the parameters of the challenge: nobody can read the body behind a refused WebSocket.
    private static bool IsExpired(ClientWebSocket socket) =>
        socket.HttpResponseHeaders?.FirstOrDefault(header => header.Key.Equals("WWW-Authenticate", StringComparison.OrdinalIgnoreCase)).Value is { } challenges
        && challenges.Any(challenge => challenge.Contains($"code=\"{HubErrors.TicketExpired}\"", StringComparison.Ordinal));

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new WebSocketConnection(await open(((UriEndPoint)endpoint).Uri, cancellationToken), messages);
}
