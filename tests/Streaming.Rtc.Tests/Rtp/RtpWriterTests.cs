using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtp;

public class RtpWriterTests
{
    [Fact]
    public void AHeaderIsTwelveBytesAndNoMore()
    {
        var buffer = new byte[14];
        buffer.AsSpan().Fill(0xEE);
        var length = RtpWriter.WriteHeader(
            buffer, marker: true, new PayloadType(111), new SequenceNumber(0x1234), 0x01020304, new Ssrc(0xCAFEBABE));
        Assert.Equal(12, length);
        Assert.Equal(RtpSamples.Plain[..12], buffer[..12]);
        Assert.Equal([0xEE, 0xEE], buffer[12..]);
    }

    [Theory]
    [InlineData(false, 0, 0, 0u, 0u)]
    [InlineData(true, 127, 65_535, uint.MaxValue, uint.MaxValue)]
    [InlineData(false, 96, 32_768, 0x80000000u, 1u)]
    public void AHeaderReadsBackAsWritten(bool marker, byte payloadType, int sequenceNumber, uint timestamp, uint ssrc)
    {
        using var memory = new GuardedMemory();
        var buffer = memory.Tail(RtpWriter.HeaderLength);
        RtpWriter.WriteHeader(
            buffer, marker, new PayloadType(payloadType), new SequenceNumber((ushort)sequenceNumber), timestamp, new Ssrc(ssrc));

        Assert.True(RtpReader.TryRead(buffer, out var reader));
        Assert.Equal(marker, reader.Marker);
        Assert.Equal(payloadType, reader.PayloadType.Value);
        Assert.Equal(sequenceNumber, reader.SequenceNumber.Value);
        Assert.Equal(timestamp, reader.Timestamp);
        Assert.Equal(ssrc, reader.Ssrc.Value);
        Assert.Equal(12, reader.HeaderLength);
    }

    [Fact]
    public void AnExtensionOfEverySizeReadsBackPaddedToAWord()
    {
        using var memory = new GuardedMemory();
        for (var size = 1; size <= 16; size++)
        {
            var data = Enumerable.Range(0xA0, size).Select(value => (byte)value).ToArray();
            var buffer = memory.Tail(RtpWriter.LengthWithExtension(size));
            buffer.Fill(0xEE);
            var length = RtpWriter.WriteHeaderWithExtension(
                buffer, true, new PayloadType(96), new SequenceNumber(7), 8, new Ssrc(9), id: 14, data);

            Assert.Equal(buffer.Length, length);
            Assert.Equal(0, length % 4);
            Assert.True(RtpReader.TryRead(buffer, out var reader));
            Assert.Equal(length, reader.HeaderLength);
            Assert.True(reader.TryGetExtension(14, out var read));
            Assert.Equal(data, read.ToArray());
            Assert.True(buffer[(17 + size)..].IndexOfAnyExcept((byte)0) < 0);
        }
    }

    [Fact]
    public void AnAbsoluteSendTimeIsWrittenAsBrowsersWriteIt()
    {
        var buffer = new byte[20];
        RtpWriter.WriteHeaderWithExtension(
            buffer, false, new PayloadType(96), new SequenceNumber(7), 8, new Ssrc(9), id: 2, [0x11, 0x22, 0x33]);
        Assert.Equal([0x90, 96, 0, 7, 0, 0, 0, 8, 0, 0, 0, 9, 0xBE, 0xDE, 0, 1, 0x22, 0x11, 0x22, 0x33], buffer);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(15, 3)]
    [InlineData(1, 0)]
    [InlineData(1, 17)]
    public void AnElementThatTheOneByteFormCannotHoldIsOurMistake(byte id, int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RtpWriter.WriteHeaderWithExtension(
            new byte[64], false, new PayloadType(96), new SequenceNumber(7), 8, new Ssrc(9), id, new byte[size]));
}
