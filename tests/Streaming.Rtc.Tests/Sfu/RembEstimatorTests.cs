using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

public sealed class RembEstimatorTests
{
    [Fact]
    public void GrowsToTheMaximumOnACleanLinkAndStaysThere()
    {
        var estimator = new RembEstimator(2_500_000);
        Assert.Equal(1_500_000u, estimator.Bitrate);
        for (var i = 0; i < 30; i++)
        {
            estimator.Update(0);
        }

        Assert.Equal(2_500_000u, estimator.Bitrate);
    }

    [Fact]
    public void FallsUnderHeavyLossButNeverBelowWhatSpeechNeeds()
    {
        var estimator = new RembEstimator(2_500_000);
        estimator.Update(0.5);
        Assert.Equal(1_125_000u, estimator.Bitrate);
        for (var i = 0; i < 100; i++)
        {
            estimator.Update(0.5);
        }

        Assert.Equal((uint)RembEstimator.Minimum, estimator.Bitrate);
    }

    [Fact]
    public void ALittleLossHoldsTheRate()
    {
        var estimator = new RembEstimator(2_500_000);
        estimator.Update(0.05);
        Assert.Equal(1_500_000u, estimator.Bitrate);
    }
}
