using System.Net;
using System.Net.Sockets;
using Streaming.Tests.Shared.Links;

namespace Streaming.Rtc.Tests.Links;

/// <summary>Real sockets, counted: nothing here looks at a clock, and every wait ends when the datagram is there.</summary>
public sealed class LinkEmulatorTests : IDisposable
{
    private readonly Socket _server = Open();
    private readonly byte[] _buffer = new byte[2_048];

    [Fact]
    public void DatagramsPassBothWaysAndEachClientHasItsOwnAddress()
    {
        using var link = Link(LinkProfile.Perfect);
        using var first = Client(link);
        using var second = Client(link);
        first.Send([1]);
        var fromFirst = ReceiveAtServer(1);
        second.Send([2]);
        var fromSecond = ReceiveAtServer(2);
        Assert.NotEqual(fromFirst, fromSecond);

        _server.SendTo([11], fromFirst);
        _server.SendTo([12], fromSecond);
        Assert.Equal([11], Receive(first));
        Assert.Equal([12], Receive(second));
        Assert.Equal((2, 2), (link.Flows, link.Up.Received));
    }

    [Fact]
    public void WhatIsDelayedKeepsItsOrder()
    {
        using var link = Link(LinkProfile.Steady("late", new LinkWay
        {
            Delay = TimeSpan.FromMilliseconds(20),
            Jitter = TimeSpan.FromMilliseconds(20),
        }));
        using var client = Client(link);
        for (byte i = 0; i < 200; i++)
        {
            client.Send([i]);
        }

        for (byte i = 0; i < 200; i++)
        {
            ReceiveAtServer(i);
        }

        SpinWait.SpinUntil(() => link.Up.Delivered == 200, TimeSpan.FromSeconds(30));   // counted when it has been sent
        Assert.Equal((200, 200, 200 * 29), (link.Up.Received, link.Up.Delivered, link.Up.DeliveredBytes));
    }

    [Fact]
    public void EveryDatagramIsCountedUnderOneFate()
    {
        using var link = Link(LinkProfile.Steady("lossy", new LinkWay { Loss = 0.3 }, LinkWay.Perfect), seed: 3);
        using var client = Client(link);
        client.Send([0]);
        var address = ReceiveAtServer(0);
        for (var i = 0; i < 1_000; i++)
        {
            _server.SendTo([1], address);
        }

        SpinWait.SpinUntil(() => link.Down.Delivered + link.Down[LinkFate.Lost] == 1_000, TimeSpan.FromSeconds(30));
        Assert.Equal((1_000, 1_000), (link.Down.Received, link.Down.Delivered + link.Down[LinkFate.Lost]));
        Assert.InRange(link.Down[LinkFate.Lost], 200, 400);
        Assert.Equal(0, link.Up[LinkFate.Lost]);
    }

    [Fact]
    public void WhatTheQueueDoesNotHoldIsDropped()
    {
        using var link = Link(LinkProfile.Steady("slow", new LinkWay { BitsPerSecond = 8, QueueBytes = 1_000, Queue = TimeSpan.Zero }));
        using var client = Client(link);
        for (var i = 0; i < 50; i++)
        {
            client.Send(new byte[72]);   // 100 bytes with headers; none leaves within 100 s
        }

        SpinWait.SpinUntil(() => link.Up[LinkFate.QueueFull] == 40, TimeSpan.FromSeconds(30));
        SpinWait.SpinUntil(() => link.Up.Received == 50, TimeSpan.FromSeconds(30));
        Assert.Equal((50, 40, 0), (link.Up.Received, link.Up[LinkFate.QueueFull], link.Up.Delivered));
    }

