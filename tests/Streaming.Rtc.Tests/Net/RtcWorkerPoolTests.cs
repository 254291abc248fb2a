using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Net;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Net;

public sealed class RtcWorkerPoolTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly RtcOptions OnLoopback = new() { Address = IPAddress.Loopback, FirstPort = 0, Workers = 2 };

    [Fact]
    public async Task EveryWorkerHasAPortAndACandidateForEachPublicAddress()
    {
        var options = OnLoopback with { PublicAddresses = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("127.0.0.1")] };
        await using var pool = RtcWorkerPool.Start(options, NullLoggerFactory.Instance);

        Assert.Equal(2, pool.Workers.Select(worker => worker.LocalEndPoint.Port).Distinct().Count());
        Assert.All(pool.Workers, worker =>
        {
            Assert.Equal(
                [
                    (false, $"192.0.2.1:{worker.LocalEndPoint.Port}"), (false, $"127.0.0.1:{worker.LocalEndPoint.Port}"),
                    (true, $"192.0.2.1:{pool.TcpEndPoint!.Port}"), (true, $"127.0.0.1:{pool.TcpEndPoint.Port}"),
                ],
                worker.Candidates.Select(candidate => (candidate.IsTcp, candidate.Address.ToString())));
            Assert.True(worker.IsRunning);
        });
        Assert.Equal(32, pool.Certificate.Fingerprint.Length);
    }

    [Fact]
    public async Task ConsecutivePortsAreTakenFromTheFirstOn()
    {
        var first = FreePorts(2);
        await using var pool = RtcWorkerPool.Start(OnLoopback with { FirstPort = first }, NullLoggerFactory.Instance);

        Assert.Equal([first, first + 1], pool.Workers.Select(worker => worker.LocalEndPoint.Port));
        Assert.Equal([0, 1], pool.Workers.Select(worker => worker.Index));
    }

    [Fact]
    public void ATakenPortIsNamedTogetherWithTheOptionAndNothingStaysOpen()
    {
        var first = FreePorts(2);
        using (BoundSocket.Open(IPAddress.Loopback, first + 1))
        {
            var error = Assert.Throws<InvalidOperationException>(
                () => RtcWorkerPool.Start(OnLoopback with { FirstPort = first }, NullLoggerFactory.Instance));
            Assert.Contains($"port {first + 1} of 127.0.0.1 is in use", error.Message, StringComparison.Ordinal);
            Assert.Contains(nameof(RtcOptions.FirstPort), error.Message, StringComparison.Ordinal);
        }

        using var again = BoundSocket.Open(IPAddress.Loopback, first);
        Assert.Equal(first, ((IPEndPoint)again.LocalEndPoint!).Port);
    }

    [Fact]
    public void AnAddressOfAnotherMachineIsNamed()
    {
        var options = OnLoopback with { Address = IPAddress.Parse("192.0.2.77") };

        var error = Assert.Throws<InvalidOperationException>(() => RtcWorkerPool.Start(options, NullLoggerFactory.Instance));
        Assert.Contains("192.0.2.77 is no address of this machine", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongOptionsAreRefusedWithWhatToWriteInstead()
    {
        var error = Assert.Throws<ArgumentException>(
            () => RtcWorkerPool.Start(OnLoopback with { Workers = 0 }, NullLoggerFactory.Instance));
        Assert.Contains("write a number from 1 to 256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ANewRoomGoesToTheWorkerWithTheFewestTransports()
    {
        await using var pool = RtcWorkerPool.Start(OnLoopback, NullLoggerFactory.Instance);
        var busy = pool.Workers[0];
        var room = pool.NextRoomId();
        busy.Post(new OpenRoom(room));
        busy.Post(new AddWatcher(pool.NextTransportId(), room, new WatchParameters(Anybody(), "class", []), IsObserver: false));
        Assert.True(SpinWait.SpinUntil(() => busy.Counters.Members.Transports == 1, Patience));

        Assert.All(Enumerable.Range(0, 6), _ => Assert.Same(pool.Workers[1], pool.PickWorker()));
    }

    [Fact]
    public async Task ObserversDoNotDecideWhichWorkerAClassGets()
    {
        await using var pool = RtcWorkerPool.Start(OnLoopback, NullLoggerFactory.Instance);
        var watched = pool.PickWorker();
        var expected = pool.Workers[1 - watched.Index];
        var room = pool.NextRoomId();
        Assert.Same(expected, pool.PickWorker(forObserver: true));
        expected.Post(new OpenRoom(room));
        expected.Post(new AddWatcher(pool.NextTransportId(), room, new WatchParameters(Anybody(), "class", []), IsObserver: true));
        Assert.True(SpinWait.SpinUntil(() => expected.Counters.Observers.Transports == 1, Patience));

        Assert.Same(expected, pool.PickWorker());
    }

    [Fact]
    public async Task EqualWorkersTakeTurns()
    {
        await using var pool = RtcWorkerPool.Start(OnLoopback, NullLoggerFactory.Instance);

        var picked = Enumerable.Range(0, 6).Select(_ => pool.PickWorker().Index).ToArray();
        Assert.Equal(3, picked.Count(index => index == 0));
        Assert.Equal(3, picked.Count(index => index == 1));
    }

    [Fact]
    public async Task EventsOfAllWorkersComeFromOneReaderThatEndsWithThePool()
    {
        var pool = RtcWorkerPool.Start(OnLoopback, NullLoggerFactory.Instance);
        var transports = pool.Workers.ToDictionary(_ => pool.NextTransportId());
        foreach (var (id, worker) in transports)
        {
            worker.Post(new AddWatcher(id, pool.NextRoomId(), new WatchParameters(Anybody(), "class", []), IsObserver: false));
        }

        List<RtcEvent> events = [];
        for (var i = 0; i < 2; i++)
        {
            events.Add(await pool.Events.ReadAsync().AsTask().WaitAsync(Patience));
        }

        Assert.Equal(transports.Keys.Order(Comparer<TransportId>.Create((a, b) => a.Value.CompareTo(b.Value))),
            events.Select(happened => happened.Transport).OrderBy(id => id.Value));
        await pool.DisposeAsync();
        await pool.DisposeAsync();
        await pool.Events.Completion.WaitAsync(Patience);
        Assert.All(pool.Workers, worker => Assert.False(worker.IsRunning));
    }

    [Fact]
    public async Task StoppingThePoolTellsEveryPeer()
    {
        var pool = RtcWorkerPool.Start(OnLoopback with { Workers = 1 }, NullLoggerFactory.Instance);
        var worker = pool.PickWorker();
        var room = pool.NextRoomId();
        using var peer = new LoopbackPeer(worker.LocalEndPoint, pool.Certificate.Fingerprint);
        worker.Post(new OpenRoom(room));
        worker.Post(new AddWatcher(pool.NextTransportId(), room, new WatchParameters(peer.Parameters, "class", []), IsObserver: false));
        peer.RunUntil(() => peer.Dtls.State == DtlsState.Connected);
        await pool.Events.ReadAsync().AsTask().WaitAsync(Patience);

        await pool.DisposeAsync();
        peer.RunUntil(() => peer.Dtls.State == DtlsState.Closed);
    }

    private static PeerParameters Anybody() => new(IceCredentials.Generate(), IceCredentials.Generate(), new byte[32]);

    // Ports below the range that the system chooses from, and elsewhere in every process, so that nobody takes them between the look and
    // the use.
    private static int FreePorts(int count)
    {
        for (var first = 21_000 + (Environment.ProcessId % 500 * 20); first < 32_000; first += count)
        {
            try
            {
                for (var i = 0; i < count; i++)
                {
                    BoundSocket.Open(IPAddress.Loopback, first + i).Dispose();
                }

                return first;
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Taken; the next ones.
            }
        }

        throw new InvalidOperationException("No free ports.");
    }
}
