using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Streaming.Contracts;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>A bare SignalR client (JSON protocol over a WebSocket) that keeps every byte the hub sends, except keep-alives.</summary>
internal sealed class HubMember : IAsyncDisposable
{
    private const char RecordSeparator = '\x1e';
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(45);

    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentQueue<string> _messages = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonObject>> _calls = new();
    private readonly TaskCompletionSource _shaken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _sending = new(1);
    private Task _reading = Task.CompletedTask;
    private int _lastCall;

    private HubMember()
    {
    }

    /// <summary>What the hub sent, message by message, as it came.</summary>
    public IReadOnlyCollection<string> Messages => _messages;

    /// <summary>Connects and shakes hands; joins nothing yet.</summary>
    public static async Task<HubMember> ConnectAsync(Uri server, string ticket)
    {
        var member = new HubMember();
        var address = new UriBuilder(new Uri(server, IClassroomHub.Path)) { Scheme = "ws", Query = $"access_token={ticket}" }.Uri;
        using var limit = new CancellationTokenSource(CallLimit);
        await member._socket.ConnectAsync(address, limit.Token);
        member._reading = member.ReadAsync();
        await member.SendAsync("""{"protocol":"json","version":1}""");
        await member._shaken.Task.WaitAsync(CallLimit);
        return member;
    }

    /// <summary>Calls a method of the hub.</summary>
    /// <returns>The result; null for a method without one.</returns>
    /// <exception cref="HubRefusalException">The hub refused.</exception>
    public async Task<JsonNode?> CallAsync(string method, params object?[] arguments)
    {
        var id = Interlocked.Increment(ref _lastCall).ToString(CultureInfo.InvariantCulture);
        var done = _calls[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(JsonSerializer.Serialize(new { type = 1, invocationId = id, target = method, arguments }, JsonSerializerOptions.Web));
        var completion = await done.Task.WaitAsync(CallLimit);
        return completion["error"] is { } error ? throw new HubRefusalException($"{error}") : completion["result"];
    }

    /// <summary>Takes the seat of the ticket.</summary>
    public Task<JsonNode?> JoinAsync(string device) => CallAsync("Join", new { device });

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task SendAsync(string message)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(message + RecordSeparator), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        var rest = new MemoryStream();
        try
        {
            while (await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } part)
            {
                for (var i = 0; i < part.Count; i++)
                {
                    if (buffer[i] != RecordSeparator)
                    {
                        rest.WriteByte(buffer[i]);
                        continue;
                    }

                    Take(Encoding.UTF8.GetString(rest.ToArray()));
                    rest.SetLength(0);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The connection is gone: whoever waits for an answer hears of it below.
        }

        foreach (var call in _calls.Values)
        {
            call.TrySetException(new IOException("The connection to the hub is gone."));
        }
    }

    private void Take(string message)
    {
        if (_shaken.TrySetResult())
        {
            return;   // the answer to the handshake
        }

        var json = JsonNode.Parse(message)!.AsObject();
        const int completion = 3, ping = 6;
        var type = (int)json["type"]!;
        if (type == ping)
        {
            return;   // comes by the clock, whatever anybody does
        }

        _messages.Enqueue(message);
        if (type == completion && _calls.TryRemove($"{json["invocationId"]}", out var call))
        {
            call.SetResult(json);
        }
    }
}

/// <summary>The hub refused a call.</summary>
internal sealed class HubRefusalException(string message) : Exception(message)
{
    /// <summary>The stable code.</summary>
    public string? Code => HubErrors.CodeOf(Message);
}
