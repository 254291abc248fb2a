using System.Net;
using System.Net.Sockets;
using Streaming.Rtc.Net;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Net;

/// <summary>What every UDP port does, whatever it is made of. All on loopback.</summary>
public abstract class UdpPortContract : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly List<IUdpPort> _ports = [];

    private protected abstract IUdpPort Take(Socket socket);

    public void Dispose()
    {
        foreach (var port in _ports)
        {
            port.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public void ABatchArrivesInOrderAndNamesItsSender()
    {
        var (sender, receiver) = (Open(IPAddress.Loopback), Open(IPAddress.Loopback));
        var batch = new SendBatch(sender, datagrams: 256);
        for (var i = 0; i < 200; i++)
        {
            batch.Add(AddressOf(receiver), Numbered(i, length: 40 + (i * 5)));
        }

        batch.Flush();

        var received = ReceiveAll(receiver, 200);
        Assert.All(received, (datagram, i) => Assert.Equal(Numbered(i, length: 40 + (i * 5)), datagram.Bytes));
        Assert.All(received, datagram => Assert.Equal(AddressOf(sender), datagram.From));
        Assert.Equal(0, sender.SendFailures);
    }

    [Fact]
    public void ASlabSmallerThanTheBacklogIsFilledAgainAndAgain()
    {
        var (sender, receiver) = (Open(IPAddress.Loopback), Open(IPAddress.Loopback));
        var batch = new SendBatch(sender);
        for (var i = 0; i < 200; i++)
        {
            batch.Add(AddressOf(receiver), Numbered(i, 100));
        }

        batch.Flush();

        var slab = new DatagramSlab(slots: 70);
        List<int> counts = [];
        List<byte[]> all = [];
        while (all.Count < 200)
        {
            receiver.Receive(slab, Patience);
            counts.Add(slab.Count);
            for (var i = 0; i < slab.Count; i++)
            {
                all.Add(slab.Datagram(i).ToArray());
            }
        }

        Assert.Equal([70, 70, 60], counts);
        Assert.All(all, (bytes, i) => Assert.Equal(Numbered(i, 100), bytes));
    }

    [Fact]
    public void OneBatchReachesManyPeers()
    {
        var sender = Open(IPAddress.Loopback);
        var receivers = Enumerable.Range(0, 5).Select(_ => Open(IPAddress.Loopback)).ToArray();
        var batch = new SendBatch(sender);
        for (var i = 0; i < 100; i++)
        {
            batch.Add(AddressOf(receivers[i % 5]), Numbered(i, 64));
        }

        batch.Flush();

        for (var r = 0; r < 5; r++)
        {
            Assert.All(ReceiveAll(receivers[r], 20), (datagram, i) => Assert.Equal(Numbered((i * 5) + r, 64), datagram.Bytes));
        }
    }

    [IPv6Fact]
    public void IPv6PeersTalk()
    {
        var (sender, receiver) = (Open(IPAddress.IPv6Loopback), Open(IPAddress.IPv6Loopback));

        SendOne(sender, AddressOf(receiver), [1, 2, 3]);

        var datagram = Assert.Single(ReceiveAll(receiver, 1));
        Assert.Equal([1, 2, 3], datagram.Bytes);
        Assert.Equal(AddressOf(sender), datagram.From);
        Assert.False(datagram.From.IsIPv4);
    }

    [IPv6Fact]
    public void ADualModePortServesIPv4AndIPv6PeersAtOnce()
    {
        var dual = Open(IPAddress.IPv6Any);
        var port = (ushort)dual.LocalEndPoint.Port;
        var (four, six) = (Open(IPAddress.Loopback), Open(IPAddress.IPv6Loopback));

        SendOne(four, TransportAddress.From(new IPEndPoint(IPAddress.Loopback, port)), [4]);
        SendOne(six, TransportAddress.From(new IPEndPoint(IPAddress.IPv6Loopback, port)), [6]);

        var received = ReceiveAll(dual, 2);
        Assert.Equal([(AddressOf(four), 4), (AddressOf(six), 6)], received.Select(d => (d.From, (int)d.Bytes[0])).OrderBy(d => d.Item2));
        Assert.True(AddressOf(four).IsIPv4);

        var batch = new SendBatch(dual);
        batch.Add(AddressOf(four), [44]);
        batch.Add(AddressOf(six), [66]);
        batch.Flush();
        Assert.Equal([44], Assert.Single(ReceiveAll(four, 1)).Bytes);
        Assert.Equal([66], Assert.Single(ReceiveAll(six, 1)).Bytes);
    }

    [Fact]
    public void AnIPv4PortCountsWhatItCannotReachAndSendsTheRest()
    {
        var (sender, receiver) = (Open(IPAddress.Loopback), Open(IPAddress.Loopback));
        var six = TransportAddress.From(new IPEndPoint(IPAddress.IPv6Loopback, 9));
        var batch = new SendBatch(sender);
        batch.Add(six, [0]);
        batch.Add(AddressOf(receiver), [1]);
        batch.Add(six, [0]);
        batch.Add(AddressOf(receiver), [2]);
        batch.Flush();

        Assert.Equal([[1], [2]], ReceiveAll(receiver, 2).Select(d => d.Bytes));
        Assert.Equal(2, sender.SendFailures);
    }

    [Fact]
    public void WhatTheKernelRefusesIsCountedAndTheNextIsSent()
    {
        var (sender, receiver) = (Open(IPAddress.Loopback), Open(IPAddress.Loopback));
        var refused = TransportAddress.From(new IPEndPoint(IPAddress.Loopback, 0));   // port 0 cannot be sent to
        var batch = new SendBatch(sender);
        for (var i = 0; i < 100; i++)
        {
            batch.Add(refused, [0]);
            batch.Add(AddressOf(receiver), Numbered(i, 50));
        }

        batch.Flush();

        Assert.All(ReceiveAll(receiver, 100), (datagram, i) => Assert.Equal(Numbered(i, 50), datagram.Bytes));
        Assert.Equal(100, sender.SendFailures);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::")]
    public void AStormOfPortUnreachableAnswersDisturbsNobody(string bound)
    {
        var (sender, receiver) = (Open(Supported(bound)), Open(IPAddress.Loopback));
        var gone = ClosedPort();
        var batch = new SendBatch(sender);
        var slab = new DatagramSlab();
        for (var i = 0; i < 100; i++)
        {
            batch.Add(gone, [0]);
            batch.Add(AddressOf(receiver), Numbered(i, 50));
            batch.Flush();
            sender.Receive(slab, TimeSpan.Zero);
            Assert.Equal(0, slab.Count);
        }

        Assert.All(ReceiveAll(receiver, 100), (datagram, i) => Assert.Equal(Numbered(i, 50), datagram.Bytes));
        Assert.Equal(0, sender.SendFailures);

        // Nor does the wait end early, over and over, because of them.
        SendOne(receiver, new IPEndPoint(IPAddress.Loopback, sender.LocalEndPoint.Port), [7]);
        Assert.Equal([7], Assert.Single(ReceiveAll(sender, 1)).Bytes);
    }

    [Fact]
    public void ADatagramLargerThanASlotIsMarkedAndTheNextIsWhole()
    {
        var receiver = Open(IPAddress.Loopback);
        using var raw = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        raw.SendTo(new byte[DatagramSlab.SlotSize + 1_000], receiver.LocalEndPoint);
        raw.SendTo(Numbered(1, DatagramSlab.SlotSize - 1), receiver.LocalEndPoint);

        var slab = new DatagramSlab();
        List<bool> oversized = [];
        while (oversized.Count < 2)
        {
            receiver.Receive(slab, Patience);
            for (var i = 0; i < slab.Count; i++)
            {
                oversized.Add(slab.IsOversized(i));
                if (!slab.IsOversized(i))
                {
                    Assert.Equal(Numbered(1, DatagramSlab.SlotSize - 1), slab.Datagram(i).ToArray());
                }
            }
        }

        Assert.Equal([true, false], oversized);
    }

    [Fact]
    public void AnEmptyDatagramIsADatagram()
    {
        var receiver = Open(IPAddress.Loopback);
        using var raw = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        raw.SendTo([], receiver.LocalEndPoint);

        Assert.Empty(Assert.Single(ReceiveAll(receiver, 1)).Bytes);
    }

    [Fact]
    public void AWaitEndsWithoutADatagram()
    {
        var port = Open(IPAddress.Loopback);
        var slab = new DatagramSlab();

        port.Receive(slab, TimeSpan.Zero);
        Assert.Equal(0, slab.Count);
        port.Receive(slab, TimeSpan.FromMilliseconds(-5));
        Assert.Equal(0, slab.Count);
        port.Receive(slab, TimeSpan.FromMilliseconds(1.5));
        Assert.Equal(0, slab.Count);
    }

    [Fact]
    public void WakeEndsAWaitThatHasBegunAndOneThatHasNot()
    {
        var port = Open(IPAddress.Loopback);
        var slab = new DatagramSlab();
        using var rounds = new SemaphoreSlim(0);
        var waiting = new Thread(() =>
        {
            for (var round = 0; round < 50; round++)
            {
                port.Receive(slab, TimeSpan.FromMinutes(10));
                rounds.Release();
            }
        })
        { IsBackground = true };

        port.Wake();   // before anybody waits
        waiting.Start();
        for (var round = 0; round < 50; round++)
        {
            Assert.True(rounds.Wait(Patience), $"Round {round} still waits.");
            port.Wake();
        }

        Assert.True(waiting.Join(Patience));
        Assert.Equal(0, slab.Count);
    }

    [Fact]
    public void WakeAfterDisposalIsHarmless()
    {
        var port = Open(IPAddress.Loopback);
        port.Dispose();

        port.Wake();
        port.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::")]
    public void TenThousandEchoesAllocateNothing(string bound)
    {
        var (client, server) = (Open(IPAddress.Loopback), Open(Supported(bound)));
        var to = TransportAddress.From(new IPEndPoint(IPAddress.Loopback, server.LocalEndPoint.Port));
        var (requests, replies) = (new SendBatch(client), new SendBatch(server));
        var (atClient, atServer) = (new DatagramSlab(), new DatagramSlab());
        var payload = Numbered(1, 1_100);

        // While the runtime still compiles better versions of what runs here it allocates now and then, once each. What a datagram or a
        // batch costs shows in every round.
        var allocated = long.MaxValue;
        for (var round = 0; round < 10 && allocated > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var echoed = Echo(10_000);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(10_000, echoed);
        }

        Assert.Equal(0, allocated);

        int Echo(int datagrams)
        {
            var back = 0;
            for (var sent = 0; sent < datagrams; sent += 50)
            {
                for (var i = 0; i < 50; i++)
                {
                    requests.Add(to, payload);
                }

                requests.Flush();
                for (var there = 0; there < 50; there += atServer.Count)
                {
                    server.Receive(atServer, Patience);
                    for (var i = 0; i < atServer.Count; i++)
                    {
                        replies.Add(atServer.From(i), atServer.Datagram(i));
                    }

                    replies.Flush();
                }

                for (var here = 0; here < 50; here += atClient.Count)
                {
                    client.Receive(atClient, Patience);
                    back += atClient.Count;
                }
            }

            return back;
        }
    }

    private protected IUdpPort Open(IPAddress address)
    {
        var port = Take(BoundSocket.Open(address, 0));
        _ports.Add(port);
        return port;
    }

    private static TransportAddress AddressOf(IUdpPort port) => TransportAddress.From(port.LocalEndPoint);

    private static IPAddress Supported(string address) =>
        address == "::" && !Socket.OSSupportsIPv6 ? IPAddress.Any : IPAddress.Parse(address);

    private static void SendOne(IUdpPort from, IPEndPoint to, byte[] datagram) => SendOne(from, TransportAddress.From(to), datagram);

    private static void SendOne(IUdpPort from, TransportAddress to, byte[] datagram)
    {
        var batch = new SendBatch(from);
        batch.Add(to, datagram);
        batch.Flush();
    }

    private static List<(TransportAddress From, byte[] Bytes)> ReceiveAll(IUdpPort port, int expected)
    {
        var slab = new DatagramSlab();
        List<(TransportAddress, byte[])> all = [];
        while (all.Count < expected)
        {
            port.Receive(slab, Patience);
            Assert.True(slab.Count > 0, $"Only {all.Count} of {expected} datagrams came.");
            for (var i = 0; i < slab.Count; i++)
            {
                all.Add((slab.From(i), slab.Datagram(i).ToArray()));
            }
        }

        Assert.Equal(expected, all.Count);
        return all;
    }

    private static TransportAddress ClosedPort()
    {
        using var socket = BoundSocket.Open(IPAddress.Loopback, 0);
        return TransportAddress.From((IPEndPoint)socket.LocalEndPoint!);
    }

    private static byte[] Numbered(int number, int length)
    {
        var bytes = new byte[length];
        new Random(number).NextBytes(bytes);
        return bytes;
    }
}
