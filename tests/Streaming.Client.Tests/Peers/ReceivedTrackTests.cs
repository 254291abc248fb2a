using Streaming.Client.Peers;
using Streaming.Rtc;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Client.Tests.Peers;

public class ReceivedTrackTests
{
    private static readonly byte[] Delta = [0x10, 0x01, 0, 0];
    private static readonly byte[] Key = [0x10, 0x00, 0, 0];

    [Fact]
    public void FramesAndKeyFramesAreCountedAcrossAWrap()
    {
        using var wire = Watching();
        for (var i = 0; i < 30; i++)
        {
            var isKey = i is 0 or 15;
            wire.Server.Send(wire.Server.Packet(Camera(wire), (ushort)(65_520 + (2 * i)), (uint)(i * 3_000), false, isKey ? Key : Delta));
            wire.Server.Send(wire.Server.Packet(Camera(wire), (ushort)(65_521 + (2 * i)), (uint)(i * 3_000), true, [0x00, 1, 2]));
        }

        wire.Run(TimeSpan.FromMilliseconds(50));
        var track = wire.Peer.Received[1];
        Assert.Equal((60, 30, 2), (track.Packets, track.Frames, track.KeyFrames));
        Assert.Equal((0, 0, 0, 0), (track.Lost, track.Duplicates, track.OutOfOrder, track.Restarts));
        Assert.Equal(29u * 3_000, track.LastTimestamp);
        Assert.NotNull(track.FirstKeyFrameAt);
    }

    [Fact]
    public void AMissingPacketIsAskedForAtOnceAndRecovered()
    {
        using var wire = Watching();
        Send(wire, 100, 101, 103, 104);
        wire.Run(TimeSpan.FromMilliseconds(15));
        Assert.Equal([102], NackedBy(wire));
        Assert.Equal(1, wire.Peer.Received[1].Lost);

        wire.Server.Send(wire.Server.Resend(Camera(wire), 102, 0, false, Delta));
        wire.Run(TimeSpan.FromMilliseconds(100));

        var track = wire.Peer.Received[1];
        Assert.Equal((5, 0, 1, 0), (track.Packets, track.Lost, track.Recovered, track.GivenUp));
        Assert.True(NackedBy(wire).Count(number => number == 102) <= 2);
    }

    [Fact]
    public void APictureThatNeverBeganIsAskedForUntilItDoes()
    {
        using var wire = Watching();
        Send(wire, 100, 101);
        wire.Run(TimeSpan.FromSeconds(3.5));
        var asked = wire.Peer.Received[1].KeyFrameRequests;
        Assert.InRange(asked, 3, 4);

        wire.Server.Send(wire.Server.Packet(Camera(wire), 102, 0, true, Key));
        wire.Run(TimeSpan.FromSeconds(3));
        Assert.Equal(asked, wire.Peer.Received[1].KeyFrameRequests);
    }

    [Fact]
    public void WhatNeverComesIsAskedForTenTimesAndThenAKeyFrameIs()
    {
        using var wire = Watching();
        wire.Server.Send(wire.Server.Packet(Camera(wire), 99, 0, true, Key));
        Send(wire, 100, 102);
        wire.Run(TimeSpan.FromSeconds(10));
        Assert.Equal(10, NackedBy(wire).Count(number => number == 101));
        var track = wire.Peer.Received[1];
        Assert.Equal((1, 1, 10, 1), (track.Lost, track.GivenUp, track.AskedAgain, track.KeyFrameRequests));
        Assert.Single(KindsOf(wire), RtcpKind.Pli);
    }

    [Fact]
    public void AWatcherThatMayNotAskCountsOnly()
    {
        using var wire = Watching(new HeadlessPeerOptions { AsksAgain = false, AsksForKeyFrames = false });
        Send(wire, 100, 102);
        wire.Run(TimeSpan.FromSeconds(5));
        Assert.Equal(1, wire.Peer.Received[1].Lost);
        Assert.DoesNotContain(RtcpKind.Nack, KindsOf(wire));
        Assert.DoesNotContain(RtcpKind.Pli, KindsOf(wire));
    }

    [Fact]
    public void WithoutRetransmissionAGapIsAKeyFrameRequest()
    {
        using var wire = Watching(new HeadlessPeerOptions { Retransmission = false });
        Send(wire, 100, 102, 104, 106);
        wire.Run(TimeSpan.FromMilliseconds(100));
        Assert.Single(KindsOf(wire), RtcpKind.Pli);
        Assert.DoesNotContain(RtcpKind.Nack, KindsOf(wire));
    }

    [Fact]
    public void LateAndDoubledPacketsAreToldApart()
    {
        using var wire = Watching();
        Send(wire, 100, 103, 102, 101, 99);
        wire.Server.Send(wire.Server.Resend(Camera(wire), 103, 0, false, Delta));
        wire.Run(TimeSpan.FromMilliseconds(100));
        var track = wire.Peer.Received[1];
        Assert.Equal((5, 0, 3, 1, 0), (track.Packets, track.Lost, track.OutOfOrder, track.Duplicates, track.Recovered));
    }

