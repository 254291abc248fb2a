using Streaming.Client.Peers;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Client.Tests.Peers;

public class SentTrackTests
{
    private static readonly Ssrc Receiver = new(99);

    [Fact]
    public void WhatIsSentArrivesInOrderUnderTheTracksNumbers()
    {
        using var wire = Wire.Connected(HeadlessPeer.Publisher());
        var camera = wire.Peer.Sent[1];
        for (var i = 0; i < 500; i++)
        {
            Assert.True(camera.Send(wire.Now, [(byte)i, 2, 3], (uint)(i * 3_000), marker: i % 5 == 4));
        }

        wire.Run(TimeSpan.FromMilliseconds(50));

        Assert.Equal(500, wire.Server.Rtp.Count);
        var offered = wire.Server.Publisher!.Tracks[1];
        SequenceNumber? last = null;
        for (var i = 0; i < 500; i++)
        {
            Assert.True(RtpReader.TryRead(wire.Server.Rtp[i], out var packet));
            Assert.Equal(offered.Ssrc, packet.Ssrc);
            Assert.Equal(offered.Formats[0].PayloadType, packet.PayloadType);
            Assert.Equal((byte)i, packet.Payload[0]);
            Assert.Equal((uint)(i * 3_000), packet.Timestamp);
            Assert.Equal(i % 5 == 4, packet.Marker);
            Assert.True(last is null || packet.SequenceNumber == last.Value.Next);
            last = packet.SequenceNumber;
        }

        Assert.Equal((500, 1_500), (camera.Packets, camera.Bytes));
    }

    [Fact]
    public void ALayerIsNamedUntilItHasBeenReported()
    {
        using var wire = Wire.Connected(HeadlessPeer.Publisher(new HeadlessPeerOptions { CameraLayers = ["l", "h"], TransportFeedback = true }));
        var agreed = wire.Server.Publisher!;
        var layer = wire.Peer.Sent[2];
        Assert.Equal((1, "h", TrackSource.Camera), (layer.Layer, layer.Rid, layer.Source));
        layer.Send(wire.Now, [1], 3_000, marker: true);
        wire.Run(TimeSpan.FromMilliseconds(20));
        wire.Server.SendRtcp((ref writer) => writer.Nack(Receiver, layer.Ssrc, [Number(wire.Server.Rtp[^1])]));
        wire.Run(TimeSpan.FromMilliseconds(20));
        wire.Server.SendRtcp((ref writer) => writer.ReceiverReport(Receiver, [new ReportBlock { Ssrc = layer.Ssrc }]));
        wire.Run(TimeSpan.FromMilliseconds(20));
        layer.Send(wire.Now, [2], 6_000, marker: true);
        wire.Run(TimeSpan.FromMilliseconds(20));

        Assert.Equal([("1", "h", null), ("1", null, "h"), (null, null, null)], wire.Server.Rtp.Select(packet =>
            (Name(packet, agreed.MidExtension), Name(packet, agreed.RidExtension), Name(packet, agreed.RepairedRidExtension))));
        Assert.All(wire.Server.Rtp, packet => Assert.NotNull(Name(packet, agreed.TransportNumberExtension)));
        Assert.Equal(3, wire.Peer.NumberedPackets);

        static SequenceNumber Number(byte[] datagram) => RtpReader.TryRead(datagram, out var packet) ? packet.SequenceNumber : default;
        static string? Name(byte[] datagram, byte id) =>
            RtpReader.TryRead(datagram, out var packet) && packet.TryGetExtension(id, out var data) ? System.Text.Encoding.ASCII.GetString(data) : null;
    }

    [Fact]
    public void ANackIsAnsweredByRetransmission()
    {
        using var wire = Wire.Connected(HeadlessPeer.Publisher());
        var camera = wire.Peer.Sent[1];
        for (byte i = 0; i < 10; i++)
        {
            camera.Send(wire.Now, [i, i, i], 3_000, marker: i == 9);
        }

        wire.Run(TimeSpan.FromMilliseconds(20));
        RtpReader.TryRead(wire.Server.Rtp[4], out var fifth);
        SequenceNumber[] lost = [fifth.SequenceNumber, fifth.SequenceNumber + 5, fifth.SequenceNumber + 900];
        wire.Server.Rtp.Clear();
        wire.Server.SendRtcp((ref writer) => writer.Nack(Receiver, camera.Ssrc, lost));
        wire.Run(TimeSpan.FromMilliseconds(20));

        Assert.Equal(2, wire.Server.Rtp.Count);
        Assert.Equal((3, 2), (camera.AskedAgain, camera.Resent));
        var offered = wire.Server.Publisher!.Tracks[1];
        Assert.True(Retransmission.TryRestore(wire.Server.Rtp[1], offered.Formats[0].PayloadType, camera.Ssrc, out var restored));
        Assert.True(RtpReader.TryRead(restored, out var again));
        Assert.Equal(lost[1], again.SequenceNumber);
        Assert.Equal([9, 9, 9], again.Payload.ToArray());
        Assert.True(again.Marker);
    }

