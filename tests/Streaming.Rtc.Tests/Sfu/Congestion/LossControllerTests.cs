using Streaming.Rtc.Sfu.Congestion;

namespace Streaming.Rtc.Tests.Sfu.Congestion;

public sealed class LossControllerTests
{
    private readonly LossController _loss = new();
    private double _second;

    [Theory]
    [InlineData(0.0, LossVerdict.Grow)]
    [InlineData(0.01, LossVerdict.Grow)]
    [InlineData(0.06, LossVerdict.Hold)]
    [InlineData(0.3, LossVerdict.Decrease)]
    public void LossIsJudgedByTheDraftsLimits(double loss, object verdict)
    {
        Assert.True(Second(100, loss));
        Assert.Equal(verdict, _loss.Verdict);
        Assert.Equal(1 - (0.5 * loss), _loss.Factor, 3);
    }

    [Fact]
    public void AFewPacketsAreNotJudged()
    {
        Assert.False(Second(40, 0.5));
        Assert.True(Second(40, 0));
        Assert.Equal(0.25, _loss.Loss, 3);
    }

    [Fact]
    public void WhatIsLostWhateverIsSentIsTheLinksOwn()
    {
        double packets = 400;
        for (var i = 0; i < 30 && _loss.Excess is 0 or > 0.1; i++)
        {
            Second((int)packets, 0.2);
            if (_loss.Verdict == LossVerdict.Decrease) packets *= _loss.Factor;
        }

        Assert.InRange(packets, 400 * 0.6, 400 * 0.95);
        Assert.InRange(_loss.Own, 0.1, 0.2);
        Assert.NotEqual(LossVerdict.Decrease, _loss.Verdict);
    }

    [Fact]
    public void APolicersLossIsNotTheLinksOwn()
    {
        // Whatever is sent, 200 packets a second pass.
        double packets = 600;
        for (var i = 0; i < 40; i++)
        {
            Second((int)packets, Math.Max(0, 1 - (200 / packets)));
            if (_loss.Verdict == LossVerdict.Decrease) packets *= _loss.Factor;
        }

        Assert.InRange(packets, 180, 235);
        Assert.InRange(_loss.Own, 0, 0.05);
    }

    [Fact]
    public void WhatIsLostWhileAQueueIsSeenTeachesNothing()
    {
        for (var i = 0; i < 10; i++) Second(400 - (i * 20), 0.3, hasQueue: true);
        Assert.Equal(0, _loss.Own);
    }

    [Fact]
    public void ALinkThatGetsBetterIsBelieved()
    {
        WhatIsLostWhateverIsSentIsTheLinksOwn();
        for (var i = 0; i < 20; i++) Second(200, 0);
        Assert.InRange(_loss.Own, 0, 0.01);
    }

    [Fact]
    public void ALatePacketIsNotLost()
    {
        for (var i = 0; i < 100; i++) _loss.Add(At(i / 100.0), 100, isLost: i % 2 == 0);
        for (var i = 0; i < 60; i++) _loss.Restore();
        Assert.True(_loss.TryJudge(At(1)));
        Assert.Equal(0, _loss.Loss);
    }

    private static Instant At(double second) => new((long)(second * TimeSpan.TicksPerSecond));

    private bool Second(int packets, double loss, bool hasQueue = false)
    {
        for (var i = 0; i < packets; i++)
        {
            _loss.Add(At(_second + (i / (double)packets)), 1_000, isLost: (int)((i + 1) * loss + 1e-9) > (int)(i * loss + 1e-9));
        }

        if (hasQueue) _loss.NoteQueue();
        _second++;
        return _loss.TryJudge(At(_second));
    }
}