    [Fact]
    public void AReplayedDatagramIsDroppedBeforeItIsCounted()
    {
        using var wire = Watching();
        var packet = wire.Server.Packet(Camera(wire), 5, 0, true, Key);
        wire.Server.Send(packet);
        wire.Server.Send(packet);
        wire.Run(TimeSpan.FromMilliseconds(20));
        Assert.Equal(1, wire.Peer.Received[1].Packets);
        Assert.Equal(1, wire.Peer.Drops[DropReason.SrtpReplay]);
    }

    [Fact]
    public void ReceiverReportsTellWhatWasLost()
    {
        using var wire = Watching();
        wire.Server.SendRtcp((ref writer) => writer.SenderReport(new SenderReport(Camera(wire).Ssrc, 0x1234_5678_9ABC_DEF0, 0, 0, 0)));
        Send(wire, 100, 101, 103, 104);
        wire.Run(TimeSpan.FromSeconds(1.2));
        var blocks = new List<ReportBlock>();
        foreach (var compound in wire.Server.Rtcp)
        {
            RtcpReader.TryRead(compound, out var reader);
            while (reader.TryNext(out var packet))
            {
                foreach (var block in packet.ReportBlocks)
                {
                    blocks.Add(block);
                }
            }
        }

        Assert.Equal(Camera(wire).Ssrc, blocks[0].Ssrc);
        Assert.Equal((1, 104u, 0x5678_9ABCu), (blocks[0].CumulativeLost, blocks[0].ExtendedHighestSequence, blocks[0].LastSenderReport));
        Assert.Equal(51, blocks[0].FractionLost);   // one of five, in 1/256
    }

    [Fact]
    public void EveryPacketIsShownInItsOriginalFormAndRecorded()
    {
        var seen = new List<string>();
        using var wire = Watching(new HeadlessPeerOptions
        {
            OnPacket = (ReceivedTrack track, Instant now, in ReceivedPacket packet) =>
                seen.Add($"{packet.Index & 0xFFFF} {packet.Timestamp} {packet.Marker} {packet.IsRecovered} {packet.Payload.Length}"),
        });
        var recording = wire.Peer.Received[1].Capture = new RtpRecording();
        Send(wire, 100, 102);
        wire.Server.Send(wire.Server.Resend(Camera(wire), 101, 77, true, Key));
        wire.Run(TimeSpan.FromMilliseconds(50));

        Assert.Equal(["100 0 False False 4", "102 0 False False 4", "101 77 True True 4"], seen);
        Assert.True(RtpReader.TryRead(recording.Packets[2].Packet.Span, out var recovered));
        Assert.Equal((new SequenceNumber(101), Camera(wire).Ssrc), (recovered.SequenceNumber, recovered.Ssrc));
    }

    [Fact]
    public void AKeyFrameIsAskedForOnDemand()
    {
        using var wire = Watching();
        wire.Peer.RequestKeyFrame(wire.Peer.Received[2]);
        wire.Run(TimeSpan.FromMilliseconds(20));
        Assert.Single(KindsOf(wire), RtcpKind.Pli);
    }

    [Fact]
    public void ReceivingAllocatesNothing()
    {
        using var wire = Watching();
        var datagrams = new byte[2_000][];
        for (var i = 0; i < datagrams.Length; i++)
        {
            datagrams[i] = wire.Server.Packet(Camera(wire), (ushort)(i + 1), (uint)(i / 5 * 3_000), i % 5 == 4, Delta);
        }

        foreach (var datagram in datagrams.AsSpan(0, 1_000))
        {
            wire.Peer.Receive(wire.Now, datagram);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var datagram in datagrams.AsSpan(1_000))
        {
            wire.Peer.Receive(wire.Now, datagram);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2_000, wire.Peer.Received[1].Packets);
    }

    private static Wire Watching(HeadlessPeerOptions? options = null) => Wire.Connected(HeadlessPeer.Watcher(options));

    private static WatchSlot Camera(Wire wire) => wire.Server.Watcher!.Slots[1];

    private static void Send(Wire wire, params ushort[] numbers)
    {
        foreach (var number in numbers)
        {
            wire.Server.Send(wire.Server.Packet(Camera(wire), number, 0, false, Delta));
        }
    }

    private static List<ushort> NackedBy(Wire wire)
    {
        var numbers = new List<ushort>();
        foreach (var compound in wire.Server.Rtcp)
        {
            RtcpReader.TryRead(compound, out var reader);
            while (reader.TryNext(out var packet))
            {
                foreach (var number in packet.LostPackets)
                {
                    numbers.Add(number.Value);
                }
            }
        }

        return numbers;
    }

    private static List<RtcpKind> KindsOf(Wire wire)
    {
        var kinds = new List<RtcpKind>();
        foreach (var compound in wire.Server.Rtcp)
        {
            RtcpReader.TryRead(compound, out var reader);
            while (reader.TryNext(out var packet))
            {
                kinds.Add(packet.Kind);
            }
        }

        return kinds;
    }
}
