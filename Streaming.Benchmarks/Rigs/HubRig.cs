using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Contracts;
using Streaming.Server.Classrooms;
using Streaming.Server.FanOut;

namespace Streaming.Benchmarks.Rigs;

/// <summary>A class's way out with many students: its audience, their outboxes, SignalR's connections, and sockets that take everything.</summary>
internal sealed class HubRig : IDisposable
{
    private readonly HubOutboxes _outboxes = new(OutboxLimits.Default, TimeProvider.System, NullLoggerFactory.Instance);
    private readonly ClassroomAudience _audience;
    private readonly CountingSocket[] _sockets;

    /// <param name="connections">How many hear a message.</param>
    /// <param name="protocol">One of <see cref="HubProtocols.Names"/>; all speak the same.</param>
    public HubRig(int connections, string protocol)
    {
        _audience = new ClassroomAudience(_outboxes, TimeProvider.System, NullLogger.Instance);
        _sockets = [.. Enumerable.Range(0, connections).Select(_ => new CountingSocket())];
        var spoken = HubProtocols.Make(protocol);
        for (var i = 0; i < connections; i++)
        {
            Connect($"connection-{i}", _sockets[i], spoken);
        }
    }

    /// <summary>Tells everybody of a change.</summary>
    /// <returns>Bytes that left, over all connections.</returns>
    /// <exception cref="InvalidOperationException">Not everybody was sent the same, or not before this returned: another thread would have done what is measured here.</exception>
    public long Send(ClassroomChange change)
    {
        var before = _sockets[0].Taken;
        _audience.Changed(change);
        var length = _sockets[0].Taken - before;
        return length > 0 && _sockets[^1].Taken == _sockets[0].Taken
            ? length * _sockets.Length
            : throw new InvalidOperationException("Not every connection was sent the message.");
    }

    public void Dispose() => _outboxes.Dispose();

    private void Connect(string id, CountingSocket socket, IHubProtocol protocol)
    {
        var transport = new Duplex(new Pipe().Reader, new SocketWriter(socket, TimeProvider.System) { IsText = protocol.TransferFormat == TransferFormat.Text });
        _outboxes.Add(new HubConnectionContext(
            new DefaultConnectionContext(id, transport, transport),
            new HubConnectionContextOptions { KeepAliveInterval = TimeSpan.FromSeconds(10), ClientTimeoutInterval = TimeSpan.FromSeconds(25) },
            NullLoggerFactory.Instance)
        {
            Protocol = protocol,
        });
        _audience.Enter(id, Role.Student);
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
