using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtp;

public class TransportNumberTests
{
    [Fact]
    public void AHeaderWithTheNumberIsTwentyBytesAsTheRfcDrawsThem()
    {
        var buffer = new byte[22];
        buffer.AsSpan().Fill(0xEE);
        var length = RtpWriter.WriteHeaderWithTransportNumber(
            buffer, marker: true, new PayloadType(96), new SequenceNumber(0x1234), 0x01020304, new Ssrc(0xCAFEBABE), id: 3,
            new SequenceNumber(0xABCD));
        Assert.Equal(20, length);
        Assert.Equal(
            Convert.FromHexString("90E0123401020304CAFEBABE" + "BEDE0001" + "31ABCD00" + "EEEE"), buffer);
    }

    [Theory]
    [InlineData(1, 0, false)]
    [InlineData(5, 32_768, true)]
    [InlineData(14, 65_535, false)]
    public void TheNumberReadsBackAndCanBeChangedInPlace(byte id, int number, bool isPadded)
    {
        using var memory = new GuardedMemory();
        var packet = memory.Tail(TransportNumber.HeaderLength + 4);
        packet.Fill(4);
        RtpWriter.WriteHeaderWithTransportNumber(
            packet, false, new PayloadType(96), default, 0, new Ssrc(9), id, new SequenceNumber((ushort)number), isPadded);

        Assert.True(RtpReader.TryRead(packet, out var reader));
        Assert.Equal(isPadded ? 4 : 0, reader.PaddingLength);
        Assert.True(TransportNumber.TryRead(reader, id, out var read));
        Assert.Equal(number, read.Value);

        TransportNumber.Write(packet[TransportNumber.OffsetInHeader..], new SequenceNumber(4_711));
        Assert.True(TransportNumber.TryRead(reader, id, out read));
        Assert.Equal(4_711, read.Value);
    }

    [Fact]
    public void AnotherIdentifierOrLengthIsNotTheNumber()
    {
        var packet = new byte[RtpWriter.LengthWithExtension(3)];
        RtpWriter.WriteHeaderWithExtension(packet, false, new PayloadType(96), default, 0, new Ssrc(9), id: 3, [1, 2, 3]);
        Assert.True(RtpReader.TryRead(packet, out var reader));
        Assert.False(TransportNumber.TryRead(reader, 3, out _));
        Assert.False(TransportNumber.TryRead(reader, 4, out _));
        Assert.False(TransportNumber.TryRead(reader, 0, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    public void AnIdentifierThatNoNegotiationGivesThrows(byte id) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TransportNumber.WriteExtension(new byte[8], id, default));
}
