using Streaming.Rtc.Net;

namespace Streaming.Rtc.Tests.Net;

public sealed class FaultLimiterTests
{
    [Fact]
    public void OneFaultASecondIsLoggedAndTellsHowManyWereNot()
    {
        var limiter = new FaultLimiter();
        var now = new Instant(0);

        Assert.True(limiter.MayLog(now, out var unlogged));
        Assert.Equal(0, unlogged);
        for (var i = 0; i < 5; i++)
        {
            Assert.False(limiter.MayLog(now + TimeSpan.FromMilliseconds(i), out _));
        }

        Assert.True(limiter.MayLog(now + TimeSpan.FromSeconds(1), out unlogged));
        Assert.Equal(5, unlogged);
        Assert.True(limiter.MayLog(now + TimeSpan.FromSeconds(2), out unlogged));
        Assert.Equal(0, unlogged);
    }
}
