using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtp;

public class RtpReaderTests
{
    [Fact]
    public void APlainPacketReadsFieldByField()
    {
        Assert.True(RtpReader.TryRead(RtpSamples.Plain, out var reader));
        Assert.True(reader.Marker);
        Assert.Equal(new PayloadType(111), reader.PayloadType);
        Assert.Equal(new SequenceNumber(0x1234), reader.SequenceNumber);
        Assert.Equal(0x01020304u, reader.Timestamp);
        Assert.Equal(new Ssrc(0xCAFEBABE), reader.Ssrc);
        Assert.Equal(12, reader.HeaderLength);
        Assert.Equal(0, reader.PaddingLength);
        Assert.Equal([0x78, 1, 2, 3, 4], reader.Payload.ToArray());
        Assert.Equal(RtpSamples.Plain, reader.Packet.ToArray());
        Assert.False(reader.HasExtension);
        Assert.False(reader.TryGetExtension(1, out _));
    }

    [Fact]
    public void SourcesExtensionAndPaddingAreNotPayload()
    {
        Assert.True(RtpReader.TryRead(RtpSamples.Everything, out var reader));
        Assert.False(reader.Marker);
        Assert.Equal(12 + 8 + 8, reader.HeaderLength);
        Assert.Equal(4, reader.PaddingLength);
        Assert.Equal([0xD0, 0xD1, 0xD2], reader.Payload.ToArray());
        Assert.True(reader.TryGetExtension(1, out var data));
        Assert.Equal("ab"u8.ToArray(), data.ToArray());
    }

    [Fact]
    public void TheHeaderIsReadWhenNothingElseIsThereOrCanBeRead()
    {
        var header = RtpSamples.Everything.AsSpan(0, 12 + 8 + 8);
        Assert.False(RtpReader.TryRead(header, out _));   // its padding bit promises what is not there
        Assert.True(RtpReader.TryReadHeader(header, out var reader));
        Assert.True(RtpReader.TryReadHeader(RtpSamples.Everything, out var whole));
        Assert.Equal((header.Length, 0, true), (reader.HeaderLength, reader.PaddingLength, reader.Payload.IsEmpty));
        Assert.True(whole.Payload.IsEmpty);
        Assert.True(reader.TryGetExtension(1, out var data));
        Assert.Equal("ab"u8.ToArray(), data.ToArray());
        Assert.False(RtpReader.TryReadHeader(header[..^1], out _));
    }

    [Fact]
    public void APacketMayBePaddingAlone()
    {
        Assert.True(RtpReader.TryRead(RtpSamples.Probe, out var reader));
        Assert.Equal(255, reader.PaddingLength);
        Assert.True(reader.Payload.IsEmpty);
    }

    [Fact]
    public void OneByteElementsAreFoundBehindPadding()
    {
        Assert.Equal([0xA1], Extension(RtpSamples.OneByteExtensions, 3));
        Assert.Equal([0xB1, 0xB2], Extension(RtpSamples.OneByteExtensions, 4));
        Assert.Equal([0xC1, 0xC2, 0xC3, 0xC4], Extension(RtpSamples.OneByteExtensions, 14));
        Assert.Null(Extension(RtpSamples.OneByteExtensions, 0));
        Assert.Null(Extension(RtpSamples.OneByteExtensions, 5));
        Assert.Null(Extension(RtpSamples.OneByteExtensions, 19));
    }

    [Fact]
    public void TwoByteElementsAreFoundBehindPaddingWhateverTheApplicationBits()
    {
        Assert.Empty(Extension(RtpSamples.TwoByteExtensions, 1)!);
        Assert.Equal([0xB1], Extension(RtpSamples.TwoByteExtensions, 15));
        Assert.Equal([0xC1, 0xC2, 0xC3, 0xC4], Extension(RtpSamples.TwoByteExtensions, 255));
        Assert.Null(Extension(RtpSamples.TwoByteExtensions, 0));
        Assert.Null(Extension(RtpSamples.TwoByteExtensions, 2));
    }

    [Theory]
    [InlineData("F0 00 00 00 10 AA 00 00")] // RFC 8285 §4.2: 15 ends the elements
    [InlineData("01 AA 10 AA 00 00 00 00")] // and so does 0 with a length
    [InlineData("25 AA AA AA 10 AA 00 00 ")] // an element over another
    [InlineData("20 AA 3F AA 10 AA 00 00")] // an element over the end
    [InlineData("00 00 00 00 00 00 00 1F")] // an element that is only its header, at the end
    public void WhatFollowsABrokenOneByteElementIsNotFound(string elements) =>
        Assert.Null(Extension(WithExtension(0xBEDE, elements), 1));

