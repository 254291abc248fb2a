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
    private readonly Socket[] _receivers = [BoundSocket.Open(IPAddress.Loopback, 0), BoundSocket.Open(IPAddress.Loopback, 0)];
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
        Assert.Equal((2, 12, 0), (_port.Messages, _port.Datagrams, _port.SendFailures));
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
    public void WhereTheKernelRefusesNothingIsLostAndItIsNotTriedAgain()
    {
        _socket.SetRawSocketOption(SolSocket, NoCheck, BitConverter.GetBytes(1));
        int[] frame = [1_100, 1_100, 1_100, 108];
        Add(_receivers[0], frame);
        Add(_receivers[1], frame);
        _batch.Flush();

        Assert.All(_receivers, receiver => Assert.Equal(frame, Receive(receiver)));
        Assert.False(_port.IsSegmenting);
        Assert.NotEqual(0, _port.SegmentationError);

        Add(_receivers[0], frame);
        _batch.Flush();
        Assert.Equal(frame, Receive(_receivers[0]));
        Assert.Equal((12, 12, 0), (_port.Messages, _port.Datagrams, _port.SendFailures));
    }

    [Fact]
    public void AnAddressThatNobodyCanBeReachedAtEndsTheSegmentingForNobody()
    {
        var nobody = TransportAddress.FromIPv4(0x7F00_0001, 0);   // the kernel refuses port 0 by the error that a refused segmenting has
        for (var i = 0; i < 3; i++)
        {
            _batch.Add(nobody, new byte[100]);
        }

        Add(_receivers[0], 100, 100);
        _batch.Flush();

        Assert.Equal([100, 100], Receive(_receivers[0]));
        Assert.True(_port.IsSegmenting);
        Assert.Equal(3, _port.SendFailures);
        Assert.Equal(0, _port.SegmentationError);
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
