using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Srtp;

public sealed class ReplayWindowTests
{
    [Theory]
    [InlineData(64, 5)]
    [InlineData(128, 200)]
    [InlineData(1024, 3_000)]
    public void ItRemembersExactlyWhatASetOfTheNewestWouldRemember(int size, int reach)
    {
        var random = new Random(size);
        var window = new ReplayWindow(size);
        var seen = new HashSet<long>();
        long highest = -1;
        for (var i = 0; i < 50_000; i++)
        {
            var index = Math.Max(0, highest + random.Next(-reach, reach));
            var expected = index > highest || (highest - index < size && !seen.Contains(index));
            Assert.Equal(expected, window.MayAccept(index));
            if (!expected || random.Next(4) == 0)
                continue;

            window.Accept(index);
            seen.Add(index);
            highest = Math.Max(highest, index);
            Assert.Equal(highest, window.Highest);
            if (i % 50 == 0)
            {
                var from = highest - random.Next(size + 10);
                Assert.Equal(seen.Count(one => one > from && highest - one < size), window.CountAfter(from));
            }
        }
    }

    [Fact]
    public void TheOldestPlaceInTheWindowStillCounts()
    {
        var window = new ReplayWindow(128);
        window.Accept(1_000);
        Assert.True(window.MayAccept(1_000 - 127));
        Assert.False(window.MayAccept(1_000 - 128));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(100)]
    public void OddSizesAreRefused(int size) => Assert.Throws<ArgumentOutOfRangeException>(() => new ReplayWindow(size));
}
