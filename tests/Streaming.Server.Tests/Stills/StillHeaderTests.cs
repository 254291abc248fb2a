using Streaming.Server.Stills;
using Streaming.Server.Tests.Support;

namespace Streaming.Server.Tests.Stills;

public sealed class StillHeaderTests
{
    public static TheoryData<byte[], string, int, int> Pictures => new()
    {
        { StillSamples.Webp(1280, 720), StillHeader.Webp, 1280, 720 },
        { StillSamples.LosslessWebp(960, 541), StillHeader.Webp, 960, 541 },
        { StillSamples.ExtendedWebp(1280, 800), StillHeader.Webp, 1280, 800 },
        { StillSamples.Jpeg(960, 600), StillHeader.Jpeg, 960, 600 },
        { StillSamples.Jpeg(960, 600, frame: 0xC2), StillHeader.Jpeg, 960, 600 },   // progressive
    };

    [Theory]
    [MemberData(nameof(Pictures))]
    public void ASizeIsReadFromTheBytes(byte[] bytes, string mediaType, int width, int height)
    {
        Assert.True(StillHeader.TryRead(bytes, out var header));
        Assert.Equal(new StillHeader(mediaType, width, height), header);
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void APictureThatEndsInItsHeadIsNone(byte[] bytes, string mediaType, int width, int height)
    {
        for (var length = 0; length < bytes.Length; length++)
        {
            if (StillHeader.TryRead(bytes.AsSpan(0, length), out var header))
            {
                Assert.Equal(new StillHeader(mediaType, width, height), header);   // cut behind its head
            }
        }

        Assert.False(StillHeader.TryRead(bytes.AsSpan(0, 12), out _));
    }

    [Fact]
    public void WhatMovesOrIsSomethingElseIsNoStill()
    {
        Assert.False(StillHeader.TryRead(StillSamples.ExtendedWebp(64, 36, moves: true), out _));
        Assert.False(StillHeader.TryRead(StillSamples.Webp(0, 36), out _));
        Assert.False(StillHeader.TryRead("\u0089PNG\r\n\u001a\n and so on, and so on, and so on"u8, out _));
        Assert.False(StillHeader.TryRead("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8, out _));
        Assert.False(StillHeader.TryRead([0xFF, 0xD8, 0xFF, 0xD9, 0, 0, 0, 0, 0, 0, 0, 0], out _));   // a picture of nothing
    }

    [Fact]
    public void NoBytesAreTooStrange()
    {
        var random = new Random(5);
        byte[][] heads = [StillSamples.Webp(), StillSamples.LosslessWebp(9, 9), StillSamples.ExtendedWebp(9, 9), StillSamples.Jpeg(9, 9)];
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = heads[i % heads.Length].ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                bytes[random.Next(Math.Min(bytes.Length, 40))] = (byte)random.Next(256);
            }

            if (StillHeader.TryRead(bytes.AsSpan(0, random.Next(bytes.Length)), out var header))
            {
                Assert.InRange(header.Width, 1, 1 << 24);
            }
        }
    }
}
