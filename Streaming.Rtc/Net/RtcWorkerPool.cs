using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Net.Tcp;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Net;

/// <summary>The workers of this process: each a thread with a port of its own, all with one certificate.</summary>
/// <remarks>May be used from any thread. A room lives on one worker for all its life; see <see cref="PickWorker"/>.</remarks>
public sealed class RtcWorkerPool : IAsyncDisposable
{
    private readonly Channel<RtcEvent> _events =
        Channel.CreateUnbounded<RtcEvent>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = false });

    private readonly List<RtcWorker> _workers = [];
    private TcpDoor? _door;
    private long _lastTransport;
    private long _lastRoom;
    private uint _turn;
    private int _disposed;

    private RtcWorkerPool() => Certificate = DtlsCertificate.Generate();

    /// <summary>The workers, in the order of their ports.</summary>
    public IReadOnlyList<RtcWorker> Workers => _workers;

    /// <summary>The certificate whose fingerprint every answer carries.</summary>
    public DtlsCertificate Certificate { get; }

    /// <summary>Where TCP connections are taken, for all workers; null when they are not.</summary>
    public IPEndPoint? TcpEndPoint => _door?.LocalEndPoint;

    /// <summary>TCP connections that are open, and whether they have proved anything or not.</summary>
    public int TcpConnections => _door?.Count ?? 0;

    /// <summary>Whether TCP connections are taken, if they are to be.</summary>
    public bool IsTcpRunning => _door?.IsRunning ?? true;

    /// <summary>What media by TCP comes to.</summary>
    public TcpCounters Tcp { get; } = new();

    /// <summary>What happens on all workers; of each worker in order. For one reader; it ends when the pool is disposed.</summary>
    public ChannelReader<RtcEvent> Events => _events.Reader;

    /// <summary>Opens the ports and starts the threads.</summary>
    /// <exception cref="ArgumentException">The options are wrong; the message says what to write instead.</exception>
    /// <exception cref="InvalidOperationException">A port cannot be had; the message says which, and what to change.</exception>
    public static RtcWorkerPool Start(RtcOptions options, ILoggerFactory loggers)
    {
        if (string.Join(' ', options.Problems()) is { Length: > 0 } problems)
        {
            throw new ArgumentException(problems, nameof(options));
        }

        var pool = new RtcWorkerPool();
        try
        {
            pool.AddWorkers(options, loggers.CreateLogger<RtcWorker>());
        }
        catch
        {
            pool.Stop();
            throw;
        }

        pool._workers.ForEach(worker => worker.Start());
        pool._door?.Start();
        return pool;
    }

    /// <summary>The worker for a new room: the one with the fewest transports of members, then whose turn it is.</summary>
    /// <remarks>Observers count for nothing and take no turn: the port that a class gets must not tell of them.</remarks>
    /// <param name="forObserver">The room is opened by an observer.</param>
    public RtcWorker PickWorker(bool forObserver = false)
    {
        var first = forObserver ? Volatile.Read(ref _turn) + 1 : Interlocked.Increment(ref _turn);
        var best = _workers[(int)(first % (uint)_workers.Count)];
        for (var i = 1U; i < _workers.Count; i++)
        {
            var next = _workers[(int)((first + i) % (uint)_workers.Count)];
            if (Load(next).CompareTo(Load(best)) < 0)
            {
                best = next;
            }
        }

        return best;
    }

    /// <summary>A further worker for a room that one is not enough for: of those that run and are not taken, the one with the fewest transports of members.</summary>
    /// <returns>Null when there is none.</returns>
    public RtcWorker? PickAnother(IReadOnlyCollection<RtcWorker> taken) =>
        _workers.Where(worker => worker.IsRunning && !taken.Contains(worker)).MinBy(worker => worker.Counters.Members.Transports);

    /// <summary>Lets another worker show a room's tracks to viewers of its own. Both hear of it before they hear of a transport that is posted later.</summary>
    /// <param name="room">A room that is open on <paramref name="home"/>, and not on <paramref name="branch"/>.</param>
    /// <param name="home">Where the room's publisher is.</param>
    /// <param name="branch">The other worker.</param>
    public static RoomBranch Branch(RoomId room, RtcWorker home, RtcWorker branch)
    {
        var ring = new RelayRing();
        branch.Post(new OpenRoom(room));
        branch.Post(new AddInlet(room, ring, home.Post));
        home.Post(new AddBranch(room, ring, branch.Post, branch.Nudge));
        return new RoomBranch(branch, () =>
        {
            home.Post(new RemoveBranch(room, ring));
            branch.Post(new CloseRoom(room));
        });
    }

    /// <summary>An id that no transport of this process has had.</summary>
    public TransportId NextTransportId() => new(Interlocked.Increment(ref _lastTransport));

    /// <summary>An id that no room of this process has had.</summary>
    public RoomId NextRoomId() => new(Interlocked.Increment(ref _lastRoom));

    /// <summary>Says goodbye to every peer, ends the threads and closes the ports.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await Task.Run(Stop).ConfigureAwait(false);
        }
    }

    // A worker that has died is the last choice.
    private static (bool, int) Load(RtcWorker worker) => (!worker.IsRunning, worker.Counters.Members.Transports);

    private void AddWorkers(RtcOptions options, ILogger logger)
    {
        var gcm = GcmSelection.Make(GcmChoice.Machine, options.Gcm, logger);
        var addresses = ReachableAddresses.Of(options);
        for (var index = 0; index < options.Workers; index++)
        {
            var port = UdpPorts.Open(options, index, logger);
            if (index == 0 && options.TcpPort >= 0)
            {
                OpenDoor(options, port, logger);
            }

            IReadOnlyList<HostCandidate> candidates =
            [
                .. ReachableAddresses.Candidates(addresses, (ushort)port.LocalEndPoint.Port),
                .. _door is { } door ? ReachableAddresses.TcpCandidates(addresses, (ushort)door.LocalEndPoint.Port) : [],
            ];
            _workers.Add(new RtcWorker(index, port, Certificate, candidates, options, _events.Writer, logger, gcm));
        }
    }

    private void OpenDoor(RtcOptions options, IUdpPort first, ILogger logger)
    {
        try
        {
            var listener = TcpPorts.Open(options, first.LocalEndPoint.Port);
            _door = new TcpDoor(listener, options.Tcp, index => index < _workers.Count ? _workers[index].Tcp : null, Tcp, logger);
            logger.TcpOpened(_door.LocalEndPoint);
        }
        catch
        {
            first.Dispose();   // no worker has it yet
            throw;
        }
    }

    private void Stop()
    {
        Parallel.ForEach(_workers, worker => worker.Dispose());
        _door?.Dispose();   // behind them: their goodbyes are still to leave
        _events.Writer.TryComplete();
        Certificate.Dispose();
    }
}
