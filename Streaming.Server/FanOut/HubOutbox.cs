using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.SignalR;
using Streaming.Contracts;

namespace Streaming.Server.FanOut;

/// <summary>The way to one connection: writes at once when nothing waits, and never lets the sender wait.</summary>
/// <remarks>
/// <para>Safe for threads. One message is under way at most: SignalR would let any number wait for a full pipe, each with a task of its own.</para>
/// <para>Answers to calls and pings go SignalR's own way, between our messages. A client may see an answer before or after a change that is
/// in it, as it always could, and tells by the versions.</para>
/// </remarks>
internal sealed class HubOutbox
{
    private readonly Lock _gate = new();
    private readonly HubConnectionContext _connection;
    private readonly HubOutboxes _outboxes;
    private readonly Outbox _outbox;

    public HubOutbox(HubConnectionContext connection, HubOutboxes outboxes)
    {
        (_connection, _outboxes) = (connection, outboxes);
        _outbox = new Outbox(outboxes.Limits, news => news.GetSerializedMessage(connection.Protocol).Length);
    }

    /// <summary>An inspector's: told of where no school looks.</summary>
    public bool IsObserver { get; set; }

    /// <summary>What waits, in bytes.</summary>
    public int WaitingBytes
    {
        get
        {
            lock (_gate)
            {
                return _outbox.WaitingBytes;
            }
        }
    }

    /// <summary>Sends, or lets it wait.</summary>
    /// <returns>False when the connection is gone.</returns>
    public bool Send(HubNews news)
    {
        OutboxStep step;
        lock (_gate)
        {
            if (_outbox.TryBegin())
            {
                Begin(news);
                return true;
            }

            if (_outbox.IsClosed)
            {
                return false;
            }

            step = _outbox.Hold(news);
        }

        Do(step);
        return true;
    }

    /// <summary>The last message to this connection: what waits before it is dropped, and nothing comes after it.</summary>
    /// <returns>Ends when the transport has it.</returns>
    public Task SayLastAsync(HubNews news)
    {
        lock (_gate)
        {
            _outbox.Close();
            return _connection.WriteAsync(news).AsTask();
        }
    }

    /// <summary>A snapshot is about to be sent as an answer; a slow link is given the time that it takes.</summary>
    public void Expect(ClassroomSnapshot snapshot)
    {
        lock (_gate)
        {
            _outbox.Expect(_outboxes.Now, SnapshotSize.Of(snapshot));
        }
    }

    /// <summary>Looks at the time.</summary>
    public void Tick(TimeSpan now)
    {
        OutboxStep step;
        lock (_gate)
        {
            step = _outbox.Tick(now);
        }

        Do(step);
    }

    /// <summary>The connection is gone.</summary>
    public void End()
    {
        lock (_gate)
        {
            _outbox.Close();
            _outboxes.Unwatch(this);
        }
    }

    /// <summary>Ends the connection when what is under way was taken.</summary>
    public void Close() => _connection.Abort();

    /// <summary>Ends the connection, also one that takes nothing any more.</summary>
    public void Abort()
    {
        // SignalR's own abort waits until the write that is under way has been taken; the transport's does not.
        _connection.Abort();
        _connection.Features.Get<IConnectionLifetimeFeature>()?.Abort();
    }

    private void Begin(HubNews news)
    {
        var write = _connection.WriteAsync(news);
        if (write.IsCompletedSuccessfully)
        {
            write.GetAwaiter().GetResult();
            _outbox.Taken();
            return;
        }

        _outbox.Stuck(_outboxes.Now);
        _outboxes.Watch(this);
        _ = DrainAsync(write);
    }

    private async Task DrainAsync(ValueTask write)
    {
        do
        {
            // Never throws: SignalR logs what breaks, and aborts the connection.
            await write.ConfigureAwait(false);
        }
        while (TryNext(out write));
    }

    private bool TryNext(out ValueTask write)
    {
        lock (_gate)
        {
            write = default;
            while (_outbox.TryNext(_outboxes.Now, out var next))
            {
                write = _connection.WriteAsync(next);
                if (!write.IsCompletedSuccessfully)
                {
                    return true;
                }

                write.GetAwaiter().GetResult();
            }

            _outboxes.Unwatch(this);
            return false;
        }
    }

    private void Do(OutboxStep step)
    {
        switch (step)
        {
            case OutboxStep.ToSnapshots:
                _outboxes.DroppedToSnapshots(this);
                break;
            case OutboxStep.Close:
                _outboxes.Closed(this);
                End();
                Abort();
                break;
        }
    }
}
