using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

public sealed class KeyFrameWishTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly KeyFrameWish _wish = new(Interval);
    private Instant _now = new(TimeSpan.TicksPerDay);

    [Fact]
    public void DecodersThatAreLostAllTheTimeCostAKeyFrameInFourSeconds()
    {
        var asked = Run(TimeSpan.FromSeconds(60), () => _wish.WantRepair());
        Assert.Equal([0, 500, 1_500, 3_500, 7_500, 11_500], asked.Take(6));
        Assert.InRange(asked.Count, 17, 19);
    }

    [Fact]
    public void AfterACalmTimeTheNextIsServedAtOnce()
    {
        Run(TimeSpan.FromSeconds(20), () => _wish.WantRepair());
        _now += TimeSpan.FromSeconds(12);
        Assert.Equal([0, 500], Run(TimeSpan.FromSeconds(1), () => _wish.WantRepair()));
    }

    [Fact]
    public void WhoHasNoPictureYetDoesNotWaitForThem()
    {
        Run(TimeSpan.FromSeconds(20), () => _wish.WantRepair());
        Assert.Equal([500, 1_000], Run(TimeSpan.FromSeconds(1.2), () => _wish.Want()).Where(at => at > 0));
    }

    [Fact]
    public void ARequestThatNothingAnswersIsRepeated()
    {
        _wish.WantRepair();
        var asked = new List<int>();
        for (var at = 0; at < 2_000; at += 10, _now += TimeSpan.FromMilliseconds(10))
        {
            if (_wish.TryTake(_now))
            {
                asked.Add(at);
            }
        }

        Assert.Equal([0, 500, 1_000, 1_500], asked);
    }

    // Every wish is answered at once, and made again with the next step.
    private List<int> Run(TimeSpan time, Action wish)
    {
        var asked = new List<int>();
        for (var at = 0; at < time.TotalMilliseconds; at += 10, _now += TimeSpan.FromMilliseconds(10))
        {
            wish();
            if (_wish.TryTake(_now))
            {
                asked.Add(at);
                _wish.Fulfil();
            }
        }

        return asked;
    }
}
