using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Streaming.Contracts;
using Streaming.HubProtocol;

namespace Streaming.Client;

/// <summary>The SignalR connections underneath, one after the other; every failure is said as a <see cref="ClassroomException"/>.</summary>
/// <remarks>
/// SignalR's own automatic reconnect is not used: it knows neither the first connect nor the join that a connection needs. Each start makes
/// a new connection object, so that a late event of the former one is told apart.
/// </remarks>
internal sealed class HubLink(ClassroomClientOptions options) : IAsyncDisposable
{
    private readonly List<Action<HubConnection>> _registrations = [];
    private TaskCompletionSource _ended = new();
    private volatile HubConnection? _hub;

    /// <summary>Told when a call other than the join was refused because the class lives elsewhere; the connection then counts as ended.</summary>
    public Action<string>? Led { get; init; }

    /// <summary>Done when the connection of the last <see cref="StartAsync"/> has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Registers what the hub may tell; before the first start. Later messages of the connection wait for the handler.</summary>
    public void On<T>(string method, Func<T, Task> handler) => _registrations.Add(hub =>
        hub.On<T>(method, argument => ReferenceEquals(hub, _hub) ? handler(argument) : Task.CompletedTask));

    /// <inheritdoc cref="On{T}(string, Func{T, Task})"/>
    public void On<T>(string method, Action<T> handler) => On<T>(method, argument =>
    {
        handler(argument);
        return Task.CompletedTask;
    });

    /// <summary>Connects.</summary>
    /// <exception cref="ClassroomException">There is no server, or it does not let us in.</exception>
    public async Task StartAsync(Uri server, CancellationToken cancellationToken)
    {
        await StopAsync();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hub = Build(server, ended);
        (_ended, _hub) = (ended, hub);
        try
        {
            await hub.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is not ClassroomException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ClassroomException(ClassroomException.Offline, "The server cannot be reached.", e);
        }
    }

    /// <summary>Ends the connection, if there is one.</summary>
    public async Task StopAsync()
    {
        if (_hub is { } hub)
        {
            _hub = null;
            await hub.DisposeAsync();
        }
    }

    /// <summary>Calls a method of the hub that returns nothing.</summary>
    public Task InvokeAsync(string method, object?[] arguments, CancellationToken cancellationToken) =>
        InvokeAsync<object?>(method, arguments, cancellationToken);

    /// <summary>Calls a method of the hub.</summary>
    public async Task<T> InvokeAsync<T>(string method, object?[] arguments, CancellationToken cancellationToken)
    {
        const string offline = "There is no connection to the classroom.";
        var hub = _hub ?? throw new ClassroomException(ClassroomException.Offline, offline);
        try
        {
            return await hub.InvokeCoreAsync<T>(method, arguments, cancellationToken);
        }
        catch (HubException e)
        {
            var refusal = ClassroomException.From(e);
            if (refusal.Code == HubErrors.Elsewhere && method != nameof(IClassroomHub.Join) && ReferenceEquals(hub, _hub))
            {
                Led?.Invoke(refusal.Message);
                _ended.TrySetResult();
            }

            throw refusal;
        }
        catch (Exception e)
        {
            // SignalR ends open calls of a lost connection with whatever broke it: cancelled, closed, not started.
            cancellationToken.ThrowIfCancellationRequested();
            throw new ClassroomException(ClassroomException.Offline, offline, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private HubConnection Build(Uri server, TaskCompletionSource ended)
    {
        var builder = new HubConnectionBuilder().AddJsonProtocol(json => ContractsJson.Apply(json.PayloadSerializerOptions));
        builder.Services.AddSingleton<EndPoint>(new UriEndPoint(WebSocketConnectionFactory.AddressOf(server, options.Ticket)));
        var messages = WebSocketMessageType.Text;
        if (options.Protocol == ClassroomProtocol.MessagePack)
        {
            builder.AddMessagePackProtocol();   // a client speaks what was added last
            messages = WebSocketMessageType.Binary;
        }

        builder.Services.AddSingleton<IConnectionFactory>(new WebSocketConnectionFactory(options.OpenWebSocket, messages));
        builder.Services.AddSingleton(options.LoggerFactory);
        var hub = builder.Build();
        hub.ServerTimeout = options.ServerTimeout;
        hub.Closed += _ =>
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        };
        foreach (var register in _registrations)
        {
            register(hub);
        }

        return hub;
    }
}
