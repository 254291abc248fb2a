using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Tests.Rtp;

namespace Streaming.Rtc.Tests.Rtcp;

public class AllocationTests
{
    private static readonly byte[][] Packets = RtpSamples.All;
    private static readonly byte[] Datagram = RtcpSamples.Compound;
    private static readonly SequenceNumber[] Numbers = RtcpSamples.Numbers(1, 2, 100);

    [Fact]
    public void ReadingWritingAndCountingAllocateNothing()
    {
        var statistics = new ReceptionStatistics();
        var buffer = new byte[1_200];
        var round = 0;
        for (; round < 50; round++) PassOnce(statistics, buffer, round);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (; round < 1_050; round++) PassOnce(statistics, buffer, round);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void PassOnce(ReceptionStatistics statistics, byte[] buffer, int round)
    {
        foreach (var packet in Packets)
        {
            if (!RtpReader.TryRead(packet, out var reader)) continue;
            reader.TryGetExtension(1, out _);
            for (var codec = Codec.Opus; codec <= Codec.Red; codec++) KeyFrames.StartsKeyFrame(codec, reader.Payload);
            RtpWriter.WriteHeader(buffer, reader.Marker, reader.PayloadType, reader.SequenceNumber, reader.Timestamp, reader.Ssrc);
            Retransmission.WriteHeader(buffer, true, reader.PayloadType, default, 0, reader.Ssrc, reader.SequenceNumber);
        }

        statistics.Receive(new Instant(round * 200_000L), new SequenceNumber((ushort)round), (uint)round * 1_800, 90_000);

        var writer = new RtcpWriter(buffer);
        writer.ReceiverReport(RtcpSamples.Three, [statistics.MakeReport(new Instant(round * 200_000L), RtcpSamples.One)]);
        writer.SourceDescription(RtcpSamples.Three, "name");
        writer.Nack(RtcpSamples.Three, RtcpSamples.One, Numbers);
        writer.Remb(RtcpSamples.Three, 2_500_000, [RtcpSamples.One]);

        Walk(Datagram);
        Walk(buffer.AsSpan(0, writer.Length));
    }

    private static void Walk(ReadOnlySpan<byte> datagram)
    {
        if (!RtcpReader.TryRead(datagram, out var reader)) return;
        while (reader.TryNext(out var packet))
        {
            packet.TryGetSenderReport(out _);
            packet.TryGetRemb(out _);
            packet.TryGetCanonicalName(out _, out _);
            foreach (var block in packet.ReportBlocks) _ = block.Jitter;
            foreach (var number in packet.LostPackets) _ = number.Value;
            foreach (var source in packet.Sources) _ = source.Value;
            foreach (var entry in packet.FirEntries) _ = entry.SequenceNumber;
            if (packet.TryGetTransportFeedback(out var feedback)) foreach (var received in feedback) _ = received.Arrival;
        }
    }
}
