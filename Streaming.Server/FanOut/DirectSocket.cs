using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Connections.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Streaming.Server.FanOut;

/// <summary>A WebSocket as the connection that a hub talks through: what comes goes through a pipe, what goes does not.</summary>
internal sealed class DirectSocket
    : DefaultConnectionContext, IConnectionHeartbeatFeature, ITransferFormatFeature, IHttpContextFeature, IDuplexPipe
{
    private const int IdBytes = 16;
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestUnwantedWrite = TimeSpan.FromSeconds(1);

    private readonly HttpContext _request;
    private readonly WebSocket _socket;
    private readonly Pipe _incoming;
    private readonly SocketWriter _outgoing;
    private readonly TimeSpan _longestWrite;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (Action<object> Action, object State)[] _beats = [];
    private bool _isOver;

    /// <param name="request">The request that became the socket; it lasts as long.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="mostUnread">Bytes that the hub may leave unread before nothing more is read from the socket.</param>
    /// <param name="longestWrite">How long the client may leave a write waiting, whatever it is.</param>
    /// <param name="time">The clock of that.</param>
    public DirectSocket(HttpContext request, WebSocket socket, int mostUnread, TimeSpan longestWrite, TimeProvider time)
        : base(WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(IdBytes)))
    {
        (_request, _socket, _longestWrite) = (request, socket, longestWrite);
        _incoming = new Pipe(new PipeOptions(pauseWriterThreshold: mostUnread, resumeWriterThreshold: mostUnread / 2, useSynchronizationContext: false));
        _outgoing = new SocketWriter(socket, time);
        Transport = this;
        User = request.User;
        Features.Set<IConnectionHeartbeatFeature>(this);
        Features.Set<ITransferFormatFeature>(this);
        Features.Set<IHttpContextFeature>(this);
    }

    public PipeReader Input => _incoming.Reader;

    public PipeWriter Output => _outgoing;

    public TransferFormat SupportedFormats => TransferFormat.Text | TransferFormat.Binary;

    public TransferFormat ActiveFormat
    {
        get => _outgoing.IsText ? TransferFormat.Text : TransferFormat.Binary;
        set => _outgoing.IsText = value == TransferFormat.Text;
    }

    public HttpContext? HttpContext
    {
        get => _request;
        set => throw new NotSupportedException("The request of a socket does not change.");
    }

    public void OnHeartbeat(Action<object> action, object state)
    {
        lock (_gate)
        {
            _beats = [.. _beats, (action, state)];
        }
    }

    /// <summary>Ends when the hub has let go of it.</summary>
    public Task Left => _left.Task;

    /// <summary>A second has passed: the hub looks whether a ping is due, and whether the client is silent.</summary>
    public void Beat()
    {
        if (_outgoing.IsStuck(_longestWrite, LongestUnwantedWrite))
        {
            Abort(new ConnectionAbortedException("The client takes nothing."));
            return;
        }

        foreach (var (action, state) in _beats)
        {
            action(state);
        }
    }

    /// <summary>Ends it at once, whatever is under way. Once it is over, nothing: the request may by then be another's.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                base.Abort(abortReason);
                _request.Abort();
            }
        }
    }

    /// <summary>It is over; the request is not touched any more.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
        }

        _left.TrySetResult();
    }

    /// <summary>Lets the hub talk until either end has enough.</summary>
    public async Task RunAsync(ConnectionDelegate hub)
    {
        var receiving = ReceiveAsync();
        try
        {
            await hub(this);
        }
        finally
        {
            _left.TrySetResult();
            await _outgoing.CompleteAsync();
            await _incoming.Reader.CompleteAsync();   // a receiving loop that waits for room ends
            await CloseAsync(receiving);
        }
    }

    private async Task CloseAsync(Task receiving)
    {
        try
        {
            await CloseOutputAsync().WaitAsync(CloseTime);
            await receiving.WaitAsync(CloseTime);
        }
        catch (TimeoutException)
        {
            // Neither our last frame nor the client's answer is worth more waiting.
            _request.Abort();
            await receiving;
        }
    }

    private async Task CloseOutputAsync()
    {
        if (_socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        }
        catch (Exception e) when (IsLoss(e))
        {
            // The client was faster.
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                // Asked for nothing first: a connection that is silent holds no buffer.
                if ((await _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None)).MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                var received = await _socket.ReceiveAsync(_incoming.Writer.GetMemory(), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                _incoming.Writer.Advance(received.Count);
                if ((await _incoming.Writer.FlushAsync()).IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (IsLoss(e))
        {
            // Gone without a word: for the class that is a lost connection, and for us no error.
        }

        await _incoming.Writer.CompleteAsync();
    }

    private static bool IsLoss(Exception e) =>
        e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException;
}
