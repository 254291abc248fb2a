using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Tests.Rtp;

public class WireSizeTests
{
    [Fact]
    public void ThinAudioOf24KilobitsTakesNoMoreThan32()
    {
        // 24 kbit/s is 60 bytes each 20 ms, the table of contents among them.
        var stream = new MergedStream();
        stream.SendMany(3, OpusSamples.Toc(OpusSamples.Silk20), 59);
        var constant = Assert.Single(stream.Out).Payload.Length;
        Assert.Equal(31_333, WireSize.BitsPerSecond(constant, 1_000 / 60.0), 1.0);

        // An encoder whose rate varies has frames of different sizes, whose lengths must be told.
        var varying = new MergedStream();
        foreach (var length in new[] { 50, 59, 68 })
        {
            varying.Send(OpusSamples.Toc(OpusSamples.Silk20), length);
        }

        Assert.Equal(31_600, WireSize.BitsPerSecond(Assert.Single(varying.Out).Payload.Length, 1_000 / 60.0), 1.0);

        // The most that is still 32 kbit/s: 60 bytes in each frame, the table of contents not counted.
        var largest = new MergedStream();
        foreach (var length in new[] { 59, 60, 61 })
        {
            largest.Send(OpusSamples.Toc(OpusSamples.Silk20), length);
        }

        Assert.Equal(32_000, WireSize.BitsPerSecond(Assert.Single(largest.Out).Payload.Length, 1_000 / 60.0), 0.001);
    }

    [Fact]
    public void TheSameVoiceUnmergedTakesHalfAsMuchAgain() => Assert.Equal(46_400, WireSize.BitsPerSecond(60, 50));

    [Fact]
    public void ACopyInThinAudioCostsItsBytesAndFiveMore()
    {
        var thin = new VoiceShape(PayloadBytes: 179, PacketsPerSecond: 1_000 / 60.0);
        Assert.Equal(31_333, thin.BitsPerSecond(0), 1.0);
        Assert.Equal(55_867, thin.BitsPerSecond(1), 1.0);
        Assert.Equal(80_267, thin.BitsPerSecond(2), 1.0);
        Assert.Equal(thin.BitsPerSecond(0) + (20 * 8 * 1_000 / 60.0), (thin with { Overhead = WireSize.IPv6AndUdp + 12 + 16 }).BitsPerSecond(0), 1.0);
    }
}
