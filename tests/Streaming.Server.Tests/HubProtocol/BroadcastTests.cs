using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Contracts;
using Streaming.HubProtocol;

namespace Streaming.Server.Tests.HubProtocol;

public sealed class BroadcastTests
{
    private const int Connections = 100;
    private const int Broadcasts = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ABroadcastIsSerialisedOnceHoweverManyHearIt()
    {
        var protocol = new CountingProtocol(new MessagePackHubProtocol(ContractsJson.Wire));
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSignalR();
        services.AddSingleton<IHubProtocol>(protocol);
        services.AddSingleton<Seated>();
        await using var provider = services.BuildServiceProvider();
        var handler = provider.GetRequiredService<HubConnectionHandler<SilentHub>>();
        var hub = provider.GetRequiredService<IHubContext<SilentHub>>();

        var members = await Task.WhenAll(Enumerable.Range(0, Connections).Select(i => Member.JoinAsync(handler, $"c{i}")));
        await provider.GetRequiredService<Seated>().All.WaitAsync(Patience);
        for (var i = 1; i <= Broadcasts; i++)
        {
            await hub.Clients.Group("class").SendAsync("Changed", new ClassroomChange(i, Gone: ["s-1"]));
        }

        foreach (var member in members)
        {
            var heard = await member.HearAsync(Broadcasts).WaitAsync(Patience);
            Assert.Equal(Enumerable.Range(1, Broadcasts).Select(i => (long)i), heard.Select(change => change.Version));
        }

        Assert.Equal(Broadcasts, protocol.Serialised);
        await Task.WhenAll(members.Select(member => member.LeaveAsync()));
    }

    private sealed class SilentHub(Seated seated) : Hub
    {
        public override async Task OnConnectedAsync()
        {
            await Groups.AddToGroupAsync(Context.ConnectionId, "class");
            seated.One();
        }
    }

    private sealed class Seated
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public Task All => _all.Task;

        public void One()
        {
            if (Interlocked.Increment(ref _count) == Connections)
            {
                _all.SetResult();
            }
        }
    }

    /// <summary>A connection without a network: two pipes.</summary>
    private sealed class Member(Pipe up, Pipe down, Task running)
    {
        private static readonly MessagePackHubProtocol Protocol = new(ContractsJson.Wire);

        public static async Task<Member> JoinAsync(HubConnectionHandler<SilentHub> handler, string id)
        {
            var (up, down) = (new Pipe(), new Pipe());
            var connection = new DefaultConnectionContext(id, new Ends(up.Reader, down.Writer), new Ends(down.Reader, up.Writer));
            var running = handler.OnConnectedAsync(connection);
            await up.Writer.WriteAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"messagepack\",\"version\":1}\x1e"));
            var shaken = await down.Reader.ReadAtLeastAsync(3);
            Assert.Equal("{}\x1e", Encoding.UTF8.GetString(shaken.Buffer.Slice(0, 3)));
            down.Reader.AdvanceTo(shaken.Buffer.GetPosition(3));
            return new Member(up, down, running);
        }

        public async Task<List<ClassroomChange>> HearAsync(int count)
        {
            var heard = new List<ClassroomChange>();
            var binder = new Binder(typeof(ClassroomChange)) { Method = "Changed" };
            while (heard.Count < count)
            {
                var read = await down.Reader.ReadAsync();
                var buffer = read.Buffer;
                while (Protocol.TryParseMessage(ref buffer, binder, out var message))
                {
                    if (message is InvocationMessage invocation)
                    {
                        heard.Add((ClassroomChange)invocation.Arguments[0]!);
                    }
                }

                down.Reader.AdvanceTo(buffer.Start, buffer.End);
            }

            return heard;
        }

        public async Task LeaveAsync()
        {
            await up.Writer.CompleteAsync();
            await running;
        }
    }

    private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    /// <summary>Counts how often an invocation is put into bytes.</summary>
    private sealed class CountingProtocol(IHubProtocol inner) : IHubProtocol
    {
        private int _serialised;

        public int Serialised => _serialised;

        public string Name => inner.Name;

        public int Version => inner.Version;

        public TransferFormat TransferFormat => inner.TransferFormat;

        public bool IsVersionSupported(int version) => inner.IsVersionSupported(version);

        public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message) =>
            inner.TryParseMessage(ref input, binder, out message);

        public void WriteMessage(HubMessage message, IBufferWriter<byte> output)
        {
            Count(message);
            inner.WriteMessage(message, output);
        }

        public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message)
        {
            Count(message);
            return inner.GetMessageBytes(message);
        }

        private void Count(HubMessage message)
        {
            if (message is InvocationMessage)
            {
                Interlocked.Increment(ref _serialised);
            }
        }
    }
}