    [Fact]
    public void KeyFrameRequestsAreCountedAndARepeatedFirOnce()
    {
        using var wire = Wire.Connected(HeadlessPeer.Publisher());
        var camera = wire.Peer.Sent[1];
        wire.Server.SendRtcp((ref writer) => writer.Pli(Receiver, camera.Ssrc));
        wire.Server.SendRtcp((ref writer) => writer.Fir(Receiver, [new FirEntry(camera.Ssrc, 5)]));
        wire.Server.SendRtcp((ref writer) => writer.Fir(Receiver, [new FirEntry(camera.Ssrc, 5)]));
        wire.Server.SendRtcp((ref writer) => writer.Fir(Receiver, [new FirEntry(camera.Ssrc, 6)]));
        wire.Server.SendRtcp((ref writer) => writer.Pli(Receiver, new Ssrc(12)));
        wire.Run(TimeSpan.FromMilliseconds(20));
        Assert.Equal((3, 1), (camera.KeyFrameRequests, camera.PliCount));
        Assert.Equal(0, wire.Peer.Sent[0].KeyFrameRequests);
    }

    [Fact]
    public void TheAllowedBitrateIsKnown()
    {
        using var wire = Wire.Connected(HeadlessPeer.Publisher());
        Assert.Null(wire.Peer.RembBitrate);
        wire.Server.SendRtcp((ref writer) => writer.Remb(Receiver, 1_500_000, [wire.Peer.Sent[1].Ssrc]));
        wire.Run(TimeSpan.FromMilliseconds(20));
        Assert.Equal(1_500_000ul, wire.Peer.RembBitrate);
    }

    [Fact]
    public void ASenderReportEverySecondGivesTheServerARoundTripToReport()
    {
        using var wire = Wire.Connected(HeadlessPeer.Publisher(), roundTripMilliseconds: 40);
        var voice = wire.Peer.Sent[0];
        wire.Feeds.Add(new MadeVoiceFeed(voice, new MadeVoice()));
        wire.Run(TimeSpan.FromSeconds(3));

        var reports = wire.Server.Rtcp.Select(SenderReportOf).OfType<SenderReport>().ToList();
        Assert.Equal(3, reports.Count);
        Assert.All(reports, report => Assert.Equal(voice.Ssrc, report.Ssrc));
        var seconds = (reports[2].NtpTime - reports[0].NtpTime) / (double)(1L << 32);
        Assert.Equal(seconds * 48_000, reports[2].RtpTimestamp - reports[0].RtpTimestamp, tolerance: 480.0);

        // The report has taken 20 ms to the server; it lay there for 100 ms; the answer takes 20 ms back.
        var last = reports[2];
        var before = wire.Peer.Sent[0].LastReport;
        Assert.Null(before);
        var block = new ReportBlock(voice.Ssrc, 64, 7, 0, 480, (uint)(last.NtpTime >> 16), 0);
        wire.Server.SendRtcp((ref writer) => writer.ReceiverReport(Receiver, [block]));
        wire.Run(TimeSpan.FromMilliseconds(50));
        Assert.Equal(0.25, voice.LastReport!.LostFraction);
        Assert.Equal(7, voice.LastReport.Lost);
        Assert.Equal(10, voice.LastReport.Jitter.TotalMilliseconds);
        Assert.InRange(voice.LastReport.RoundTrip!.Value.TotalMilliseconds, 40, 1_100);
    }

    [Fact]
    public void AnH264PublisherSaysSo()
    {
        using var wire = Wire.Connected(HeadlessPeer.Publisher(new HeadlessPeerOptions
        {
            Tracks = [TrackSource.Voice, TrackSource.Camera, TrackSource.Screen],
            VideoFormat = new MediaFormat(Codec.H264, "42e0/1"),
        }));
        Assert.All(wire.Peer.Sent, track => Assert.True(track.IsAccepted));
        Assert.Equal(Codec.H264, wire.Server.Publisher!.Tracks[2].Formats[0].Format.Codec);
        Assert.True(wire.Peer.Sent[2].Send(wire.Now, [0x65, 1, 2], 0, marker: true));
    }

    private static SenderReport? SenderReportOf(byte[] compound)
    {
        Assert.True(RtcpReader.TryRead(compound, out var reader));
        while (reader.TryNext(out var packet))
        {
            if (packet.TryGetSenderReport(out var report))
            {
                return report;
            }
        }

        return null;
    }
}
