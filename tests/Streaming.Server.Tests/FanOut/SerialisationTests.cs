using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;
using Streaming.Contracts;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.FanOut;

public sealed class SerialisationTests
{
    [Fact]
    public async Task TenMessagesToAHundredConnectionsOfTwoProtocolsAreWrittenTwentyTimes()
    {
        CountingProtocol[] protocols = [new("json"), new("other")];
        await using var host = new ServerHost { Time = new ManualTime(), Protocols = protocols };
        var wires = new List<HubWire>();
        for (var i = 0; i < 100; i++)
        {
            wires.Add(await HubWire.ConnectAsync(host.Server, host.Ticket($"s-{i}", Role.Student), protocols[i % 2].Name));
            await wires[i].InvokeAsync("Join", new JoinRequest("d1"));
        }

        Array.ForEach(protocols, protocol => protocol.Clear());
        for (var i = 0; i < 10; i++)
        {
            await wires[10 * i].InvokeAsync("Say", $"line {i}");
        }

        foreach (var wire in wires)
        {
            await wire.HearAsync("Said", "line 9");
            Assert.Equal(
                Enumerable.Range(0, 10),
                wire.Received.Where(text => text.Contains("\"Said\"", StringComparison.Ordinal)).Select(text => text[text.IndexOf("line ", StringComparison.Ordinal) + 5] - '0'));
        }

        Assert.Equal([10, 10], protocols.Select(protocol => protocol.Count("Said")));
        foreach (var wire in wires)
        {
            await wire.DisposeAsync();
        }
    }

    /// <summary>JSON under a name of its own, which counts what it writes.</summary>
    private sealed class CountingProtocol(string name) : IHubProtocol
    {
        private readonly JsonHubProtocol _json = new(Options.Create(Made()));
        private readonly Lock _gate = new();
        private readonly Dictionary<string, int> _written = [];

        public string Name => name;

        public int Version => _json.Version;

        public TransferFormat TransferFormat => _json.TransferFormat;

        public int Count(string target)
        {
            lock (_gate)
            {
                return _written.GetValueOrDefault(target);
            }
        }

        public void Clear()
        {
            lock (_gate)
            {
                _written.Clear();
            }
        }

        public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message)
        {
            Note(message);
            return _json.GetMessageBytes(message);
        }

        public void WriteMessage(HubMessage message, IBufferWriter<byte> output)
        {
            Note(message);
            _json.WriteMessage(message, output);
        }

        public bool IsVersionSupported(int version) => _json.IsVersionSupported(version);

        public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message) =>
            _json.TryParseMessage(ref input, binder, out message);

        private static JsonHubProtocolOptions Made()
        {
            var options = new JsonHubProtocolOptions();
            ContractsJson.Apply(options.PayloadSerializerOptions);
            return options;
        }

        private void Note(HubMessage message)
        {
            if (message is InvocationMessage invocation)
            {
                lock (_gate)
                {
                    _written[invocation.Target] = _written.GetValueOrDefault(invocation.Target) + 1;
                }
            }
        }
    }
}
