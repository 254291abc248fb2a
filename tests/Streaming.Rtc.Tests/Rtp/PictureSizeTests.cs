using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtp;

public sealed class PictureSizeTests
{
    // RFC 7741 descriptor of one byte; RFC 6386 §9.1: tag, start code, 1280 × 720 with scaling 0 and 1.
    private static readonly byte[] KeyFrame = [0x10, 0x10, 0x02, 0x00, 0x9D, 0x01, 0x2A, 0x00, 0x05, 0xD0, 0x42];

    [Fact]
    public void AKeyFrameSaysItsSize()
    {
        Assert.True(PictureSize.TryRead(Codec.Vp8, KeyFrame, out var size));
        Assert.Equal(new PictureSize(1_280, 720), size);
        Assert.Equal("1280x720", size.ToString());
    }

    [Fact]
    public void NothingElseDoes()
    {
        Assert.False(PictureSize.TryRead(Codec.Vp9, KeyFrame, out _));
        Assert.False(PictureSize.TryRead(Codec.Vp8, [0x10, 0x11, .. KeyFrame[2..]], out _));       // no key frame
        Assert.False(PictureSize.TryRead(Codec.Vp8, [0x00, .. KeyFrame[1..]], out _));             // not its first packet
        Assert.False(PictureSize.TryRead(Codec.Vp8, [.. KeyFrame[..4], 0x9E, .. KeyFrame[5..]], out _));
        for (var length = 0; length < KeyFrame.Length; length++)
        {
            Assert.False(PictureSize.TryRead(Codec.Vp8, KeyFrame.AsSpan(0, length), out _));
        }
    }
}