    [Theory]
    [InlineData("02 07 AA AA AA 01 01 AA")] // an element over the end
    [InlineData("00 00 00 00 00 00 00 01")] // no room for a length
    [InlineData("00 00 00 00 00 00 01 01")] // no room for the data
    public void WhatFollowsABrokenTwoByteElementIsNotFound(string elements) =>
        Assert.Null(Extension(WithExtension(0x1000, elements), 1));

    [Theory]
    [InlineData(0x0000)]
    [InlineData(0xBEDF)]
    [InlineData(0x1010)]
    public void AnotherProfileHasNoElements(int profile) =>
        Assert.Null(Extension(WithExtension((ushort)profile, "10 AA 00 00 00 00 00 00"), 1));

    [Fact]
    public void AnExtensionMayBeEmpty()
    {
        var packet = WithExtension(0xBEDE, "");
        Assert.True(RtpReader.TryRead(packet, out var reader));
        Assert.True(reader.HasExtension);
        Assert.Equal(16, reader.HeaderLength);
        Assert.False(reader.TryGetExtension(1, out _));
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x40)]
    [InlineData(0xC0)]
    public void AnotherVersionIsRefused(byte first)
    {
        var packet = RtpSamples.Plain;
        packet[0] = first;
        Assert.False(RtpReader.TryRead(packet, out _));
    }

    [Fact]
    public void AHeaderThatIsCutAnywhereIsRefused()
    {
        // Twenty-eight bytes of header; without the padding bit every longer cut is a packet with less payload.
        var whole = RtpSamples.Everything;
        whole[0] &= 0xDF;
        for (var length = 0; length <= whole.Length; length++)
            Assert.Equal(length >= 28, RtpReader.TryRead(whole.AsSpan(0, length), out _));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(7, true)]
    [InlineData(8, false)]
    [InlineData(255, false)]
    public void PaddingLiesInsideThePayload(byte count, bool accepted)
    {
        var packet = RtpSamples.Everything;
        packet[^1] = count;
        Assert.Equal(accepted, RtpReader.TryRead(packet, out var reader));
        if (accepted) Assert.Equal(7 - count, reader.Payload.Length);
    }

    [Fact]
    public void RandomBytesNeverHurt() =>
        Assert.InRange(HostileInputs.FeedRandom(seed: 3550, count: 100_000, longest: 120, ReadEverything), 1_000, 50_000);

    [Fact]
    public void DamagedPacketsNeverHurt() =>
        Assert.InRange(HostileInputs.FeedMutated(seed: 8285, count: 100_000, RtpSamples.All, ReadEverything), 10_000, 99_999);

    private static bool ReadEverything(ReadOnlySpan<byte> input)
    {
        if (!RtpReader.TryRead(input, out var reader)) return false;

        Assert.InRange(reader.PayloadType.Value, 0, 127);
        _ = (reader.Marker, reader.SequenceNumber, reader.Timestamp, reader.Ssrc);
        Assert.True(reader.Packet == input);
        Assert.Equal(input.Length, reader.HeaderLength + reader.Payload.Length + reader.PaddingLength);
        var header = input[..reader.HeaderLength];
        for (var id = 0; id < 256; id = id == 14 ? 255 : id + 1)
        {
            if (!reader.TryGetExtension((byte)id, out var data) || data.IsEmpty) continue;
            Assert.True(header.Overlaps(data, out var at) && at >= 16 && at + data.Length <= header.Length);
        }

        Touch(reader.Payload);
        return true;
    }

    private static void Touch(ReadOnlySpan<byte> bytes)
    {
        var sum = 0;
        foreach (var value in bytes) sum += value;
        Assert.InRange(sum, 0, 255 * bytes.Length);
    }

    private static byte[]? Extension(byte[] packet, byte id)
    {
        Assert.True(RtpReader.TryRead(packet, out var reader));
        return reader.TryGetExtension(id, out var data) ? data.ToArray() : null;
    }

    private static byte[] WithExtension(ushort profile, string elements)
    {
        var bytes = Convert.FromHexString(elements.Replace(" ", ""));
        return
        [
            0x90, 0x60, 0, 2, 0, 0, 0, 9, 0, 0, 0, 7,
            (byte)(profile >> 8), (byte)profile, 0, (byte)(bytes.Length / 4), .. bytes, 0xEE,
        ];
    }
}
