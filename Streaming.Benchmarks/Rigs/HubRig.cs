using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Contracts;
using Streaming.Server.Classrooms;

namespace Streaming.Benchmarks.Rigs;

/// <summary>The hub's way out with many connections in one group, by SignalR's own types and without sockets.</summary>
internal sealed class HubRig : IDisposable
{
    private const string Group = "math-7/members";
    private readonly HubLifetimeManager<ClassroomHub> _lifetime = Lifetime();
    private readonly BlockPool _pool = new();
    private readonly DrainedPipe[] _pipes;

    /// <param name="connections">How many hear a message.</param>
    /// <param name="protocol">One of <see cref="HubProtocols.Names"/>; all speak the same.</param>
    public HubRig(int connections, string protocol)
    {
        var spoken = HubProtocols.Make(protocol);
        _pipes = [.. Enumerable.Range(0, connections).Select(_ => new DrainedPipe(_pool))];
        for (var i = 0; i < connections; i++)
        {
            var transport = new Duplex(new Pipe().Reader, _pipes[i].Writer);
            var connection = new HubConnectionContext(
                new DefaultConnectionContext($"connection-{i}", transport, transport),
                new HubConnectionContextOptions { KeepAliveInterval = TimeSpan.FromSeconds(10), ClientTimeoutInterval = TimeSpan.FromSeconds(25) },
                NullLoggerFactory.Instance)
            {
                Protocol = spoken,
            };
            Done(_lifetime.OnConnectedAsync(connection));
            Done(_lifetime.AddToGroupAsync(connection.ConnectionId, Group));
        }
    }

    /// <summary>Sends one message to the group, and takes what came of it from every connection.</summary>
    /// <returns>Bytes written, over all connections.</returns>
    public long Send(ClassroomChange change)
    {
        Done(_lifetime.SendGroupAsync(Group, nameof(IClassroomClient.Changed), [change]));
        var written = 0L;
        foreach (var pipe in _pipes)
        {
            var bytes = pipe.Drain();
            written += bytes > 0 ? bytes : throw new InvalidOperationException("A connection was sent nothing.");
        }

        return written;
    }

    public void Dispose() => _pool.Dispose();

    // The one place that knows how the server sends to a group.
    private static HubLifetimeManager<ClassroomHub> Lifetime() =>
        new DefaultHubLifetimeManager<ClassroomHub>(NullLogger<DefaultHubLifetimeManager<ClassroomHub>>.Instance);

    // Whatever is not done here is done on another thread, where nobody measures it.
    private static void Done(Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("A send to pipes that are never full did not end at once.", task.Exception);
        }
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
