using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.TestHost;
using Streaming.Contracts;

namespace Streaming.Server.Tests.Support;

/// <summary>Speaks SignalR's JSON protocol over a WebSocket itself, and so sees every byte that the server sends.</summary>
internal sealed class HubWire : IAsyncDisposable
{
    private const char Separator = '\u001e';
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly WebSocket _socket;
    private readonly Dictionary<string, TaskCompletionSource<JsonNode>> _pending = [];
    private readonly List<string> _received = [];
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Found)> _waiting = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _invocations;

    private HubWire(WebSocket socket) => _socket = socket;

    /// <summary>Ends when the server has closed the connection.</summary>
    public Task Ended => _ended.Task.WaitAsync(Patience);

    /// <summary>Every message so far that is no answer and no ping, as it was sent.</summary>
    public IReadOnlyList<string> Received
    {
        get
        {
            lock (_gate)
            {
                return [.. _received];
            }
        }
    }

    public static async Task<HubWire> ConnectAsync(TestServer server, string ticket, string protocol = "json")
    {
        var address = new Uri(server.BaseAddress, $"{IClassroomHub.Path}?access_token={Uri.EscapeDataString(ticket)}");
        var wire = new HubWire(await server.CreateWebSocketClient().ConnectAsync(address, CancellationToken.None));
        await wire.SendAsync($$"""{"protocol":"{{protocol}}","version":1}""");
        _ = Task.Run(wire.ReadAsync);
        return wire;
    }

    public async Task<T> InvokeAsync<T>(string method, params object?[] arguments) =>
        (await CallAsync(method, arguments))["result"].Deserialize<T>(ContractsJson.Wire)!;

    public Task InvokeAsync(string method, params object?[] arguments) => CallAsync(method, arguments);

    /// <summary>The code with which the call is refused; null when it is done.</summary>
    public async Task<string?> CodeAsync(string method, params object?[] arguments)
    {
        try
        {
            await CallAsync(method, arguments);
            return null;
        }
        catch (HubRefusal refusal)
        {
            return HubErrors.CodeOf(refusal.Message) ?? refusal.Message;
        }
    }

    /// <summary>The first message to <paramref name="target"/> that contains <paramref name="part"/>, come or yet to come.</summary>
    public async Task<JsonNode> HearAsync(string target, string part = "")
    {
        Task<string> found;
        lock (_gate)
        {
            bool Wanted(string text) => text.Contains($"\"target\":\"{target}\"", StringComparison.Ordinal) && text.Contains(part, StringComparison.Ordinal);
            var source = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_received.Find(Wanted) is { } known)
            {
                source.SetResult(known);
            }
            else
            {
                _waiting.Add((Wanted, source));
            }

            found = source.Task;
        }

        return JsonNode.Parse(await found.WaitAsync(Patience))!["arguments"]![0]!;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _ended.Task.WaitAsync(Patience);
        _socket.Dispose();
    }

    private async Task<JsonNode> CallAsync(string method, object?[] arguments)
    {
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        string id;
        lock (_gate)
        {
            id = $"{++_invocations}";
            _pending[id] = answer;
        }

        await SendAsync(JsonSerializer.Serialize(new { type = 1, invocationId = id, target = method, arguments }, ContractsJson.Wire));
        var completion = await answer.Task.WaitAsync(Patience);
        return completion["error"] is { } error ? throw new HubRefusal(error.GetValue<string>()) : completion;
    }

    private Task SendAsync(string message) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(message + Separator), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private async Task ReadAsync()
    {
        try
        {
            var buffer = new byte[16_384];
            var text = new MemoryStream();
            while (await _socket.ReceiveAsync(buffer, CancellationToken.None) is { MessageType: not WebSocketMessageType.Close } part)
            {
                text.Write(buffer.AsSpan(0, part.Count));
                if (part.EndOfMessage)
                {
                    foreach (var message in Encoding.UTF8.GetString(text.ToArray()).Split(Separator, StringSplitOptions.RemoveEmptyEntries))
                    {
                        Take(message);
                    }

                    text.SetLength(0);
                }
            }
        }
        catch (Exception ended) when (ended is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private void Take(string message)
    {
        var node = JsonNode.Parse(message)!;
        lock (_gate)
        {
            switch (node["type"]?.GetValue<int>())
            {
                case 3 when _pending.Remove(node["invocationId"]!.GetValue<string>(), out var answer):
                    answer.SetResult(node);
                    break;
                case 1:
                    _received.Add(message);
                    foreach (var waiting in _waiting.Where(waiting => waiting.Wanted(message)).ToArray())
                    {
                        _waiting.Remove(waiting);
                        waiting.Found.SetResult(message);
                    }

                    break;
            }
        }
    }
}

/// <summary>The hub refused a call.</summary>
internal sealed class HubRefusal(string message) : Exception(message);
