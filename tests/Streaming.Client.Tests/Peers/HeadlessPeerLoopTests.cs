using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Client.Peers;
using Streaming.Rtc;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Net;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Sfu;

namespace Streaming.Client.Tests.Peers;

public sealed class HeadlessPeerLoopTests : IAsyncLifetime
{
    private const int Watchers = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RtcWorkerPool _pool = RtcWorkerPool.Start(
        new RtcOptions { Address = IPAddress.Loopback, FirstPort = 0, Workers = 1 }, NullLoggerFactory.Instance);

    private readonly HeadlessPeerLoop _loop = new();
    private RoomId _room;

    public Task InitializeAsync()
    {
        _room = _pool.NextRoomId();
        _pool.Workers[0].Post(new OpenRoom(_room));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _loop.DisposeAsync();
        await _pool.DisposeAsync();
    }

    [Fact]
    public async Task ManyWatchersReceiveWhatOnePeerPublishesOverRealSockets()
    {
        var publisher = HeadlessPeer.Publisher();
        var video = new MadeVideoFeed(publisher.Sent[1], new MadeVideo(5, 1_100), framesPerSecond: 30, TimeSpan.FromSeconds(1));
        await _loop.ConnectAsync(publisher, Publish(publisher.Offer), [new MadeVoiceFeed(publisher.Sent[0], new MadeVoice()), video])
            .WaitAsync(Patience);

        var check = new MadeMediaCheck();
        var options = new HeadlessPeerOptions { OnPacket = check.Look };
        var watchers = Enumerable.Range(0, Watchers).Select(_ => HeadlessPeer.Watcher(options)).ToList();
        await Task.WhenAll(watchers.Select(watcher => _loop.ConnectAsync(watcher, Watch(watcher.Offer)))).WaitAsync(Patience);
        await Until(() => watchers.All(watcher => watcher.Received[1].Frames > 60 && watcher.Received[0].Packets > 50));

        var (lost, restarts) = await _loop.RunAsync(_ => (
            watchers.Sum(watcher => watcher.Received.Sum(track => track.GivenUp)),
            watchers.Sum(watcher => watcher.Received.Sum(track => track.Restarts))));
        Assert.Equal((0, 0), (lost, restarts));
        Assert.Equal(0, check.Wrong);
        Assert.All(watchers, watcher => Assert.True(watcher.Received[1].KeyFrames > 0));
        await Until(() => publisher.Sent[1].LastReport is not null);
    }

    [Fact]
    public async Task ARemovedPeerSaysGoodbye()
    {
        var watcher = HeadlessPeer.Watcher();
        await _loop.ConnectAsync(watcher, Watch(watcher.Offer)).WaitAsync(Patience);
        await _loop.RemoveAsync(watcher).WaitAsync(Patience);
        using var given = new CancellationTokenSource(Patience);
        await foreach (var happened in _pool.Events.ReadAllAsync(given.Token))
        {
            if (happened is TransportClosed closed)
            {
                Assert.Equal(CloseReason.ClosedByPeer, closed.Reason);
                break;
            }
        }

        Assert.Equal(HeadlessPeerState.Closed, watcher.State);
    }

    [Fact]
    public async Task AnUnusableAnswerIsThrownToWhoBroughtIt()
    {
        using var watcher = HeadlessPeer.Watcher();
        await Assert.ThrowsAsync<FormatException>(() => _loop.ConnectAsync(watcher, "v=0").WaitAsync(Patience));
    }

    [Fact]
    public async Task WhoWaitsForAPeerHearsOfTheLoopsEnd()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var watcher = HeadlessPeer.Watcher(new HeadlessPeerOptions { Server = TransportAddress.From((IPEndPoint)nobody.LocalEndPoint!) });
        var connecting = _loop.ConnectAsync(watcher, Watch(watcher.Offer));
        await _loop.RunAsync(_ => true).WaitAsync(Patience);
        await _loop.DisposeAsync();
        await Assert.ThrowsAsync<HeadlessPeerException>(() => connecting.WaitAsync(Patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _loop.RunAsync(_ => true).WaitAsync(Patience));
    }

    private string Publish(string offer)
    {
        Assert.True(PublishAnswer.TryMake(offer, Local(), out var answer, out var parameters, out var refusal), refusal?.ToString());
        _pool.Workers[0].Post(new AddPublisher(_pool.NextTransportId(), _room, parameters));
        return answer;
    }

    private string Watch(string offer)
    {
        Assert.True(
            WatchAnswer.TryMake(offer, Local(), "loop", null, out var answer, out var parameters, out var refusal), refusal?.ToString());
        _pool.Workers[0].Post(new AddWatcher(_pool.NextTransportId(), _room, parameters, IsObserver: false));
        return answer;
    }

    private LocalDescription Local() =>
        new(IceCredentials.Generate(), _pool.Certificate.Fingerprint, [.. _pool.Workers[0].Candidates.Select(c => c.ToSdp())], 1);

    private async Task Until(Func<bool> condition)
    {
        using var given = new CancellationTokenSource(Patience);
        while (!await _loop.RunAsync(_ => condition()))
        {
            given.Token.ThrowIfCancellationRequested();
        }
    }
}
