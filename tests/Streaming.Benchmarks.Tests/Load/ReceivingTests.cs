using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Streaming.Benchmarks.Load;

namespace Streaming.Benchmarks.Tests.Load;

[SupportedOSPlatform("linux")]
public sealed class ReceivingTests
{
    private const int UdpSegment = 103;

    [Fact]
    public void BothNotesAreReadWhateverElseIsThere()
    {
        byte[] control =
        [
            .. Message(level: 0, type: 8, [1, 2, 3, 4]),
            .. Message(ControlMessages.UdpLevel, ControlMessages.UdpGro, BitConverter.GetBytes(1_116)),
            .. Message(ControlMessages.SocketLevel, ControlMessages.TimestampNanoseconds, [.. BitConverter.GetBytes(1_700_000_000L), .. BitConverter.GetBytes(5L)]),
        ];
        Assert.Equal(new ReceiveNotes(1_116, 1_700_000_000_000_000_005), ControlMessages.Read(control));
    }

    [Fact]
    public void WhatIsCutOffOrNonsenseIsPassedOver()
    {
        var whole = Message(ControlMessages.UdpLevel, ControlMessages.UdpGro, BitConverter.GetBytes(500));
        for (var length = 0; length < 20; length++)
        {
            Assert.Equal(default, ControlMessages.Read(whole.AsSpan(0, length)));
        }

        Assert.Equal(default, ControlMessages.Read(new byte[64]));                          // a length of zero
        Assert.Equal(default, ControlMessages.Read([.. BitConverter.GetBytes(ulong.MaxValue), .. new byte[56]]));
    }

    [Theory]
    [InlineData(0, 0, "")]
    [InlineData(7, 0, "7")]
    [InlineData(7, 7, "7")]
    [InlineData(15, 5, "5 5 5")]
    [InlineData(16, 5, "5 5 5 1")]
    [InlineData(3, 5, "3")]
    public void AMessageIsSplitIntoDatagramsOfOneSizeAndAShorterLast(int length, int segment, string expected)
    {
        var bytes = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        var (lengths, next) = (new List<int>(), 0);
        foreach (var datagram in new DatagramSplitter(bytes, segment))
        {
            Assert.Equal(next, datagram[0]);
            next += datagram.Length;
            lengths.Add(datagram.Length);
        }

        Assert.Equal(expected, string.Join(' ', lengths));
    }

    [Fact]
    public void ASegmentedSendComesWholeToASocketThatTakesBatches()
    {
        using var receiver = Bound();
        receiver.SetRawSocketOption(ControlMessages.UdpLevel, ControlMessages.UdpGro, BitConverter.GetBytes(1));
        receiver.SetRawSocketOption(ControlMessages.SocketLevel, ControlMessages.TimestampNanoseconds, BitConverter.GetBytes(1));
        using var sender = Bound();
        sender.SetRawSocketOption(ControlMessages.UdpLevel, UdpSegment, BitConverter.GetBytes(1_000));
        var before = Streaming.Rtc.Net.Libc.RealTimeNanoseconds();
        sender.SendTo(new byte[3_400], receiver.LocalEndPoint!);

        var table = new ReceiveTable(4, 65_536);
        Assert.Equal(1, table.Receive((int)receiver.SafeHandle.DangerousGetHandle()));
        var message = table.Take(0, out var notes);
        Assert.Equal((3_400, 1_000), (message.Length, notes.SegmentSize));
        Assert.InRange(notes.ReceivedAt, before, Streaming.Rtc.Net.Libc.RealTimeNanoseconds());
        Assert.Equal(0, table.Receive((int)receiver.SafeHandle.DangerousGetHandle()));
    }

    [Fact]
    public void ASegmentedSendComesInPiecesToAPlainSocketAndATableIsUsedAgain()
    {
        using var receiver = Bound();
        using var sender = Bound();
        sender.SetRawSocketOption(ControlMessages.UdpLevel, UdpSegment, BitConverter.GetBytes(1_000));
        var table = new ReceiveTable(8, 2_048);
        for (var round = 0; round < 3; round++)
        {
            sender.SendTo(new byte[3_400], receiver.LocalEndPoint!);
            Assert.Equal(4, table.Receive((int)receiver.SafeHandle.DangerousGetHandle()));
            var lengths = Enumerable.Range(0, 4).Select(i => table.Take(i, out _).Length);
            Assert.Equal([1_000, 1_000, 1_000, 400], lengths);
        }
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    // struct cmsghdr { size_t len; int level; int type; } and its data, aligned to 8
    private static byte[] Message(int level, int type, byte[] data) =>
    [
        .. BitConverter.GetBytes(16UL + (ulong)data.Length), .. BitConverter.GetBytes(level), .. BitConverter.GetBytes(type),
        .. data, .. new byte[-data.Length & 7],
    ];
}
