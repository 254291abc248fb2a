using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtp;

public class Vp8DescriptorTests
{
    /// <summary>The descriptors of the examples in RFC 7741 §4.6, each before a byte of VP8 data, and one with every field.</summary>
    private static readonly byte[][] Valid =
    [
        [0x90, 0x80, 0x11, 0x10],
        [0x10, 0x11],
        [0x91, 0x80, 0x11, 0x55],
        [0x80, 0x80, 0x11, 0x55],
        [0x90, 0x80, 0x91, 0x6E, 0x11],
        [0x90, 0xF0, 0x91, 0x6E, 0x42, 0x65, 0x11, 0x22],
    ];

    [Fact]
    public void AKeyFrameInOnePacket() // RFC 7741 §4.6.1
    {
        var descriptor = Read(0x90, 0x80, 0x11, 0x10);
        Assert.True(descriptor.IsStartOfFrame);
        Assert.True(descriptor.IsKeyFrame);
        Assert.Equal((ushort)17, descriptor.PictureId);
        Assert.False(descriptor.HasLongPictureId);
        Assert.Equal(3, descriptor.Length);
    }

    [Fact]
    public void AnInterFrameWithoutPictureId() // RFC 7741 §4.6.2
    {
        var descriptor = Read(0x10, 0x11);
        Assert.True(descriptor.IsStartOfFrame);
        Assert.False(descriptor.IsKeyFrame);
        Assert.Null(descriptor.PictureId);
        Assert.Null(descriptor.Tl0PicIdx);
        Assert.Null(descriptor.TemporalId);
        Assert.Null(descriptor.KeyIdx);
        Assert.False(descriptor.LayerSync);
        Assert.Equal(1, descriptor.Length);
    }

    [Theory]
    [InlineData(0x91)] // §4.6.3: the start of partition 1
    [InlineData(0x97)] // the start of partition 7
    [InlineData(0x80)] // §4.6.4: a later fragment of partition 0
    public void ALaterPacketOfAFrameIsNoStartHoweverItsDataLooks(byte first)
    {
        var descriptor = Read(first, 0x80, 0x11, 0x10);
        Assert.False(descriptor.IsStartOfFrame);
        Assert.False(descriptor.IsKeyFrame);
    }

    [Fact]
    public void ALongPictureId() // RFC 7741 §4.6.5
    {
        var descriptor = Read(0x90, 0x80, 0x91, 0x6E, 0x11);
        Assert.Equal((ushort)4462, descriptor.PictureId);
        Assert.True(descriptor.HasLongPictureId);
        Assert.Equal(4, descriptor.Length);
    }

    [Fact]
    public void EveryFieldAtOnce()
    {
        var descriptor = Read(0x90, 0xF0, 0x91, 0x6E, 0x42, 0x65, 0x11);
        Assert.Equal((ushort)4462, descriptor.PictureId);
        Assert.Equal((byte)0x42, descriptor.Tl0PicIdx);
        Assert.Equal((byte)1, descriptor.TemporalId);
        Assert.True(descriptor.LayerSync);
        Assert.Equal((byte)5, descriptor.KeyIdx);
        Assert.Equal(6, descriptor.Length);
    }

    [Fact]
    public void TemporalLayerAndKeyIndexShareAByteButNotTheirBits()
    {
        var layer = Read(0x90, 0x20, 0xFF, 0x11);
        Assert.Equal((byte)3, layer.TemporalId);
        Assert.True(layer.LayerSync);
        Assert.Null(layer.KeyIdx);
        Assert.Equal(3, layer.Length);

        var key = Read(0x90, 0x10, 0xFF, 0x11);
        Assert.Null(key.TemporalId);
        Assert.False(key.LayerSync);
        Assert.Equal((byte)31, key.KeyIdx);
    }

    [Fact]
    public void ReservedBitsAreIgnored()
    {
        var descriptor = Read(0xD8, 0x8F, 0x11, 0x10);
        Assert.True(descriptor.IsKeyFrame);
        Assert.Equal(3, descriptor.Length);
    }

    [Fact]
    public void ADescriptorThatIsCutAnywhereOrHasNoDataIsRefused()
    {
        byte[] whole = [0x90, 0xF0, 0x91, 0x6E, 0x42, 0x65, 0x11];
        for (var length = 0; length <= whole.Length; length++)
            Assert.Equal(length == whole.Length, Vp8Descriptor.TryRead(whole.AsSpan(0, length), out _));
    }

    [Fact]
    public void RandomBytesNeverHurt() =>
        Assert.InRange(HostileInputs.FeedRandom(seed: 7741, count: 100_000, longest: 12, ReadEverything), 10_000, 99_999);

    [Fact]
    public void DamagedDescriptorsNeverHurt() =>
        Assert.InRange(HostileInputs.FeedMutated(seed: 7741, count: 100_000, Valid, ReadEverything), 10_000, 99_999);

    private static bool ReadEverything(ReadOnlySpan<byte> input)
    {
        if (!Vp8Descriptor.TryRead(input, out var descriptor)) return false;

        Assert.InRange(descriptor.Length, 1, Math.Min(6, input.Length - 1));
        Assert.True(descriptor.PictureId is null or < 0x8000);
        Assert.True(descriptor.TemporalId is null or < 4);
        Assert.True(descriptor.KeyIdx is null or < 32);
        Assert.True(descriptor.IsStartOfFrame || !descriptor.IsKeyFrame);
        return true;
    }

    private static Vp8Descriptor Read(params byte[] payload)
    {
        Assert.True(Vp8Descriptor.TryRead(payload, out var descriptor));
        return descriptor;
    }
}