    [Fact]
    public void ALinkThatIsChangedIsDownAndComesBack()
    {
        using var link = Link(LinkProfile.Perfect);
        using var client = Client(link);
        client.Send([1]);
        ReceiveAtServer(1);
        link.Change(LinkProfile.Steady("gone", LinkWay.Down));
        SpinWait.SpinUntil(() => { client.Send([2]); return link.Up[LinkFate.Down] > 0; }, TimeSpan.FromSeconds(30));
        var delivered = link.Up.Delivered;
        client.Send([2]);
        SpinWait.SpinUntil(() => link.Up[LinkFate.Down] > 1, TimeSpan.FromSeconds(30));
        Assert.Equal(delivered, link.Up.Delivered);

        link.Change(LinkProfile.Perfect);
        SpinWait.SpinUntil(() => { client.Send([3]); return link.Up.Delivered > delivered; }, TimeSpan.FromSeconds(30));
        Assert.True(link.Up.Delivered > delivered);
        Assert.Null(link.Fault);
    }

    [Fact]
    public void MemoryAndClientsAreBounded()
    {
        var later = LinkProfile.Steady("far", new LinkWay { Delay = TimeSpan.FromHours(1) });
        using var link = new LinkEmulator(Address(_server), later, new LinkEmulatorOptions { MostFlows = 2, MostHeldBytes = 1_000 });
        using var first = Client(link);
        using var second = Client(link);
        using var third = Client(link);
        for (var i = 0; i < 10; i++)
        {
            first.Send(new byte[172]);
            second.Send(Array.Empty<byte>());   // nothing, and still something to hold
        }

        SpinWait.SpinUntil(() => link.Up.Received == 20, TimeSpan.FromSeconds(30));
        third.Send([1]);
        SpinWait.SpinUntil(() => link.RefusedFlows > 0, TimeSpan.FromSeconds(30));
        Assert.Equal((20, 0, 1, 2), (link.Up.Received, link.Up.Delivered, link.RefusedFlows, link.Flows));
        Assert.Equal(9, link.Up.Overflowed);   // four of 200 bytes and seven of 28 are 996
    }

    [Fact]
    public void ItRemembersWhatPassedAndCanSpeakForAClient()
    {
        using var link = new LinkEmulator(Address(_server), LinkProfile.Perfect, new LinkEmulatorOptions { Remembered = 3 });
        using var client = Client(link);
        Assert.False(link.Inject([9]));   // for whom?
        for (byte i = 0; i < 5; i++)
        {
            client.Send([i]);
            ReceiveAtServer(i);
        }

        Assert.Equal([[2], [3], [4]], link.Seen);
        Assert.True(link.Inject([9]));
        var injected = ReceiveAtServer(9);
        _server.SendTo([7], injected);
        Assert.Equal([7], Receive(client));
    }

    [Fact]
    public void AServerThatIsNotThereYetStopsNothing()
    {
        var address = Address(_server);
        _server.Dispose();
        using var link = new LinkEmulator(address, LinkProfile.Perfect);
        using var client = Client(link);
        for (var i = 1; i <= 20; i++)
        {
            client.Send([1]);
            SpinWait.SpinUntil(() => link.Up.Received == i, TimeSpan.FromSeconds(30));
        }

        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        server.Bind(address);
        var received = 0;
        for (var i = 0; i < 20 && received == 0; i++)
        {
            client.Send([2]);
            received = server.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectRead) ? server.Receive(_buffer) : 0;
        }

        Assert.Equal(1, received);
        Assert.Null(link.Fault);
    }

    public void Dispose() => _server.Dispose();

    private static Socket Open()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static Socket Client(LinkEmulator link)
    {
        var socket = Open();
        socket.Connect(link.Near);
        return socket;
    }

    private static IPEndPoint Address(Socket socket) => (IPEndPoint)socket.LocalEndPoint!;

    private LinkEmulator Link(LinkProfile profile, int seed = 1) => new(Address(_server), profile, new LinkEmulatorOptions { Seed = seed });

    private byte[] Receive(Socket socket) => _buffer[..socket.Receive(_buffer)];

    private EndPoint ReceiveAtServer(byte expected)
    {
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        var length = _server.ReceiveFrom(_buffer, ref from);
        Assert.Equal([expected], _buffer[..length]);
        return from;
    }
}
