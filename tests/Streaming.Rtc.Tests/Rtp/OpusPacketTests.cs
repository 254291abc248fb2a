using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtp;

public class OpusPacketTests
{
    private static readonly OpusToc Silk = OpusSamples.Toc(OpusSamples.Silk20);

    [Theory]
    [InlineData(0, 480, "Silk")]    // RFC 6716, table 2
    [InlineData(1, 960, "Silk")]
    [InlineData(2, 1_920, "Silk")]
    [InlineData(3, 2_880, "Silk")]
    [InlineData(11, 2_880, "Silk")]
    [InlineData(12, 480, "Hybrid")]
    [InlineData(13, 960, "Hybrid")]
    [InlineData(14, 480, "Hybrid")]
    [InlineData(15, 960, "Hybrid")]
    [InlineData(16, 120, "Celt")]
    [InlineData(17, 240, "Celt")]
    [InlineData(18, 480, "Celt")]
    [InlineData(19, 960, "Celt")]
    [InlineData(31, 960, "Celt")]
    public void AConfigurationTellsModeAndDuration(int configuration, int samples, string mode)
    {
        var toc = OpusSamples.Toc(configuration, isStereo: true, code: 2);
        Assert.Equal((configuration, samples, mode, true, 2), (toc.Configuration, toc.FrameSamples, toc.Mode.ToString(), toc.IsStereo, toc.Code));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(251, 1)]
    [InlineData(252, 2)]
    [InlineData(255, 2)]
    [InlineData(256, 2)]
    [InlineData(1_275, 2)]
    public void ALengthTakesOneByteOrTwo(int length, int size)
    {
        var bytes = new byte[2];
        Assert.Equal(size, OpusFrameLength.Size(length));
        Assert.Equal(size, OpusFrameLength.Write(bytes, length));
        Assert.True(OpusFrameLength.TryRead(bytes, out var read, out var used));
        Assert.Equal((length, size), (read, used));
        Assert.False(OpusFrameLength.TryRead(bytes.AsSpan(0, size - 1), out _, out _));
    }

    [Fact]
    public void EveryLengthComesBack()
    {
        var bytes = new byte[2];
        for (var length = 0; length <= OpusFrameLength.Largest; length++)
        {
            var size = OpusFrameLength.Write(bytes, length);
            Assert.True(OpusFrameLength.TryRead(bytes.AsSpan(0, size), out var read, out _));
            Assert.Equal(length, read);
        }
    }

    [Fact]
    public void OneFrame()
    {
        var frame = OpusSamples.Frame(59);
        AssertReads(OpusSamples.One(Silk, frame), padding: 0, frame);
    }

    [Fact]
    public void APacketThatIsNotSentIsOneByte() // RFC 6716 §3.2.2, DTX
    {
        AssertReads([Silk.Value], padding: 0, [[]]);
        Assert.True(OpusPacket.TryRead([Silk.Value], out var packet));
        Assert.True(packet.IsSilent);
        Assert.Equal(960, packet.Samples);
    }

    [Fact]
    public void TwoFramesOfOneSize()
    {
        byte[][] frames = [OpusSamples.Frame(80, 1), OpusSamples.Frame(80, 2)];
        AssertReads(OpusSamples.TwoEqual(Silk, frames[0], frames[1]), padding: 0, frames);
        AssertReads([Silk.WithCode(1).Value], padding: 0, [], []);
    }

    [Theory]
    [InlineData(10, 20)]
    [InlineData(0, 20)]
    [InlineData(20, 0)]
    [InlineData(251, 1)]
    [InlineData(252, 1_275)]
    [InlineData(1_275, 1_275)]
    public void TwoFramesOfTheirOwnSizes(int first, int second)
    {
        byte[][] frames = [OpusSamples.Frame(first, 1), OpusSamples.Frame(second, 2)];
        AssertReads(OpusSamples.Two(Silk, frames[0], frames[1]), padding: 0, frames);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(253)]
    [InlineData(254)]
    [InlineData(255)]
    [InlineData(700)]
    public void ManyFramesWithPadding(int padding)
    {
        byte[][] equal = [OpusSamples.Frame(50, 1), OpusSamples.Frame(50, 2), OpusSamples.Frame(50, 3)];
        byte[][] own = [OpusSamples.Frame(50), [], OpusSamples.Frame(300), OpusSamples.Frame(2)];
        AssertReads(OpusSamples.Constant(Silk, equal, padding), padding, equal);
        AssertReads(OpusSamples.Variable(Silk, own, padding), padding, own);
    }

    [Fact]
    public void FortyEightFramesAreTheMost()
    {
        var toc = OpusSamples.Toc(16);   // CELT, 2.5 ms
        byte[][] frames = [.. Enumerable.Range(0, 48).Select(i => OpusSamples.Frame(3 + i))];
        AssertReads(OpusSamples.Variable(toc, frames), padding: 0, frames);
        AssertReads(OpusSamples.Constant(toc, [.. frames.Select(_ => OpusSamples.Frame(9))]), padding: 0, [.. frames.Select(_ => OpusSamples.Frame(9))]);
        Assert.False(OpusPacket.TryRead(OpusSamples.Constant(toc, [.. frames.Append([]).Select(_ => OpusSamples.Frame(9))]), out _));
    }

