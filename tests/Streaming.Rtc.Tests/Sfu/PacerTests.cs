using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

public class PacerTests
{
    private Pacer _pacer;
    private Instant _now = new(TimeSpan.TicksPerDay);

    public PacerTests() => _pacer.SetRate(_now, 800_000);   // 100 bytes a millisecond

    [Fact]
    public void AFrameOfUsualSizeLeavesAtOnceAndAKeyFrameIsSpread()
    {
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal(4, SendAtOnce(1_100));   // 40 ms are 4 000 bytes, and the last begins within them

        var sent = 0;
        var began = _now;
        while (sent < 20)
        {
            sent += SendAtOnce(1_000);
            _now += TimeSpan.FromMilliseconds(5);
        }

        Assert.InRange((_now - began).TotalMilliseconds, 190, 210);
    }

    [Fact]
    public void VoiceThatIsNotHeldBackIsTakenFromThePictures()
    {
        _now += TimeSpan.FromSeconds(1);
        Assert.True(_pacer.MayPass(_now));
        for (var i = 0; i < 200; i++)
        {
            _pacer.Spend(100);
        }

        // Not more than 100 ms of debt, whatever was spent.
        _now += TimeSpan.FromMilliseconds(99);
        Assert.False(_pacer.MayPass(_now));
        _now += TimeSpan.FromMilliseconds(2);
        Assert.True(_pacer.MayPass(_now));
    }

    private int SendAtOnce(int bytes)
    {
        var sent = 0;
        while (_pacer.MayPass(_now))
        {
            _pacer.Spend(bytes);
            sent++;
        }

        return sent;
    }
}
