using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Client.Peers;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Net;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Net;

/// <summary>One class on two real workers: two threads, two ports, and the ring between them.</summary>
public sealed class SpanningWorkersTests : IAsyncLifetime
{
    private const int Frames = 60;   // two seconds
    private const int PacketsPerFrame = 5;
    private const int Sounds = 100;
    private const int ViewersEach = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RtcWorkerPool _pool = RtcWorkerPool.Start(
        new RtcOptions { Address = IPAddress.Loopback, FirstPort = 0, Workers = 2 }, NullLoggerFactory.Instance);

    private readonly HeadlessPeerLoop _loop = new();

    private RtcWorker Home => _pool.Workers[0];

    private RtcWorker Branch => _pool.Workers[1];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _loop.DisposeAsync();
        await _pool.DisposeAsync();
    }

    [Fact]
    public async Task ViewersOfBothGetEveryPacketOnceInOrderAndByteForByte()
    {
        var room = _pool.NextRoomId();
        Home.Post(new OpenRoom(room));
        var branch = RtcWorkerPool.Branch(room, Home, Branch);
        var check = new MadeMediaCheck();
        List<HeadlessPeer> viewers = [];
        for (var i = 0; i < 2 * ViewersEach; i++)
        {
            viewers.Add(await WatchAsync(room, i % 2 == 0 ? Home : Branch, check));
        }

        // Whoever is there before the first packet gets all of them.
        var teacher = HeadlessPeer.Publisher(new HeadlessPeerOptions { Tracks = [TrackSource.Voice, TrackSource.Camera] });
        var (voice, camera) = (teacher.Sent[0], teacher.Sent[1]);
        Assert.True(PublishAnswer.TryMake(teacher.Offer, Local(Home), out var answer, out var parameters, out var refusal), refusal?.Sentence);
        Home.Post(new AddPublisher(_pool.NextTransportId(), room, parameters));
        await _loop.ConnectAsync(teacher, answer,
        [
            new Limited(new MadeVoiceFeed(voice, new MadeVoice()), () => voice.Packets < Sounds),
            new Limited(new MadeVideoFeed(camera, new MadeVideo(PacketsPerFrame, 1_100), 30), () => camera.Packets < Frames * PacketsPerFrame),
        ]).WaitAsync(Patience);

        await Until(() => viewers.TrueForAll(viewer => viewer.Received[0].Packets == Sounds && viewer.Received[1].Packets == Frames * PacketsPerFrame));
        Assert.Equal((Sounds, Frames * PacketsPerFrame), (voice.Packets, camera.Packets));
        Assert.All(viewers.SelectMany(viewer => viewer.Received.Take(2)), track =>
            Assert.Equal((0, 0, 0, 0, 0), (track.Lost, track.Recovered, track.Duplicates, track.OutOfOrder, track.Restarts)));
        Assert.All(viewers, viewer => Assert.Equal(Frames, viewer.Received[1].Frames));
        Assert.Equal((0, viewers.Count * (Sounds + (Frames * PacketsPerFrame))), (check.Wrong, check.Right));

        Assert.Equal(Sounds + (Frames * PacketsPerFrame), Home.Counters.PacketsRelayed);
        Assert.Equal((0, 0), (Home.Counters.PicturePacketsNotRelayed, Home.Counters.VoicePacketsNotRelayed));
        Assert.Equal((0, 0), (Branch.Counters.PacketsReceived, Branch.Drops[DropReason.RelayedForNobody]));
        Assert.Equal(ViewersEach * (Sounds + (Frames * PacketsPerFrame)), Branch.Counters.Members.PacketsForwarded);

        branch.Close();
        Await(() => Branch.Counters is { Rooms: 0, Transports: 0 });
        Assert.Equal((1, ViewersEach + 1), (Home.Counters.Rooms, Home.Counters.Transports));
        Assert.All(_pool.Workers, worker => Assert.Equal(0, worker.Drops[DropReason.InternalError]));
    }

    private static void Await(Func<bool> happened) => Assert.True(SpinWait.SpinUntil(happened, Patience), "It does not happen.");

    private async Task<HeadlessPeer> WatchAsync(RoomId room, RtcWorker worker, MadeMediaCheck check)
    {
        var viewer = HeadlessPeer.Watcher(new HeadlessPeerOptions { OnPacket = check.Look, TellsArrivals = false });
        Assert.True(
            WatchAnswer.TryMake(viewer.Offer, Local(worker), "class", null, out var answer, out var parameters, out var refusal), refusal?.Sentence);
        worker.Post(new AddWatcher(_pool.NextTransportId(), room, parameters, IsObserver: false));
        await _loop.ConnectAsync(viewer, answer).WaitAsync(Patience);
        return viewer;
    }

    private LocalDescription Local(RtcWorker worker) =>
        new(IceCredentials.Generate(), _pool.Certificate.Fingerprint, [.. worker.Candidates.Select(candidate => candidate.ToSdp())], 1);

    private async Task Until(Func<bool> condition)
    {
        using var given = new CancellationTokenSource(Patience);
        while (!await _loop.RunAsync(_ => condition()))
        {
            given.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>A feed that ends.</summary>
    private sealed class Limited(IMediaFeed feed, Func<bool> goesOn) : IMediaFeed
    {
        public Instant NextTick => goesOn() ? feed.NextTick : Instant.Never;

        public void Tick(Instant now) => feed.Tick(now);
    }
}
