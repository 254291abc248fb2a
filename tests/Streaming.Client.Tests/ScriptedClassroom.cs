using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Streaming.Contracts;
using Streaming.HubProtocol;

namespace Streaming.Client.Tests;

/// <summary>A server on loopback whose hub does what the test says, and notes what was asked of it.</summary>
internal sealed class ScriptedClassroom : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedClassroom(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public Script Script => _app.Services.GetRequiredService<Script>();

    public IClassroomClient Everybody => _app.Services.GetRequiredService<IHubContext<ScriptedHub, IClassroomClient>>().Clients.All;

    public static async Task<ScriptedClassroom> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddSingleton<Script>();
        builder.Services.AddSignalR().AddJsonProtocol(json => ContractsJson.Apply(json.PayloadSerializerOptions)).AddMessagePackProtocol();
        var app = builder.Build();
        app.UseWebSockets();
        app.Use((context, next) => app.Services.GetRequiredService<Script>().Door(context, next));
        app.MapHub<ScriptedHub>(IClassroomHub.Path);
        await app.StartAsync();
        return new ScriptedClassroom(app);
    }

    public ClassroomClient Client(
        ReconnectPolicy? reconnect = null, TimeProvider? clock = null, ClassroomProtocol protocol = ClassroomProtocol.MessagePack) => new(new ClassroomClientOptions
    {
        Protocol = protocol,
        Server = Address,
        Ticket = "a ticket/+=",
        Device = "device-1",
        Reconnect = reconnect ?? new ReconnectPolicy { Delays = [TimeSpan.Zero] },
        Clock = clock ?? TimeProvider.System,
    });

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

/// <summary>What the hub answers, what it was asked, and who is connected.</summary>
internal sealed class Script
{
    public Func<HttpContext, RequestDelegate, Task> Door { get; set; } = (context, next) => next(context);

    public Func<JoinRequest, JoinReply> Join { get; set; } = _ => Reply(version: 1);

    public Func<ClassroomSnapshot> Snapshot { get; set; } = () => Class(version: 1);

    public Func<string, Task> Act { get; set; } = _ => Task.CompletedTask;

    public ConcurrentQueue<string> Asked { get; } = new();

    public ConcurrentDictionary<string, HubCallerContext> Connections { get; } = new();

    /// <summary>Whether the connections speak in bytes or in text.</summary>
    public IEnumerable<TransferFormat> Formats =>
        Connections.Values.Select(connection => connection.Features.Get<ITransferFormatFeature>()!.ActiveFormat);

    public Channel<string> Joins { get; } = Channel.CreateUnbounded<string>();

    public static ClassroomSnapshot Class(long version, params string[] members) => new(
        version, "demo", new Lesson(LessonPhase.Live, DateTimeOffset.UnixEpoch, null, [TrackSource.Voice]),
        [.. members.Select(Seat)], []);

    public static JoinReply Reply(long version, string server = "run-1", params string[] members) =>
        new(new Identity("me", "Me", Role.Student, "demo"), server, Class(version, members));

    public static Seat Seat(string member) => new(member, member.ToUpperInvariant(), Role.Student, null);

    public static ChatLine Line(long id) => new(id, "me", "Me", Role.Student, $"line {id}", DateTimeOffset.UnixEpoch);

    public void DropEverybody()
    {
        foreach (var connection in Connections.Values)
        {
            connection.Abort();
        }
    }
}

internal sealed class ScriptedHub(Script script) : Hub<IClassroomClient>, IClassroomHub
{
    public override Task OnConnectedAsync()
    {
        script.Connections[Context.ConnectionId] = Context;
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        script.Connections.TryRemove(Context.ConnectionId, out _);
        return Task.CompletedTask;
    }

    public async Task<JoinReply> Join(JoinRequest request)
    {
        script.Asked.Enqueue($"join {request.Device} {Context.GetHttpContext()!.Request.Query["access_token"]}");
        await script.Joins.Writer.WriteAsync(request.Device);
        return script.Join(request);
    }

    public Task<ClassroomSnapshot> Snapshot()
    {
        script.Asked.Enqueue("snapshot");
        return Task.FromResult(script.Snapshot());
    }

    public async Task<MediaAnswer> Publish(MediaOffer offer)
    {
        await Note($"publish {offer.Sdp}");
        return new MediaAnswer("answer to publish", "p1");
    }

    public async Task<MediaAnswer> Watch(MediaOffer offer)
    {
        await Note($"watch {offer.Sdp}");
        return new MediaAnswer("answer to watch", "w1");
    }

    public Task Leave() => Note("leave");

    public Task StartLesson() => Note("start");

    public Task EndLesson() => Note("end");

    public Task LimitRung(Rung highest) => Note($"rung {highest}");

    public Task SetSources(IReadOnlyList<TrackSource> sources) => Note($"sources {string.Join(',', sources)}");

    public Task RaiseHand() => Note("raise");

    public Task LowerHand(string? member) => Note($"lower {member ?? "own"}");

    public Task Say(string text) => Note($"say {text}");

    public Task Report(DeviceReport report) => Note($"report {report.Hidden} {report.Stalled} {report.Silent}");

    public async Task<CheckIn> AskCheckIn(int? seconds)
    {
        await Note($"ask {seconds}");
        return new CheckIn(7, DateTimeOffset.UnixEpoch, seconds ?? CheckIn.DefaultSeconds, IsOpen: true);
    }

    public Task CloseCheckIn() => Note("close check-in");

    public Task AnswerCheckIn(long id) => Note($"answer {id}");

    private Task Note(string call)
    {
        script.Asked.Enqueue(call);
        return script.Act(call);
    }
}
