using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

public sealed class PacketRunTests
{
    private readonly PacketRun _run = new();
    private readonly PacketCache _cache = new(64);

    [Fact]
    public void PacketsThatAreALittleSmallerGetPaddingThatAReaderTakesOff()
    {
        Assert.Equal([1_061, 1_061, 1_061], Padded(1_061 - PacketRun.MostPadding, 1_059, 1_061));
        Assert.True(_cache.TryGet(new SequenceNumber(2), out var packet));
        Assert.Equal(1_059, packet.Payload.Length);
        Assert.Equal(2, packet.Padded.Length - packet.Payload.Length);

        var datagram = new byte[RtpWriter.HeaderLength + packet.Padded.Length];
        RtpWriter.WriteHeader(datagram, marker: false, new PayloadType(96), new SequenceNumber(2), 0, new Ssrc(1), isPadded: true);
        packet.Padded.CopyTo(datagram.AsSpan(RtpWriter.HeaderLength));
        Assert.True(RtpReader.TryRead(datagram, out var read));
        Assert.True(read.Payload.SequenceEqual(packet.Payload));
    }

    [Fact]
    public void OneThatIsMuchSmallerStaysAsItIs() =>
        Assert.Equal([1_000, 1_000 - PacketRun.MostPadding - 1, 1_000], Padded(1_000 - PacketRun.MostPadding, 1_000 - PacketRun.MostPadding - 1, 1_000));

    [Fact]
    public void ASinglePacketAndEqualOnesAreLeftAlone()
    {
        Assert.Equal([700], Padded(700));
        _run.Clear();
        Assert.Equal([700, 700], Padded(700, 700));
    }

    [Fact]
    public void AProbeWithoutPayloadStaysEmpty() => Assert.Equal([20, 0], Padded(20, 0));

    [Fact]
    public void PaddingGoesUpToWhatFitsEveryWatchersDatagram()
    {
        Assert.Equal(1_436, PacketRun.LargestForAll);   // 1 472 without the longest header and the longest tag
        Assert.Equal([PacketRun.LargestForAll, PacketRun.LargestForAll], Padded(PacketRun.LargestForAll, PacketRun.LargestForAll - 1));
    }

    [Fact]
    public void OneThatIsTooLargeForSomeWatchersDoesNotMakeItsNeighboursSo()
    {
        Assert.Equal([1_450, 1_430, 1_430], Padded(1_450, 1_420, 1_430));
        _run.Clear();
        Assert.Equal([PacketCache.SlotSize, PacketRun.LargestForAll], Padded(PacketCache.SlotSize, PacketRun.LargestForAll));
    }

    [Fact]
    public void ARunThatIsKeptAgainHasNoOldPadding()
    {
        Padded(500, 510);
        _run.Clear();
        Assert.Equal([500], Padded(500));
    }

    [Theory]
    [InlineData(5, 5 + 31, false)]
    [InlineData(5, 5 + 32, true)]
    [InlineData(5, 65_535 - 25, false)]
    [InlineData(5, 65_535 - 26, true)]
    [InlineData(5, 5 + 32_768, true)]
    [InlineData(40_000, 40_000 - 32_768, true)]
    public void APacketFarFromTheRunsFirstCollides(int first, int number, bool collides)
    {
        _run.Add(new SequenceNumber((ushort)first));
        Assert.Equal(collides, _run.Collides(new SequenceNumber((ushort)number), _cache.Capacity));
    }

    private List<int> Padded(params int[] lengths)
    {
        for (var i = 0; i < lengths.Length; i++)
        {
            var number = new SequenceNumber((ushort)(i + 1));
            var payload = new byte[lengths[i]];
            payload.AsSpan().Fill(7);
            Assert.True(_cache.Store(new MediaPacket
            {
                SequenceNumber = number, Timestamp = 0, Marker = false, Format = 0, StartsKeyFrame = false, Payload = payload, Padded = payload,
            }));
            _run.Add(number);
        }

        _run.Pad(_cache);
        List<int> padded = [];
        foreach (var number in _run.Numbers)
        {
            Assert.True(_cache.TryGet(number, out var packet));
            Assert.Equal(-1, packet.Payload.IndexOfAnyExcept((byte)7));
            padded.Add(packet.Padded.Length);
        }

        return padded;
    }
}
