using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Streaming.Rtc.Net;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Net;

/// <summary>Runs of datagrams that leave as one message, on a real kernel over loopback.</summary>
[SupportedOSPlatform("linux")]
public sealed class SegmentedSendTests : IDisposable
{
    // socket(7): datagrams leave without a checksum, and then the kernel refuses to segment.
    private const int SolSocket = 1;
    private const int NoCheck = 11;

    private readonly Socket _socket = BoundSocket.Open(IPAddress.Loopback, 0);
    private static readonly int[] Frame = [1_100, 1_100, 1_100, 108];

    // Three machines, as far as addresses tell, and another port of the first.
    private readonly Socket[] _receivers = [.. new[] { "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.1" }.Select(address => BoundSocket.Open(IPAddress.Parse(address), 0))];
    private readonly LinuxUdpPort _port;
    private readonly SendBatch _batch;

    public SegmentedSendTests()
    {
        _port = new LinuxUdpPort(_socket);
        _batch = new SendBatch(_port);
    }

    public void Dispose()
    {
        _port.Dispose();
        Array.ForEach(_receivers, receiver => receiver.Dispose());
    }

    [Fact]
    public void AFrameAndAVoicePacketAreOneMessageForEachViewer()
    {
        Assert.True(_port.IsSegmenting);
        foreach (var receiver in _receivers)
        {
            Add(receiver, 1_100, 1_100, 1_100, 1_100, 1_100, 108);
        }

        _batch.Flush();

        Assert.All(_receivers, receiver => Assert.Equal([1_100, 1_100, 1_100, 1_100, 1_100, 108], Receive(receiver)));
        Assert.Equal((_receivers.Length, 6 * _receivers.Length, 0), (_port.Messages, _port.Datagrams, _port.SendFailures));
    }

    [Fact]
    public void WhatDoesNotFitARunBeginsAnother()
    {
        Add(_receivers[0], 500, 600, 600, 200, 200, 200, 300);
        _batch.Flush();

        Assert.Equal([500, 600, 600, 200, 200, 200, 300], Receive(_receivers[0]));
        Assert.Equal((4, 7), (_port.Messages, _port.Datagrams));   // 500 · 600 600 200 · 200 200 · 300
    }

    [Fact]
    public void ALongRunIsCutWhereTheKernelWouldRefuseIt()
    {
        var many = Enumerable.Repeat(1_400, 100).ToArray();
        Add(_receivers[0], many);
        _batch.Flush();
        Assert.Equal(many, Receive(_receivers[0]));
        Assert.Equal(3, _port.Messages);   // 45 of 1 400 bytes are 63 000

        var small = Enumerable.Repeat(20, 200).ToArray();
        Add(_receivers[1], small);
        _batch.Flush();
        Assert.Equal(small, Receive(_receivers[1]));
        Assert.Equal(3 + 4, _port.Messages);   // 64 each
        Assert.True(_port.IsSegmenting);
        Assert.Equal(0, _port.SendFailures);
    }

    [Fact]
    public void WhereTheKernelRefusesNothingIsLostAndAfterThreeMachinesItIsNotTriedAgain()
    {
        Refuse(true);
        for (var machine = 0; machine < Segmentation.MostMachines; machine++)
        {
            Assert.True(_port.IsSegmenting);
            Assert.Null(_port.SegmentationError);
            Send(_receivers[machine], Frame);
        }

        Assert.False(_port.IsSegmenting);
        Assert.Equal("EINVAL", _port.SegmentationError);

        Refuse(false);
        Send(_receivers[0], Frame);
        Assert.Equal((16, 16, 0), (_port.Messages, _port.Datagrams, _port.SendFailures));
    }

    [Fact]
    public void OnePeerWhosePathRefusesEndsItForNobody()
    {
        for (var i = 0; i < 2 * Segmentation.MostRefusals; i++)
        {
            Refuse(true);
            Send(_receivers[0], Frame);
            Refuse(false);
            Send(_receivers[1], Frame);
        }

        Assert.True(_port.IsSegmenting);
        Assert.Null(_port.SegmentationError);
        Assert.Equal((2 * Segmentation.MostRefusals * (4 + 1), 0), (_port.Messages, _port.SendFailures));
    }

