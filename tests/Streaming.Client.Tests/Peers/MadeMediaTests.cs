using Streaming.Client.Peers;
using Streaming.Rtc;
using Streaming.Rtc.Rtp;

namespace Streaming.Client.Tests.Peers;

public class MadeMediaTests
{
    private readonly byte[] _payload = new byte[SentTrack.MaxPayload];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AFrameHasTheShapeOfVp8(bool isKeyFrame)
    {
        var video = new MadeVideo(packetsPerFrame: 3, size: 500, width: 1280, height: 720);
        video.BeginFrame(isKeyFrame);
        for (ushort i = 0; i < 3; i++)
        {
            Assert.True(video.TryNext(new Instant(55), _payload, out var length, out var isLast));
            var payload = _payload.AsSpan(0, length);
            Assert.Equal(500, length);
            Assert.Equal(i == 2, isLast);
            Assert.True(Vp8Descriptor.TryRead(payload, out var descriptor));
            Assert.Equal((ushort)1, descriptor.PictureId);
            Assert.True(descriptor.HasLongPictureId);
            Assert.Equal(i == 0, descriptor.IsStartOfFrame);
            Assert.Equal(isKeyFrame && i == 0, KeyFrames.StartsKeyFrame(Codec.Vp8, payload));
            Assert.True(MadeStamp.TryRead(Codec.Vp8, payload, out var stamp));
            Assert.Equal(new MadeStamp(i, 1, i, 3, new Instant(55)), stamp);
            if (isKeyFrame && i == 0)
            {
                // RFC 6386 §9.1: the start code, then width and height of 14 bits, least significant byte first.
                Assert.Equal([0x9D, 0x01, 0x2A, 0x00, 0x05, 0xD0, 0x02], payload[7..14].ToArray());
            }
        }

        Assert.False(video.TryNext(default, _payload, out _, out _));
    }

    [Fact]
    public void EveryByteOfAPayloadIsChecked()
    {
        var video = new MadeVideo(1, 200);
        video.BeginFrame(isKeyFrame: true);
        video.TryNext(new Instant(123), _payload, out var length, out _);
        var stampStart = MadeVideo.DescriptorLength + MadeVideo.KeyFrameHeaderLength;
        for (var i = stampStart + MadeStamp.Length; i < length; i++)
        {
            _payload[i] ^= 0x40;
            Assert.False(MadeStamp.TryRead(Codec.Vp8, _payload.AsSpan(0, length), out _));
            _payload[i] ^= 0x40;
        }

        Assert.True(MadeStamp.TryRead(Codec.Vp8, _payload.AsSpan(0, length), out _));
        Assert.False(MadeStamp.TryRead(Codec.Vp8, _payload.AsSpan(0, stampStart + 5), out _));
    }

    [Fact]
    public void PictureIdsWrapAtFifteenBits()
    {
        var video = new MadeVideo(1, MadeVideo.MinSize);
        for (var i = 0; i < 0x8001; i++)
        {
            video.BeginFrame(isKeyFrame: false);
        }

        video.TryNext(default, _payload, out var length, out _);
        Assert.True(Vp8Descriptor.TryRead(_payload.AsSpan(0, length), out var descriptor));
        Assert.Equal((ushort)1, descriptor.PictureId);
    }

    [Fact]
    public void VoiceLooksLikeOpusAndRunsByOne()
    {
        var voice = new MadeVoice(80);
        for (var i = 0u; i < 5; i++)
        {
            var length = voice.Next(new Instant(i), _payload);
            Assert.Equal(80, length);
            Assert.Equal(0x78, _payload[0]);
            Assert.True(MadeStamp.TryRead(Codec.Opus, _payload.AsSpan(0, length), out var stamp));
            Assert.Equal((i, new Instant(i)), (stamp.Number, stamp.SentAt));
        }
    }

    [Fact]
    public void FeedsKeepTheirRate()
    {
        using var wire = Wire.Connected(HeadlessPeer.Publisher());
        var video = new MadeVideoFeed(
            wire.Peer.Sent[1], new MadeVideo(5, 1_000), framesPerSecond: 25, keyFrameInterval: TimeSpan.FromSeconds(2));
        wire.Feeds.Add(video);
        wire.Feeds.Add(new MadeVoiceFeed(wire.Peer.Sent[0], new MadeVoice()));
        wire.Run(TimeSpan.FromSeconds(10));
        Assert.Equal((500, 1_250), (wire.Peer.Sent[0].Packets, wire.Peer.Sent[1].Packets));
        Assert.Equal(5, video.KeyFrames);
        Assert.Equal((500u - 1) * 960, wire.Peer.Sent[0].LastTimestamp);
        Assert.Equal((250u - 1) * 3_600, wire.Peer.Sent[1].LastTimestamp);
    }

    [Fact]
    public void ARequestedKeyFrameIsTheNextFrame()
    {
        using var wire = Wire.Connected(HeadlessPeer.Publisher());
        var video = new MadeVideoFeed(wire.Peer.Sent[1], new MadeVideo(1, 1_000), framesPerSecond: 25);
        wire.Feeds.Add(video);
        wire.Run(TimeSpan.FromSeconds(1));
        wire.Server.SendRtcp((ref writer) => writer.Pli(new Ssrc(1), wire.Peer.Sent[1].Ssrc));
        wire.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(2, video.KeyFrames);
    }

    [Fact]
    public void MadeMediaIsCheckedWhereItArrives()
    {
        var check = new MadeMediaCheck();
        using var wire = Wire.Connected(HeadlessPeer.Watcher(new HeadlessPeerOptions { OnPacket = check.Look }));
        var slot = wire.Server.Watcher!.Slots[1];
        var video = new MadeVideo(2, 600);
        ushort number = 0;
        for (var i = 0; i < 10; i++)
        {
            video.BeginFrame(i == 0);
            while (video.TryNext(wire.Now, _payload, out var length, out var isLast))
            {
                wire.Server.Send(wire.Server.Packet(slot, number++, (uint)i * 3_000, isLast, _payload.AsSpan(0, length)));
            }
        }

        wire.Server.Send(wire.Server.Packet(slot, number, 99_000, true, [0x10, 1, 2, 3, 4]));
        wire.Run(TimeSpan.FromMilliseconds(50));
        Assert.Equal((20, 1), (check.Right, check.Wrong));
        Assert.InRange(check.Latency(0.5).TotalMilliseconds, 5, 7);
        Assert.InRange(check.Worst.TotalMilliseconds, 5, 7);
    }
}
