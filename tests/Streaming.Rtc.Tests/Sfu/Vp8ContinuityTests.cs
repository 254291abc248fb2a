using System.Buffers.Binary;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

public class Vp8ContinuityTests
{
    [Fact]
    public void WhatIsLeftOutLeavesNoGapAlsoBehindTheWrap()
    {
        var numbers = new Vp8Continuity();
        var expected = 0x7FF0;
        for (var i = 0; i < 200; i++)
        {
            var picture = (ushort)((0x7FF0 + i) & 0x7FFF);
            if (i % 2 == 1)
            {
                numbers.Drop(picture);
                numbers.Drop(picture);   // its second packet
                continue;
            }

            Assert.Equal(expected & 0x7FFF, numbers.Map(picture));
            expected++;
        }
    }

    [Fact]
    public void WhatComesLateIsNumberedAsItWas()
    {
        var numbers = new Vp8Continuity();
        numbers.Drop(101);
        numbers.Drop(104);
        Assert.Equal([100, 101, 102, 103], new ushort[] { 100, 102, 103, 105 }.Select(picture => (int)numbers.Map(picture)));
        Assert.Equal(100, numbers.Map(100));
    }

    [Fact]
    public void AnotherStreamGoesOnWhereTheFormerStopped()
    {
        var numbers = new Vp8Continuity();
        numbers.Continue(Read(Payload(picture: 20_000, key: 7)), Read(Payload(picture: 0x7FFF, key: 255)));
        var payload = Payload(picture: 20_000, key: 7);
        numbers.Patch(payload);

        var patched = Read(payload);
        Assert.Equal(0, (int)patched.PictureId!);
        Assert.Equal(0, (int)patched.Tl0PicIdx!);
        Assert.Equal(Payload(picture: 0, key: 0), payload);   // and nothing else has changed
    }

    [Fact]
    public void ShortNumbersAndPayloadsThatCannotBeReadAreLeftAlone()
    {
        var numbers = new Vp8Continuity();
        numbers.Drop(5);
        byte[][] payloads = [[0x90, 0x80, 0x07, 0x01], [0x90, 0xE0], [0x10, 0x00], []];
        foreach (var payload in payloads)
        {
            var copy = payload.ToArray();
            numbers.Patch(copy);
            Assert.Equal(payload, copy);
        }
    }

    private static Vp8Descriptor Read(byte[] payload)
    {
        Assert.True(Vp8Descriptor.TryRead(payload, out var descriptor));
        return descriptor;
    }

    private static byte[] Payload(ushort picture, byte key)
    {
        byte[] payload = [0x90, 0xE0, 0, 0, key, (2 << 6) | 0x20, 0x01, 0xAB];
        BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(2), (ushort)(picture | 0x8000));
        return payload;
    }
}
