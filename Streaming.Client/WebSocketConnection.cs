using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Streaming.Client;

/// <summary>A WebSocket as the pair of pipes that SignalR's client core talks through.</summary>
/// <remarks>Two loops, one per direction. When either ends the other is ended too: half a connection is of no use to a hub.</remarks>
internal sealed class WebSocketConnection : ConnectionContext
{
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(2);

    private readonly WebSocket _socket;
    private readonly WebSocketMessageType _messages;
    private readonly Pipe _incoming = new(new PipeOptions(useSynchronizationContext: false));
    private readonly Pipe _outgoing = new(new PipeOptions(useSynchronizationContext: false));
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _done;

    public WebSocketConnection(WebSocket socket, WebSocketMessageType messages)
    {
        _socket = socket;
        _messages = messages;
        Transport = new Ends(_incoming.Reader, _outgoing.Writer);
        ConnectionClosed = _closed.Token;
        _done = Task.WhenAll(ReceiveAsync(), SendAsync());
    }

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get; set; }

    /// <inheritdoc/>
    public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

    /// <inheritdoc/>
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        _socket.Abort();
        _closed.Cancel();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await Transport.Input.CompleteAsync();    // a receiving loop that waits for room ends
        await Transport.Output.CompleteAsync();
        try
        {
            await _done.WaitAsync(CloseTime);
        }
        catch (TimeoutException)
        {
            // The other end does not answer our close; it need not.
            _socket.Abort();
            await _done;
        }

        _socket.Dispose();
        await base.DisposeAsync();
    }

    private async Task ReceiveAsync()
    {
        Exception? error = null;
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(_incoming.Writer.GetMemory(4096), CancellationToken.None);
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
            error = e;
        }

        await _incoming.Writer.CompleteAsync(error);
        _outgoing.Reader.CancelPendingRead();
        await _closed.CancelAsync();
    }

    private async Task SendAsync()
    {
        Exception? error = null;
        try
        {
            while (true)
            {
                var read = await _outgoing.Reader.ReadAsync();
                if (!read.Buffer.IsEmpty && !read.IsCanceled)
                {
                    await SendAsync(read.Buffer);
                }

                _outgoing.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled)
                {
                    break;
                }
            }

            // Only our half: the receiving loop is the one that hears the other end's close.
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (Exception e) when (IsLoss(e))
        {
            error = e;
            _socket.Abort();
        }

        await _outgoing.Reader.CompleteAsync(error);
    }

    private async ValueTask SendAsync(ReadOnlySequence<byte> message)
    {
        var rest = message;
        while (!rest.IsEmpty)
        {
            var part = rest.First;
            rest = rest.Slice(part.Length);
            await _socket.SendAsync(part, _messages, endOfMessage: rest.IsEmpty, CancellationToken.None);
        }
    }

    private static bool IsLoss(Exception e) =>
        e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException;

    private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
