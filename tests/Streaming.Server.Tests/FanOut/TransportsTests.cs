using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Streaming.Contracts;
using Streaming.Server.Classrooms;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.FanOut;

/// <summary>Whoever cannot open a WebSocket at once hears the same.</summary>
public sealed class TransportsTests : IDisposable
{
    private const char Separator = '\u001e';
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ServerHost _host = new() { Time = new ManualTime() };

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task LongPollingHearsTheClass()
    {
        using var client = _host.Client(_host.Ticket("s", Role.Student));
        var address = await NegotiateAsync(client);
        await SendAsync(client, address, """{"protocol":"json","version":1}""");
        await SendAsync(client, address, """{"type":1,"invocationId":"1","target":"Join","arguments":[{"device":"d1"}]}""");
        await using var teacher = await _host.JoinAsync("t", Role.Teacher);
        await teacher.InvokeAsync("Say", "hello, slow one");

        var heard = "";
        using var patience = new CancellationTokenSource(Patience);
        while (!heard.Contains("slow one", StringComparison.Ordinal))
        {
            heard += await client.GetStringAsync(address, patience.Token);
        }

        Assert.Contains("\"type\":3", heard, StringComparison.Ordinal);
        await client.DeleteAsync(address);
    }

    [Fact]
    public async Task ServerSentEventsHearTheClass()
    {
        using var client = _host.Client(_host.Ticket("s", Role.Student));
        var address = await NegotiateAsync(client);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var patience = new CancellationTokenSource(Patience);
        using var stream = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(patience.Token));
        await SendAsync(client, address, """{"protocol":"json","version":1}""");
        await SendAsync(client, address, """{"type":1,"invocationId":"1","target":"Join","arguments":[{"device":"d1"}]}""");
        await HearAsync(() => reader.ReadLineAsync(patience.Token).AsTask(), "\"type\":3");
        await using var teacher = await _host.JoinAsync("t", Role.Teacher);
        await teacher.InvokeAsync("Say", "hello, one-eyed one");
        await HearAsync(() => reader.ReadLineAsync(patience.Token).AsTask(), "one-eyed");
    }

    [Fact]
    public async Task ANegotiatedWebSocketHearsTheClass()
    {
        using var client = _host.Client(_host.Ticket("s", Role.Student));
        var address = new Uri(_host.Server.BaseAddress, $"{await NegotiateAsync(client)}&access_token={_host.Ticket("s", Role.Student)}");
        using var socket = await _host.Server.CreateWebSocketClient().ConnectAsync(address, CancellationToken.None);
        await SayAsync("""{"protocol":"json","version":1}""");
        await SayAsync("""{"type":1,"invocationId":"1","target":"Join","arguments":[{"device":"d1"}]}""");
        await HearAsync(ReceiveAsync, "\"type\":3");
        await using var teacher = await _host.JoinAsync("t", Role.Teacher);
        await teacher.InvokeAsync("Say", "hello, ceremonious one");
        await HearAsync(ReceiveAsync, "ceremonious");

        Task SayAsync(string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text + Separator), WebSocketMessageType.Text, true, CancellationToken.None);

        async Task<string?> ReceiveAsync()
        {
            var buffer = new byte[16_384];
            var received = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(Patience);
            return Encoding.UTF8.GetString(buffer, 0, received.Count);
        }
    }

    /// <summary>The server stops: the class hears of everybody who goes, and every client of the end, before the process does.</summary>
    [Fact]
    public async Task WhenTheServerStopsItSaysSoToWhoeverIsConnected()
    {
        var host = new ServerHost();
        var wire = await host.JoinAsync("s", Role.Student);
        var connections = host.Get<HubConnections>();
        Assert.Equal(1, connections.Count);
        await host.DisposeAsync();
        await wire.Ended;
        Assert.Equal(0, connections.Count);
        await wire.DisposeAsync();
    }

    private static async Task HearAsync(Func<Task<string?>> next, string part)
    {
        while (await next() is { } heard)
        {
            if (heard.Contains(part, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"The connection ended without '{part}'.");
    }

    private static async Task<string> NegotiateAsync(HttpClient client)
    {
        using var response = await client.PostAsync($"{IClassroomHub.Path}/negotiate?negotiateVersion=1", null);
        var answer = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
        return $"{IClassroomHub.Path}?id={answer["connectionToken"]!.GetValue<string>()}";
    }

    private static async Task SendAsync(HttpClient client, string address, string message)
    {
        using var sent = await client.PostAsync(address, new StringContent(message + Separator));
        Assert.True(sent.IsSuccessStatusCode, $"{sent.StatusCode}");
    }
}
