using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Net;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Net;

public sealed class RtcWorkerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly RoomId Room = new(1);
    private static readonly TransportId First = new(1);
    private readonly DtlsCertificate _certificate = DtlsCertificate.Generate();
    private readonly Channel<RtcEvent> _events = Channel.CreateUnbounded<RtcEvent>();
    private readonly List<RtcWorker> _workers = [];

    public void Dispose()
    {
        _workers.ForEach(worker => worker.Dispose());
        _certificate.Dispose();
    }

    [Theory]
    [InlineData(UdpPortKind.Linux)]
    [InlineData(UdpPortKind.Portable)]
    public async Task APeerConnectsAndIsToldGoodbyeWhenItsTransportIsClosed(UdpPortKind kind)
    {
        var worker = Start(kind);
        using var peer = new LoopbackPeer(worker.LocalEndPoint, _certificate.Fingerprint);
        worker.Post(new OpenRoom(Room));
        worker.Post(Watcher(First, peer.Parameters));
        peer.RunUntil(() => peer.Dtls.State == DtlsState.Connected);
        Assert.Equal(new TransportConnected(First), await NextEvent());
        Assert.Equal(1, worker.Counters.Transports);

        worker.Post(new CloseTransport(First, CloseReason.Requested));
        Assert.Equal(new TransportClosed(First, CloseReason.Requested), await NextEvent());
        peer.RunUntil(() => peer.Dtls.State == DtlsState.Closed);
        Assert.Equal(0, worker.Drops[DropReason.InternalError]);
    }

    [Fact]
    public async Task APeerThatLeavesIsReported()
    {
        var worker = Start();
        using var peer = new LoopbackPeer(worker.LocalEndPoint, _certificate.Fingerprint);
        worker.Post(new OpenRoom(Room));
        worker.Post(Watcher(First, peer.Parameters));
        peer.RunUntil(() => peer.Dtls.State == DtlsState.Connected);
        Assert.Equal(new TransportConnected(First), await NextEvent());

        peer.Dtls.Close();
        peer.RunUntil(() => _events.Reader.TryPeek(out _));
        Assert.Equal(new TransportClosed(First, CloseReason.ClosedByPeer), await NextEvent());
    }

    [Fact]
    public async Task StoppingAWorkerSaysGoodbyeToItsPeers()
    {
        var worker = Start();
        using var peer = new LoopbackPeer(worker.LocalEndPoint, _certificate.Fingerprint);
        worker.Post(new OpenRoom(Room));
        worker.Post(Watcher(First, peer.Parameters));
        peer.RunUntil(() => peer.Dtls.State == DtlsState.Connected);
        Assert.Equal(new TransportConnected(First), await NextEvent());

        worker.Dispose();
        Assert.False(worker.IsRunning);
        peer.RunUntil(() => peer.Dtls.State == DtlsState.Closed);

        worker.Post(new OpenRoom(new RoomId(2)));   // too late, and harmless
        worker.Dispose();
    }

    [Fact]
    public async Task ACommandThatThrowsIsReportedAndTheWorkerLivesOn()
    {
        var worker = Start();
        var peer = new PeerParameters(new IceCredentials("four", "a password of 22 letters"), IceCredentials.Generate(), new byte[32]);
        worker.Post(new OpenRoom(Room));
        worker.Post(Watcher(First, peer));   // our own user fragments have eight characters
        Assert.Equal(new TransportClosed(First, CloseReason.InternalError), await NextEvent());
        Assert.Equal(1, worker.Drops[DropReason.InternalError]);

        using var second = new LoopbackPeer(worker.LocalEndPoint, _certificate.Fingerprint);
        worker.Post(Watcher(new TransportId(2), second.Parameters));
        second.RunUntil(() => second.Dtls.State == DtlsState.Connected);
        Assert.Equal(new TransportConnected(new TransportId(2)), await NextEvent());
        Assert.True(worker.IsRunning);
    }

    [Fact]
    public async Task AWaitingWorkerTakesCommandsAtOnce()
    {
        var worker = Start(port => new PatientPort(port));   // no tick will make up for a wake-up that is lost
        for (var i = 1; i <= 1_000; i++)
        {
            // Each refusal is awaited, so that the worker has gone to wait, or is about to, when the next is posted.
            worker.Post(Watcher(new TransportId(i), new PeerParameters(IceCredentials.Generate(), IceCredentials.Generate(), new byte[32])));
            Assert.Equal(new TransportClosed(new TransportId(i), CloseReason.RoomClosed), await NextEvent());
        }

        Assert.True(worker.Gauges.Rounds < 10_000, "It spins instead of waiting.");
    }

    [Fact]
    public async Task ACommandThatComesJustBeforeTheWaitEndsIt()
    {
        PatientPort? patient = null;
        var worker = Start(port => patient = new PatientPort(port));
        for (var i = 1; i <= 50; i++)
        {
            var late = Watcher(new TransportId(i), new PeerParameters(IceCredentials.Generate(), IceCredentials.Generate(), new byte[32]));
            patient!.BeforeWait = () => worker.Post(late);
            worker.Post(new OpenRoom(new RoomId(2)));   // so that it comes to wait again
            Assert.Equal(new TransportClosed(new TransportId(i), CloseReason.RoomClosed), await NextEvent());
        }
    }

    [Fact]
    public void WhatIsNoProtocolOfOursIsCountedAndAllocatesNothing()
    {
        var worker = Start();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var sent = Flood(2_000);   // warms up
        var allocated = long.MaxValue;
        for (var round = 0; round < 10 && allocated > 0; round++)
        {
            var before = worker.Gauges.AllocatedBytes;
            sent += Flood(10_000);
            allocated = worker.Gauges.AllocatedBytes - before;
        }

        Assert.Equal(0, allocated);
        Assert.Equal(sent, worker.Drops[DropReason.UnknownProtocol]);
        Assert.Equal(sent, worker.Drops.Total);
        Assert.True(worker.Gauges.TakeLongestRound() > TimeSpan.Zero);

        // In portions that its receive buffer holds, each awaited, and at the end until the gauges are fresh.
        int Flood(int datagrams)
        {
            byte[] garbage = [200, 1, 2, 3];
            for (var done = 0; done < datagrams; done += 500)
            {
                var expected = worker.Drops.Total + 500;
                for (var i = 0; i < 500; i++)
                {
                    socket.SendTo(garbage, worker.LocalEndPoint);
                }

                Await(() => worker.Drops.Total >= expected);
            }

            var cpu = worker.Gauges.CpuTime;
            Await(() => worker.Gauges.CpuTime > cpu);
            return datagrams;
        }
    }

    [Fact]
    public void ADatagramThatFillsItsSlotIsOversized()
    {
        var worker = Start();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SendTo(new byte[4_000], worker.LocalEndPoint);

        Await(() => worker.Drops.Total == 1);
        Assert.Equal(1, worker.Drops[DropReason.Oversized]);
    }

    private static void Await(Func<bool> happened) => Assert.True(SpinWait.SpinUntil(happened, Patience), "It does not happen.");

    private static AddWatcher Watcher(TransportId id, PeerParameters peer) =>
        new(id, Room, new WatchParameters(peer, "class", []), IsObserver: false);

    private async Task<RtcEvent> NextEvent() => await _events.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    private RtcWorker Start(UdpPortKind kind = UdpPortKind.Auto) => Start(port => port, kind);

    private RtcWorker Start(Func<IUdpPort, IUdpPort> wrap, UdpPortKind kind = UdpPortKind.Auto)
    {
        var options = new RtcOptions { Address = IPAddress.Loopback, FirstPort = 0, PortKind = kind };
        var port = wrap(UdpPorts.Open(options, 0, NullLogger.Instance));
        var worker = new RtcWorker(0, port, _certificate, [], options, _events.Writer, NullLogger.Instance);
        _workers.Add(worker);
        worker.Start();
        return worker;
    }

    /// <summary>A port that waits as good as for ever when it is to wait at all.</summary>
    private sealed class PatientPort(IUdpPort port) : IUdpPort
    {
        private Action? _beforeWait;

        /// <summary>Happens once, when its worker has decided to wait.</summary>
        public Action? BeforeWait
        {
            set => Volatile.Write(ref _beforeWait, value);
        }

        public IPEndPoint LocalEndPoint => port.LocalEndPoint;

        public long SendFailures => port.SendFailures;

        public long Messages => port.Messages;

        public long Datagrams => port.Datagrams;

        public string? SegmentationError => port.SegmentationError;

        public void Receive(DatagramSlab slab, TimeSpan wait)
        {
            if (wait > TimeSpan.Zero)
            {
                Interlocked.Exchange(ref _beforeWait, null)?.Invoke();
                wait = TimeSpan.FromHours(1);
            }

            port.Receive(slab, wait);
        }

        public void Pause(TimeSpan time) => port.Pause(time);

        public void Wake() => port.Wake();

        public void Send(SendBatch batch) => port.Send(batch);

        public void Dispose() => port.Dispose();
    }
}
