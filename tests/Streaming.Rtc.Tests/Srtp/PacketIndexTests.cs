using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Srtp;

public sealed class PacketIndexTests
{
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(0, 0, 0)]
    [InlineData(100, 32_868, 32_868)] // exactly half the circle away counts as ahead (appendix A)
    [InlineData(100, 32_869, 32_869 - 65_536)]
    [InlineData(65_535, 0, 65_536)]
    [InlineData(65_535, 32_766, 65_536 + 32_766)]
    [InlineData(65_535, 32_767, 32_767)]
    [InlineData(65_536, 65_535, 65_535)]
    [InlineData(65_536 + 5, 65_000, 65_000)]
    [InlineData((3L << 16) + 40_000, 7_231, (4L << 16) + 7_231)]
    [InlineData((3L << 16) + 40_000, 7_232, (3L << 16) + 7_232)]
    [InlineData(0, 65_535, -1)]
    public void TheRolloverCounterIsGuessedAsInRfc3711(long highest, ushort sequenceNumber, long expected) =>
        Assert.Equal(expected, PacketIndex.Estimate(highest, sequenceNumber));

    [Fact]
    public void WhateverLiesWithinHalfACircleIsFound()
    {
        var random = new Random(16);
        for (var i = 0; i < 100_000; i++)
        {
            var highest = random.NextInt64(1L << 40) + 32_768;
            var index = highest + random.Next(-32_767, 32_768);
            Assert.Equal(index, PacketIndex.Estimate(highest, (ushort)index));
        }
    }
}
