using System.Net.Sockets;
using System.Net.WebSockets;

namespace Streaming.Server.Tests.Support;

/// <summary>A WebSocket over a real socket whose owner can stop reading: what is sent to it stays where it is, up to the server.</summary>
internal sealed class HeldWebSocket : WebSocket
{
    private const int TcpMaxSegment = 2;     // TCP_MAXSEG
    private const int SegmentSize = 1_400;   // as on a real link: over loopback's 64 kB the server's socket alone would take megabytes
    private const int ReceiveBuffer = 4_096;

    private readonly ClientWebSocket _socket;
    private volatile TaskCompletionSource _reading = Done();

    private HeldWebSocket(ClientWebSocket socket) => _socket = socket;

    /// <summary>Connects.</summary>
    public static async Task<HeldWebSocket> OpenAsync(Uri address, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var tcp = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = ReceiveBuffer };
                tcp.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpMaxSegment, BitConverter.GetBytes(SegmentSize));
                await tcp.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(tcp, ownsSocket: true);
            },
        };
        await socket.ConnectAsync(address, new HttpMessageInvoker(handler, disposeHandler: false), cancellationToken);
        return new HeldWebSocket(socket);
    }

    public override WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public override string? CloseStatusDescription => _socket.CloseStatusDescription;

    public override WebSocketState State => _socket.State;

    public override string? SubProtocol => _socket.SubProtocol;

    /// <summary>From now on nothing is read, until <see cref="Release"/>.</summary>
    public void Hold() => _reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _reading.TrySetResult();

    public override async Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        await _reading.Task.WaitAsync(cancellationToken);
        return await _socket.ReceiveAsync(buffer, cancellationToken);
    }

    public override async ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await _reading.Task.WaitAsync(cancellationToken);
        return await _socket.ReceiveAsync(buffer, cancellationToken);
    }

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        _socket.SendAsync(buffer, messageType, endOfMessage, cancellationToken);

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        _socket.CloseAsync(closeStatus, statusDescription, cancellationToken);

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        _socket.CloseOutputAsync(closeStatus, statusDescription, cancellationToken);

    public override void Abort()
    {
        Release();
        _socket.Abort();
    }

    public override void Dispose()
    {
        Release();
        _socket.Dispose();
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
