using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtp;

public class SequenceNumberTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 1)]
    [InlineData(0, 1, -1)]
    [InlineData(0, 65_535, 1)]
    [InlineData(65_535, 0, -1)]
    [InlineData(5, 65_530, 11)]
    [InlineData(32_767, 0, 32_767)]
    [InlineData(32_768, 0, -32_768)]
    [InlineData(0, 32_768, -32_768)]
    [InlineData(32_769, 0, -32_767)]
    [InlineData(0, 32_769, 32_767)]
    [InlineData(40_000, 10_000, 30_000)]
    [InlineData(10_000, 50_000, 25_536)]
    public void DistanceIsTheShorterWayRound(int number, int other, int distance)
    {
        Assert.Equal(distance, Number(number).DistanceFrom(Number(other)));
        Assert.Equal(distance > 0, Number(number).IsNewerThan(Number(other)));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(65_534, 65_535)]
    [InlineData(65_535, 0)]
    public void NextWraps(int number, int next) => Assert.Equal(Number(next), Number(number).Next);

    [Theory]
    [InlineData(10, 5, 15)]
    [InlineData(10, -11, 65_535)]
    [InlineData(65_535, 1, 0)]
    [InlineData(65_530, 65_536, 65_530)]
    [InlineData(3, -65_537, 2)]
    [InlineData(0, int.MinValue, 0)]
    public void AddingWrapsBothWays(int number, int offset, int sum) => Assert.Equal(Number(sum), Number(number) + offset);

    [Fact]
    public void OfTwoNumbersHalfACircleApartNeitherIsNewer()
    {
        for (var value = 0; value <= ushort.MaxValue; value++)
        {
            var opposite = Number(value) + 32_768;
            Assert.False(Number(value).IsNewerThan(opposite));
            Assert.False(opposite.IsNewerThan(Number(value)));
        }
    }

    [Fact]
    public void AddingADistanceLeadsBack()
    {
        var random = new Random(1982);
        for (var i = 0; i < 10_000; i++)
        {
            var (a, b) = (Number(random.Next(65_536)), Number(random.Next(65_536)));
            Assert.Equal(a, b + a.DistanceFrom(b));
        }
    }

    private static SequenceNumber Number(int value) => new((ushort)value);
}
