using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Contracts;
using Streaming.Server.Classrooms;
using Streaming.Server.FanOut;

namespace Streaming.Benchmarks.Hub;

/// <summary>The server of a hub run, in a process of its own: one class, driven by lines on standard input, answered in lines of JSON.</summary>
/// <remarks>Its hub does nothing; what is measured is the way of a group message, from the object to the socket.</remarks>
internal sealed class HubServer(HubWay way)
{
    public const string Verb = "hub-server";

    private const string Group = "class";
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly List<string> _stalled = [];
    private ClassroomAudience _audience = null!;
    private HubOutboxes _outboxes = null!;
    private IHubContext<DeltaHub> _hub = null!;
    private int _number;

    /// <summary>Reads the one argument behind the verb.</summary>
    public static HubServer Read(ReadOnlySpan<string> arguments) =>
        arguments is [var way] && Enum.TryParse<HubWay>(way, out var known) ? new HubServer(known)
        : throw new ArgumentException($"{Verb} is started by the hub run.");

    public async Task<int> RunAsync(TextReader input, TextWriter output)
    {
        await using var app = Build();
        await app.StartAsync();
        _hub = app.Services.GetRequiredService<IHubContext<DeltaHub>>();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Say(output, new HubServerReady(new Uri(address).Port, [.. app.Services.GetServices<IHubProtocol>().Select(protocol => protocol.Name)]));
        while (await input.ReadLineAsync() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["send", var deltas, var seconds]:
                    Say(output, await SendAsync(int.Parse(deltas), int.Parse(seconds)));
                    break;
                case ["fill", var bytes]:
                    Fill(int.Parse(bytes));
                    Say(output, true);
                    break;
            }
        }

        return 0;
    }

    private static void Say<T>(TextWriter output, T what)
    {
        output.WriteLine(JsonSerializer.Serialize(what));
        output.Flush();
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(this);
        if (way != HubWay.Plain)
        {
            _outboxes = new HubOutboxes(OutboxLimits.Default, TimeProvider.System, NullLoggerFactory.Instance);
            _audience = new ClassroomAudience(_outboxes, TimeProvider.System, NullLogger.Instance);
            builder.Services.AddSingleton(_outboxes);
            builder.Services.AddOutboxes<DeltaHub>();
        }

        HubProtocols.Add(builder.Services.AddSignalR(hub =>
        {
            // The load says nothing, and is there until it is not.
            hub.ClientTimeoutInterval = TimeSpan.FromMinutes(30);
        }));
        var app = builder.Build();
        var hub = app.MapHub<DeltaHub>("/hub", connection =>
        {
            if (way != HubWay.Plain)
            {
                FanOutServices.LetOutboxesJudge(connection, _outboxes.Limits);
            }
        });
        if (way == HubWay.FanOut)
        {
            hub.UseDirectSockets<DeltaHub, HubEndpointConventionBuilder>(app, 64 * 1_024);
        }

        return app;
    }

    private async Task<HubServerFigures> SendAsync(int deltas, int seconds)
    {
        GC.Collect();
        var (cpu, allocated) = (Environment.CpuUsage, GC.GetTotalAllocatedBytes(precise: true));
        var since = Stopwatch.StartNew();
        for (var sent = 1; sent <= deltas * seconds; sent++)
        {
            Tell(Next());
            var due = TimeSpan.FromSeconds((double)sent / deltas) - since.Elapsed;
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due);
            }
        }

        await Task.Delay(Settling);
        var used = Environment.CpuUsage;
        return new HubServerFigures(
            _number, deltas * seconds, (used.UserTime - cpu.UserTime).TotalMicroseconds, (used.PrivilegedTime - cpu.PrivilegedTime).TotalMicroseconds,
            GC.GetTotalAllocatedBytes(precise: true) - allocated, GC.GetTotalMemory(forceFullCollection: false), Environment.WorkingSet,
            _outboxes?.Members.ToSnapshots ?? 0, _outboxes?.Members.ClosedConnections ?? 0);
    }

    // What an ordinary change is: one hand goes up.
    private ClassroomChange Next() =>
        new(++_number, [new Seat("s-20260042", "欧阳小明" + HubMark.Make(_number), Role.Student, DateTimeOffset.UtcNow)]);

    private void Tell(ClassroomChange change)
    {
        if (way != HubWay.Plain)
        {
            lock (_gate)
            {
                _audience.Changed(change);
            }
        }
        else
        {
            _ = _hub.Clients.Group(Group).SendAsync(nameof(IClassroomClient.Changed), change);
        }
    }

    // So much that no buffer on the way takes all of it.
    private void Fill(int bytes)
    {
        const int Line = 4_096;
        var line = new ChatLine(1, "s-1", "x", Role.Student, new string('x', Line), DateTimeOffset.UtcNow);
        lock (_gate)
        {
            for (var filled = 0; filled < bytes; filled += Line)
            {
                foreach (var connection in _stalled)
                {
                    if (way != HubWay.Plain)
                    {
                        _outboxes.Find(connection)?.Send(new HubNews(nameof(IClassroomClient.Said), line));
                    }
                    else
                    {
                        _ = _hub.Clients.Client(connection).SendAsync(nameof(IClassroomClient.Said), line);
                    }
                }
            }
        }
    }

    private async Task EnterAsync(DeltaHub hub)
    {
        var connection = hub.Context.ConnectionId;
        lock (_gate)
        {
            if (hub.Context.GetHttpContext()!.Request.Query.ContainsKey("stalled"))
            {
                _stalled.Add(connection);
            }

            if (way != HubWay.Plain)
            {
                _audience.Enter(connection, Role.Student);
            }
        }

        if (way == HubWay.Plain)
        {
            await hub.Groups.AddToGroupAsync(connection, Group);
        }
    }

    /// <summary>Whoever connects hears the class.</summary>
    internal sealed class DeltaHub(HubServer server) : Microsoft.AspNetCore.SignalR.Hub
    {
        public override Task OnConnectedAsync() => server.EnterAsync(this);
    }
}

/// <summary>The server listens.</summary>
internal sealed record HubServerReady(int Port, string[] Protocols);

/// <summary>What a stretch of deltas cost the server; microseconds and bytes.</summary>
internal sealed record HubServerFigures(
    int Last, int Sent, double UserTime, double SystemTime, long Allocated, long Heap, long WorkingSet, long ToSnapshots, long Closed);
