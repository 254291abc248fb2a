using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Client.Peers;
using Streaming.Rtc.Net;
using Streaming.Rtc.Net.Tcp;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Net.Tcp;

/// <summary>Real workers and real TCP connections: checks, handshakes and media by them.</summary>
public sealed class TcpTransportTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly RtcWorkerPool _pool = RtcWorkerPool.Start(
        new RtcOptions { Address = IPAddress.Loopback, FirstPort = 0, Workers = 2 }, NullLoggerFactory.Instance);

    private readonly HeadlessPeerLoop _loop = new();
    private readonly List<StreamPeer> _peers = [];
    private readonly MadeMediaCheck _check = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _peers.ForEach(peer => peer.Dispose());
        await _loop.DisposeAsync();
        await _pool.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task MediaComesByTcpFromWhicheverWorkerTheCheckNames(int index)
    {
        var worker = _pool.Workers[index];
        var room = Open(worker);
        await TeachAsync(worker, room);
        var student = Watch(worker, room);

        Until(() => student.Peer.Received is [{ Packets: > 50 }, { Frames: > 30 }, ..]);

        Assert.Equal((1, 0), (worker.Counters.Members.TcpTransports, _pool.Workers[1 - index].Counters.Transports));
        Assert.Equal(0, _check.Wrong);
        Assert.InRange(student.Peer.Received.Sum(track => track.GivenUp), 0, _pool.Tcp.Members.Pictures);   // a busy machine may be slow to read
        Assert.DoesNotContain(Enum.GetValues<DropReason>(), reason => worker.Drops[reason] > 0);

        student.Peer.Close();
        Until(() => worker.Counters.Members.TcpTransports == 0);
    }

    [Fact]
    public async Task ATeacherIsHeardByTcp()
    {
        var worker = _pool.Workers[1];
        var room = Open(worker);
        var teacher = HeadlessPeer.Publisher();
        Assert.True(PublishAnswer.TryMake(teacher.Offer, Local(worker), out var answer, out var parameters, out var refusal), refusal?.Sentence);
        worker.Post(new AddPublisher(_pool.NextTransportId(), room, parameters));
        teacher.Accept(Clock.Now(), answer);
        var voice = new MadeVoiceFeed(teacher.Sent[0], new MadeVoice());
        var camera = new MadeVideoFeed(teacher.Sent[1], new MadeVideo(5, 1_100), 30);
        var link = Add(teacher);
        var student = HeadlessPeer.Watcher(new HeadlessPeerOptions { OnPacket = _check.Look, TellsArrivals = false });
        await _loop.ConnectAsync(student, Answer(worker, room, student, isObserver: false)).WaitAsync(Patience);

        Until(() =>
        {
            if (teacher.State == HeadlessPeerState.Connected)
            {
                Feed(voice);
                Feed(camera);
            }

            return student.Received[1].Frames > 30 && student.Received[0].Packets > 50;
        });

        Assert.Equal(0, _check.Wrong);
        Assert.False(link.IsCut);
        Assert.Equal((0, 1), (worker.Drops.Total, worker.Counters.Members.TcpTransports));

        static void Feed(IMediaFeed feed)
        {
            if (Clock.Now() >= feed.NextTick)
            {
                feed.Tick(Clock.Now());
            }
        }
    }

    [Fact]
    public async Task WhoDoesNotReadHoldsNobodyUpAndHearsNothingStaleAfterwards()
    {
        var worker = _pool.Workers[0];
        var room = Open(worker);
        await TeachAsync(worker, room);
        var (slow, other) = (Watch(worker, room), Watch(worker, room));
        Until(() => slow.Peer.Received is [{ Packets: > 5 }, ..] && other.Peer.Received is [{ Packets: > 5 }, ..]);

        slow.Appetite = 0;
        Until(() => _pool.Tcp.Members.Pictures > 50);
        var before = other.Peer.Received[1].Frames;
        Until(() => other.Peer.Received[1].Frames > before + 30);
        Assert.Equal(0, other.Peer.Received.Sum(track => track.GivenUp));
        Assert.False(slow.IsCut);

        // It reads again: whatever comes is whole, and soon it is as current as for the others.
        slow.Appetite = int.MaxValue;
        var frames = slow.Peer.Received[1].Frames;
        Until(() => slow.Peer.Received[1].Frames > frames + 30);
        Assert.Equal(0, _check.Wrong);
        Assert.Equal((0, 0), (_pool.Tcp.Observers.Pictures, _pool.Tcp.Observers.Others));
        Assert.Equal(0, worker.Drops[DropReason.InternalError]);
    }

    [Fact]
    public async Task ALostConnectionIsReplacedByAnotherWithoutANewHandshake()
    {
        var worker = _pool.Workers[0];
        var room = Open(worker);
        await TeachAsync(worker, room);
        var student = Watch(worker, room);
        Until(() => student.Peer.Received is [_, { Frames: > 10 }, ..]);
        var connected = student.Peer.ConnectedAt;

        student.Lose();
        var before = student.Peer.Received[1].Frames;
        Until(() => student.Peer.Received[1].Frames > before + 10);   // with the next consent check, some 5 s later

        Assert.Equal((connected, HeadlessPeerState.Connected), (student.Peer.ConnectedAt, student.Peer.State));
        Assert.Equal((1, 2), (worker.Counters.Members.TcpTransports, worker.Counters.Transports));
    }

    [Fact]
    public async Task AnObserversConnectionIsInNoFigureOfTheMembers()
    {
        var worker = _pool.Workers[0];
        var room = Open(worker);
        await TeachAsync(worker, room);
        var inspector = Watch(worker, room, isObserver: true);
        Until(() => inspector.Peer.Received is [_, { Frames: > 5 }, ..]);
        inspector.Appetite = 0;
        Until(() => _pool.Tcp.Observers.Pictures > 20);

        Assert.Equal((0, 1), (worker.Counters.Members.TcpTransports, worker.Counters.Observers.TcpTransports));
        Assert.Equal((0, 0), (_pool.Tcp.Members.Pictures, _pool.Tcp.Members.Others));
    }

    [Fact]
    public async Task TheMediaThreadAllocatesNothingPerPacketThatLeavesByTcp()
    {
        var worker = _pool.Workers[0];
        var room = Open(worker);
        await TeachAsync(worker, room);
        var students = Enumerable.Range(0, 3).Select(_ => Watch(worker, room)).ToList();
        Until(() => students.TrueForAll(student => student.Peer.Received is [_, { Frames: > 30 }, ..]));
        var allocated = long.MaxValue;
        for (var window = 0; window < 20 && allocated > 0; window++)
        {
            var (before, frames) = (worker.Gauges.AllocatedBytes, students[0].Peer.Received[1].Frames);
            Until(() => students[0].Peer.Received[1].Frames > frames + 15);   // some 250 packets to the three
            allocated = worker.Gauges.AllocatedBytes - before;
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void WhoeverIsSentAwayHearsOfItByTcp()
    {
        var worker = _pool.Workers[0];
        var room = Open(worker);
        var student = Watch(worker, room);
        Until(() => student.Peer.State == HeadlessPeerState.Connected);

        worker.Post(new CloseRoom(room));
        Until(() => student.Peer.State == HeadlessPeerState.Closed);
    }

    [Fact]
    public async Task TheServersEndIsHeardByTcp()
    {
        var worker = _pool.Workers[0];
        var student = Watch(worker, Open(worker));
        Until(() => student.Peer.State == HeadlessPeerState.Connected);

        await _pool.DisposeAsync();
        Until(() => student.Peer.State == HeadlessPeerState.Closed && student.IsCut);
        Until(() => _pool.TcpConnections == 0);
    }

    private RoomId Open(RtcWorker worker)
    {
        var room = _pool.NextRoomId();
        worker.Post(new OpenRoom(room));
        return room;
    }

    private async Task TeachAsync(RtcWorker worker, RoomId room)
    {
        var teacher = HeadlessPeer.Publisher();
        Assert.True(PublishAnswer.TryMake(teacher.Offer, Local(worker), out var answer, out var parameters, out var refusal), refusal?.Sentence);
        worker.Post(new AddPublisher(_pool.NextTransportId(), room, parameters));
        var camera = new MadeVideoFeed(teacher.Sent[1], new MadeVideo(5, 1_100), framesPerSecond: 30, TimeSpan.FromSeconds(1));
        await _loop.ConnectAsync(teacher, answer, [new MadeVoiceFeed(teacher.Sent[0], new MadeVoice()), camera]).WaitAsync(Patience);
    }

    private StreamPeer Watch(RtcWorker worker, RoomId room, bool isObserver = false)
    {
        var watcher = HeadlessPeer.Watcher(new HeadlessPeerOptions { OnPacket = _check.Look, TellsArrivals = false });
        watcher.Accept(Clock.Now(), Answer(worker, room, watcher, isObserver));
        return Add(watcher);
    }

    private StreamPeer Add(HeadlessPeer peer)
    {
        var link = new StreamPeer(peer, _pool.TcpEndPoint!);
        _peers.Add(link);
        return link;
    }

    private string Answer(RtcWorker worker, RoomId room, HeadlessPeer watcher, bool isObserver)
    {
        Assert.True(
            WatchAnswer.TryMake(watcher.Offer, Local(worker), "class", null, out var answer, out var parameters, out var refusal), refusal?.Sentence);
        worker.Post(new AddWatcher(_pool.NextTransportId(), room, parameters, isObserver));
        return answer;
    }

    private LocalDescription Local(RtcWorker worker) =>
        new(worker.NewCredentials(), _pool.Certificate.Fingerprint, [.. worker.Candidates.Select(candidate => candidate.ToSdp())], 1);

    private void Until(Func<bool> happened)
    {
        var start = Clock.Now();
        while (!happened())
        {
            Assert.True(Clock.Now() - start < Patience, $"It does not happen. Ends: {string.Join(' ', Enum.GetValues<TcpEnd>().Select(end => $"{end} {_pool.Tcp[end]}"))}.");
            _peers.ForEach(peer => peer.Move(Clock.Now()));
            Thread.Yield();
        }
    }
}
