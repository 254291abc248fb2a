using System.Collections.Concurrent;
using System.Diagnostics;
using Streaming.Rtc;

namespace Streaming.Client.Peers;

/// <summary>How a <see cref="HeadlessPeerLoop"/> runs.</summary>
public sealed class HeadlessPeerLoopOptions
{
    /// <summary>
    /// How long the loop sleeps between two looks at its sockets; 2 ms by default. It is never woken by a datagram: waking a reader costs
    /// the sender of the datagram more than sending it, and would be measured as the server's work.
    /// </summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>How much each socket asks the kernel to hold, in bytes; the kernel may give less.</summary>
    public int SocketBuffer { get; init; } = 1 << 20;
}

/// <summary>A peer failed or ended before it was connected; the message says how.</summary>
/// <param name="message">What happened.</param>
public sealed class HeadlessPeerException(string message) : Exception(message);

/// <summary>Drives many peers over real sockets on one thread: a socket per peer, the real clock, and feeds for publishers.</summary>
/// <remarks>
/// From <see cref="ConnectAsync"/> on a peer belongs to the loop: touch it inside <see cref="RunAsync{T}"/> only. Counters may be read
/// racily. No received packet allocates.
/// </remarks>
public sealed class HeadlessPeerLoop : IAsyncDisposable
{
    private readonly HeadlessPeerLoopOptions _options;
    private readonly ConcurrentQueue<Command> _commands = new();
    private readonly List<LoopPeer> _peers = [];
    private readonly PeerReceiver _receiver = PeerReceiver.Create();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;

    /// <summary>Starts the thread.</summary>
    public HeadlessPeerLoop(HeadlessPeerLoopOptions? options = null)
    {
        _options = options ?? new HeadlessPeerLoopOptions();
        new Thread(Run) { Name = "headless-peers", IsBackground = true }.Start();
    }

    /// <summary>The loop's clock, for comparing with what its peers note.</summary>
    public static Instant Now => new(Stopwatch.GetElapsedTime(0).Ticks);

    /// <summary>Gives a peer its answer and drives it from now on, and its feeds once it is connected.</summary>
    /// <param name="peer">One that has not had an answer.</param>
    /// <param name="answer">The server's SDP answer.</param>
    /// <param name="feeds">What it sends; for a watcher none.</param>
    /// <param name="cancellationToken">Ends the waiting, not the peer.</param>
    /// <returns>Done when the peer is connected.</returns>
    /// <exception cref="HeadlessPeerException">It failed or was closed first.</exception>
    /// <exception cref="FormatException">The answer cannot be used.</exception>
    public async Task ConnectAsync(
        HeadlessPeer peer, string answer, IEnumerable<IMediaFeed>? feeds = null, CancellationToken cancellationToken = default)
    {
        var driven = new LoopPeer(peer, [.. feeds ?? []], _options.SocketBuffer);
        await RunAsync(now =>
        {
            peer.Accept(now, answer);
            _peers.Add(driven);
            return true;
        });
        await driven.Connected.WaitAsync(cancellationToken);
    }

    /// <summary>Says goodbye for a peer, drives it no more, and disposes it.</summary>
    public Task RemoveAsync(HeadlessPeer peer) => RunAsync(now =>
    {
        if (_peers.Find(driven => driven.Peer == peer) is { } found)
        {
            found.End(now);
            _peers.Remove(found);
        }

        return true;
    });

    /// <summary>Runs something between two rounds, on the loop's thread; keep it short.</summary>
    /// <param name="command">Is given the loop's time.</param>
    /// <exception cref="ObjectDisposedException">The loop has ended.</exception>
    public Task<T> RunAsync<T>(Func<Instant, T> command)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _commands.Enqueue(new Command(
            now =>
            {
                try
                {
                    done.TrySetResult(command(now));
                }
                catch (Exception e)
                {
                    done.TrySetException(e);
                }
            },
            () => done.TrySetException(new ObjectDisposedException(nameof(HeadlessPeerLoop)))));
        if (_ended.Task.IsCompleted)
        {
            RefuseCommands();
        }

        return done.Task;
    }

    /// <summary>Says goodbye for all peers, disposes them and ends the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        await _ended.Task;
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                Round(Now);
                Thread.Sleep(_options.Pause);
            }

            foreach (var driven in _peers)
            {
                driven.End(Now);
            }

            _ended.TrySetResult();
        }
        catch (Exception e)
        {
            _peers.ForEach(driven => driven.Abandon(e));
            _ended.TrySetException(e);   // whoever disposes the loop hears of our fault
        }

        RefuseCommands();
    }

    private void RefuseCommands()
    {
        while (_commands.TryDequeue(out var command))
        {
            command.Refuse();
        }
    }

    private void Round(Instant now)
    {
        while (_commands.TryDequeue(out var command))
        {
            command.Run(now);
        }

        _receiver.Receive(_peers, now);
        foreach (var driven in _peers)
        {
            driven.Tick(now);
        }
    }
    private readonly record struct Command(Action<Instant> Run, Action Refuse);
}