    [Fact]
    public void WhatIsRefusedOftenEnoughIsNotTriedAgainEvenWithOneMachine()
    {
        Refuse(true);
        for (var i = 0; i < Segmentation.MostRefusals; i++)
        {
            Assert.True(_port.IsSegmenting);
            Send(_receivers[i % 2 == 0 ? 0 : 3], Frame);   // two ports of one machine
        }

        Assert.False(_port.IsSegmenting);
        Assert.Equal(0, _port.SendFailures);
    }

    [Fact]
    public void AfterAWhileItIsTriedAgain()
    {
        Refuse(true);
        Array.ForEach(_receivers[..Segmentation.MostMachines], receiver => Send(receiver, Frame));
        Refuse(false);
        using var sink = BoundSocket.Open(IPAddress.Loopback, 0);
        for (var i = 1; i < Segmentation.MessagesUntilRetry; i++)
        {
            _batch.Add(AddressOf(sink), [1]);
        }

        _batch.Flush();
        Assert.False(_port.IsSegmenting);
        _batch.Add(AddressOf(sink), [1]);
        _batch.Flush();
        Assert.True(_port.IsSegmenting);

        var messages = _port.Messages;
        Send(_receivers[0], Frame);
        Assert.Equal(messages + 1, _port.Messages);
    }

    [Fact]
    public void AnAddressThatNobodyCanBeReachedAtEndsTheSegmentingForNobody()
    {
        for (uint machine = 0; machine < 2 * Segmentation.MostRefusals; machine++)
        {
            for (var i = 0; i < 3; i++)
            {
                _batch.Add(TransportAddress.FromIPv4(0x7F00_0001 + machine, 0), new byte[100]);   // port 0: by the error that a refused segmenting has
            }
        }

        Add(_receivers[0], 100, 100);
        _batch.Flush();

        Assert.Equal([100, 100], Receive(_receivers[0]));
        Assert.True(_port.IsSegmenting);
        Assert.Equal(2 * Segmentation.MostRefusals * 3, _port.SendFailures);
        Assert.Null(_port.SegmentationError);
    }

    [Fact]
    public void WithoutSegmentsEachDatagramIsAMessage()
    {
        using var port = new LinuxUdpPort(BoundSocket.Open(IPAddress.Loopback, 0), segments: false);
        var batch = new SendBatch(port);
        for (var i = 0; i < 5; i++)
        {
            batch.Add(AddressOf(_receivers[0]), new byte[100]);
        }

        batch.Flush();
        Assert.Equal((5, 5, false), (port.Messages, port.Datagrams, port.IsSegmenting));
    }

    private static TransportAddress AddressOf(Socket socket) => TransportAddress.From((IPEndPoint)socket.LocalEndPoint!);

    // Loopback: what was sent is there when the call returns.
    private static List<int> Receive(Socket receiver)
    {
        List<int> lengths = [];
        var buffer = new byte[2048];
        while (receiver.Available > 0)
        {
            var length = receiver.Receive(buffer);
            Assert.Equal(-1, buffer.AsSpan(0, length).IndexOfAnyExcept((byte)lengths.Count));
            lengths.Add(length);
        }

        return lengths;
    }

    private void Refuse(bool refuses) => _socket.SetRawSocketOption(SolSocket, NoCheck, BitConverter.GetBytes(refuses ? 1 : 0));

    // Whatever way they take, they arrive.
    private void Send(Socket receiver, int[] lengths)
    {
        Add(receiver, lengths);
        _batch.Flush();
        Assert.Equal(lengths, Receive(receiver));
    }

    private void Add(Socket receiver, params int[] lengths)
    {
        for (var i = 0; i < lengths.Length; i++)
        {
            var datagram = new byte[lengths[i]];
            datagram.AsSpan().Fill((byte)i);
            _batch.Add(AddressOf(receiver), datagram);
        }
    }
}
