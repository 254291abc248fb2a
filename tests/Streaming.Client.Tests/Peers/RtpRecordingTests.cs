using System.Text;
using Streaming.Client.Peers;
using Streaming.Rtc;
using Streaming.Rtc.Rtp;

namespace Streaming.Client.Tests.Peers;

public class RtpRecordingTests
{
    [Fact]
    public void AFileHoldsWhatWasRecorded()
    {
        var recording = Recorded();
        using var file = new MemoryStream();
        recording.Write(file, new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
        file.Position = 0;

        var read = RtpRecording.Read(file);

        Assert.Equal(recording.Packets.Count, read.Packets.Count);
        Assert.All(recording.Packets.Zip(read.Packets), pair =>
        {
            Assert.Equal(pair.First.At, pair.Second.At);
            Assert.Equal(pair.First.Packet.ToArray(), pair.Second.Packet.ToArray());
        });
    }

    [Fact]
    public void TheFileIsLaidOutAsOtherToolsExpectIt()
    {
        using var file = new MemoryStream();
        var recording = new RtpRecording();
        recording.Add(default, [0x80, 1, 2]);
        recording.Add(new Instant(TimeSpan.FromMilliseconds(258).Ticks), [0x80]);
        recording.Write(file, DateTimeOffset.UnixEpoch.AddSeconds(2).AddMicroseconds(3));
        byte[] expected =
        [
            .. Encoding.ASCII.GetBytes("#!rtpplay1.0 127.0.0.1/0\n"),
            0, 0, 0, 2, 0, 0, 0, 3, 127, 0, 0, 1, 0, 0, 0, 0,
            0, 11, 0, 3, 0, 0, 0, 0, 0x80, 1, 2,
            0, 9, 0, 1, 0, 0, 1, 2, 0x80,
        ];
        Assert.Equal(expected, file.ToArray());
    }

    [Fact]
    public void AFileThatIsCutOffIsRefusedAtEveryLength()
    {
        using var file = new MemoryStream();
        Recorded().Write(file);
        var bytes = file.ToArray();
        var whole = 0;
        for (var length = 0; length < bytes.Length; length++)
        {
            try
            {
                RtpRecording.Read(new MemoryStream(bytes, 0, length));
                whole++;   // cut exactly between two packets: a shorter recording
            }
            catch (InvalidDataException)
            {
                // as it should be
            }
        }

        Assert.Equal(Recorded().Packets.Count, whole);
        Assert.Throws<InvalidDataException>(() => RtpRecording.Read(new MemoryStream("hello\n"u8.ToArray())));
    }

    [Fact]
    public void AReplayKeepsTheTimesAndTakesTheTracksNumbers()
    {
        using var wire = Wire.Connected(HeadlessPeer.Publisher());
        var camera = wire.Peer.Sent[1];
        wire.Feeds.Add(new ReplayFeed(camera, Recorded()));
        wire.Run(TimeSpan.FromMilliseconds(45));
        Assert.Equal(3, camera.Packets);
        wire.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(10, camera.Packets);
        Assert.True(RtpReader.TryRead(wire.Server.Rtp[9], out var packet));
        Assert.Equal(camera.Ssrc, packet.Ssrc);
        Assert.Equal(27_000u, packet.Timestamp);
        Assert.Equal([9, 9], packet.Payload.ToArray());
    }

    [Fact]
    public void AReplayInACircleGoesOnInTime()
    {
        using var wire = Wire.Connected(HeadlessPeer.Publisher());
        var camera = wire.Peer.Sent[1];
        wire.Feeds.Add(new ReplayFeed(camera, Recorded(), inACircle: true));
        wire.Run(TimeSpan.FromMilliseconds(590));
        Assert.Equal(30, camera.Packets);   // three rounds of 200 ms
        Assert.True(RtpReader.TryRead(wire.Server.Rtp[10], out var again));
        Assert.Equal((90_000u / 5, 0), (again.Timestamp, again.Payload[0]));
        Assert.True(RtpReader.TryRead(wire.Server.Rtp[29], out var last));
        Assert.Equal((2 * 90_000u / 5) + 27_000, last.Timestamp);
    }

    // Ten packets, 20 ms apart.
    private static RtpRecording Recorded()
    {
        var recording = new RtpRecording();
        var packet = new byte[RtpWriter.HeaderLength + 2];
        for (var i = 0; i < 10; i++)
        {
            RtpWriter.WriteHeader(packet, true, new PayloadType(96), new SequenceNumber((ushort)i), (uint)(i * 3_000), new Ssrc(1));
            packet.AsSpan(RtpWriter.HeaderLength).Fill((byte)i);
            recording.Add(new Instant(TimeSpan.FromMilliseconds(20 * i).Ticks), packet);
        }

        return recording;
    }
}
