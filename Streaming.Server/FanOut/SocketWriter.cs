using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;

namespace Streaming.Server.FanOut;

/// <summary>What the hub writes goes into the WebSocket as it is written: one message, one frame, no pipe between.</summary>
/// <remarks>
/// A write that the system takes at once is done when it returns; one that waits for the client says so by its task. SignalR's own transport
/// has a pipe here, with a loop that wakes up for every message, and a buffer of 4 kB for each connection that has one in it.
/// Not safe for threads, as no <see cref="PipeWriter"/> is; the hub locks.
/// </remarks>
internal sealed class SocketWriter(WebSocket socket, TimeProvider time) : PipeWriter
{
    private const int Smallest = 256;

    private byte[] _buffer = [];
    private int _written;
    private volatile bool _completed;
    private volatile bool _isUnwanted;
    private long _waitsSince;   // a timestamp; 0 while no send waits for the client

    /// <summary>Whether frames are text; as the hub's protocol wants it.</summary>
    public bool IsText { get; set; } = true;

    private WebSocketMessageType Type => IsText ? WebSocketMessageType.Text : WebSocketMessageType.Binary;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_written);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_written);
    }

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(_buffer.Length - _written));
        _written += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_completed || _written == 0)
        {
            return new(new FlushResult(isCanceled: false, isCompleted: _completed));
        }

        var sending = socket.SendAsync(_buffer.AsMemory(0, _written), Type, endOfMessage: true, CancellationToken.None);
        if (!sending.IsCompletedSuccessfully)
        {
            return FinishAsync(sending);
        }

        sending.GetAwaiter().GetResult();
        GiveBack();
        return default;
    }

    /// <remarks>A message that many connections get is not copied for each.</remarks>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_written > 0)
        {
            source.CopyTo(GetMemory(source.Length));
            Advance(source.Length);
            return FlushAsync(cancellationToken);
        }

        if (_completed)
        {
            return new(new FlushResult(isCanceled: false, isCompleted: true));
        }

        var sending = socket.SendAsync(source, Type, endOfMessage: true, CancellationToken.None);
        if (!sending.IsCompletedSuccessfully)
        {
            return FinishAsync(sending);
        }

        sending.GetAwaiter().GetResult();
        return default;
    }

    /// <remarks>A send may still be reading the buffer, which is therefore left to the collector.</remarks>
    public override void Complete(Exception? exception = null) => _completed = true;

    /// <remarks>
    /// A frame that is half sent cannot be called back, and the hub, which asks for this to end a connection, waits for it. So the wish is
    /// noted, and whoever looks at <see cref="IsStuck"/> aborts the connection.
    /// </remarks>
    public override void CancelPendingFlush() => _isUnwanted = true;

    /// <summary>Whether a send waits for the client longer than is allowed.</summary>
    /// <param name="longest">The longest that a client may take.</param>
    /// <param name="longestUnwanted">The same for a connection that the hub wants to end.</param>
    public bool IsStuck(TimeSpan longest, TimeSpan longestUnwanted) =>
        Interlocked.Read(ref _waitsSince) is not 0 and var since && time.GetElapsedTime(since) > (_isUnwanted ? longestUnwanted : longest);

    private async ValueTask<FlushResult> FinishAsync(ValueTask sending)
    {
        Interlocked.Exchange(ref _waitsSince, Math.Max(1, time.GetTimestamp()));
        try
        {
            await sending.ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Exchange(ref _waitsSince, 0);
        }

        GiveBack();
        return default;
    }

    private void MakeRoom(int sizeHint)
    {
        var wanted = _written + Math.Max(sizeHint, Smallest);
        if (wanted <= _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, 2 * _buffer.Length));
        _buffer.AsSpan(0, _written).CopyTo(larger);
        var former = _buffer;
        _buffer = larger;
        if (former.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(former);
        }
    }

    private void GiveBack()
    {
        _written = 0;
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }
}