    [Fact]
    public void R1APacketHasAByte() => Refuses([]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void R2NoFrameIsLongerThan1275Bytes(int code)
    {
        var (fits, tooLong) = (OpusSamples.Frame(1_275), OpusSamples.Frame(1_276));
        Assert.True(OpusPacket.TryRead(Packed(fits), out _));
        Refuses(Packed(tooLong));

        byte[] Packed(byte[] frame) => code switch
        {
            0 => OpusSamples.One(Silk, frame),
            1 => OpusSamples.TwoEqual(Silk, frame, frame),
            2 => OpusSamples.Two(Silk, [1], frame),
            _ => OpusSamples.Variable(Silk, [[1], [2], frame]),
        };
    }

    [Fact]
    public void R2HoldsForFramesOfOneSizeToo()
    {
        var tooLong = OpusSamples.Frame(1_276);
        Refuses(OpusSamples.Constant(Silk, [tooLong, tooLong, tooLong]));
    }

    [Fact]
    public void R3TwoFramesOfOneSizeAreAnEvenNumberOfBytes() => Refuses([Silk.WithCode(1).Value, 1, 2, 3]);

    [Fact]
    public void R4TheFirstOfTwoFramesEndsInside()
    {
        Refuses([Silk.WithCode(2).Value]);
        Refuses([Silk.WithCode(2).Value, 252]);
        Refuses([Silk.WithCode(2).Value, 3, 1, 2]);
        Refuses([Silk.WithCode(2).Value, 252, 1, 2]);
        AssertReads([Silk.WithCode(2).Value, 2, 1, 2], padding: 0, [1, 2], []);
    }

    [Fact]
    public void R5ThereIsAFrameAndNoMoreThan120Milliseconds()
    {
        Refuses([Silk.WithCode(3).Value, 0]);
        byte[][] six = [.. Enumerable.Range(0, 6).Select(i => OpusSamples.Frame(9, i))];
        AssertReads(OpusSamples.Constant(Silk, six), padding: 0, six);
        Refuses(OpusSamples.Constant(Silk, [.. six, OpusSamples.Frame(9, 7)]));
        Refuses(OpusSamples.Constant(OpusSamples.Toc(3), six[..3]));   // 60 ms each
    }

    [Fact]
    public void R6FramesOfOneSizeDivideWhatThereIs()
    {
        Refuses([Silk.WithCode(3).Value]);
        Refuses([Silk.WithCode(3).Value, 3, 1, 2, 3, 4]);
        Refuses([Silk.WithCode(3).Value, 0x43, 5, 1, 2, 3]);    // more padding than bytes
        Refuses([Silk.WithCode(3).Value, 0x43]);                // padding without its length
        Refuses([Silk.WithCode(3).Value, 0x43, 255]);           // padding whose length does not end
        AssertReads([Silk.WithCode(3).Value, 0x43, 3, 1, 2, 3], padding: 3, [], [], []);
    }

    [Fact]
    public void R7FramesOfTheirOwnSizesAndTheirLengthsFit()
    {
        Refuses([Silk.WithCode(3).Value, 0x83]);
        Refuses([Silk.WithCode(3).Value, 0x83, 1]);
        Refuses([Silk.WithCode(3).Value, 0x83, 1, 1, 9]);
        Refuses([Silk.WithCode(3).Value, 0x83, 1, 252, 9]);
        Refuses([Silk.WithCode(3).Value, 0xC3, 1, 1, 1, 9, 9]);   // the padding takes the second frame
        AssertReads([Silk.WithCode(3).Value, 0x83, 1, 1, 8, 9], padding: 0, [8], [9], []);
    }

    [Fact]
    public void HostileInputIsRefusedOrReadInBounds()
    {
        Assert.InRange(HostileInputs.FeedRandom(seed: 51, count: 100_000, longest: 400, ReadAll), 1, 99_999);
        Assert.InRange(HostileInputs.FeedMutated(seed: 52, count: 100_000, OpusSamples.All, ReadAll), 1, 99_999);
        Refuses(new byte[70_000]);
        Refuses([Silk.WithCode(3).Value, 0x41, .. Enumerable.Repeat((byte)255, 60_000)]);
    }

    private static bool ReadAll(ReadOnlySpan<byte> input)
    {
        if (!OpusPacket.TryRead(input, out var packet)) return false;

        Assert.InRange(packet.FrameCount, 1, OpusPacket.MostFrames);
        Assert.InRange(packet.Samples, 120, OpusPacket.MostSamples);
        var bytes = 1 + packet.PaddingLength;
        for (var i = 0; i < packet.FrameCount; i++)
        {
            Assert.InRange(packet.Frame(i).Length, 0, OpusFrameLength.Largest);
            bytes += packet.Frame(i).Length;
        }

        Assert.InRange(bytes, 1, input.Length);
        return true;
    }

    private static void Refuses(byte[] payload) => Assert.False(OpusPacket.TryRead(payload, out _));

    private static void AssertReads(byte[] payload, int padding, params byte[][] frames)
    {
        Assert.True(OpusPacket.TryRead(payload, out var packet));
        Assert.Equal(frames.Length, packet.FrameCount);
        Assert.Equal(padding, packet.PaddingLength);
        Assert.Equal(frames.Length * packet.Toc.FrameSamples, packet.Samples);
        for (var i = 0; i < frames.Length; i++)
        {
            Assert.Equal(frames[i], packet.Frame(i).ToArray());
        }
    }
}
