using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sfu;

public class AllocatorTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly CameraStep[] Steps =
        [new(0, 0, 40_000), new(0, 1, 65_000), new(0, 2, 100_000), new(1, 1, 250_000), new(1, 2, 350_000), new(2, 2, 1_200_000)];

    private readonly Allocator _allocator = new();
    private Instant _now = new(TimeSpan.TicksPerDay);

    [Fact]
    public void TheVoiceComesFirstThenTheScreenThenTheCamera()
    {
        Assert.Equal(new Allocation(VoiceForm.Thin, false, -1, 0), Settle(50_000));
        Assert.Equal(new Allocation(VoiceForm.Thin, false, -1, 0) { HasStills = true }, Settle(65_000));
        Assert.Equal(new Allocation(VoiceForm.Full, false, -1, 0) { HasStills = true }, Settle(105_000, screen: 250_000));
        Assert.Equal(new Allocation(VoiceForm.Full, true, -1, 0) { HasStills = true }, Settle(370_000, screen: 250_000));
        Assert.Equal(new Allocation(VoiceForm.Full, true, 0, 2) { HasStills = true }, Settle(500_000, screen: 250_000));
        Assert.Equal(new Allocation(VoiceForm.Full, true, 2, 2) { HasStills = true }, Settle(2_000_000, screen: 250_000));
    }

    [Fact]
    public void WhatDoesNotFitIsTakenAtOnceAndWhatIsSentMayFillTheEstimate()
    {
        Assert.Equal(2, Settle(3_000_000).CameraLayer);
        Assert.False(Update(1_260_000));   // 1 256 000 is what it costs
        Assert.True(Update(1_250_000));
        Assert.Equal((1, 2), (_allocator.Current.CameraLayer, _allocator.Current.CameraTemporal));
        Assert.True(Update(35_000));
        Assert.Equal(new Allocation(VoiceForm.Thin, false, -1, 0), _allocator.Current);
    }

    [Fact]
    public void ASecondPassesBetweenTwoStepsUp()
    {
        Settle(100_000);
        Assert.True(Update(3_000_000, wait: 3 * Second));
        var (layer, at) = (_allocator.Current.CameraLayer, _now);
        Assert.Equal(2, layer);   // all that fits is one step

        Assert.True(Update(200_000));
        Assert.False(Update(3_000_000, wait: 2.9 * Second));
        Assert.True(Update(3_000_000, wait: 0.2 * Second));
        Assert.True(_now - at > 3 * Second);
    }

    [Fact]
    public void EachClimbThatWasTooMuchDoublesTheWait()
    {
        Settle(3_000_000);
        foreach (var hold in new[] { 3, 6, 12, 24, 40, 40 })
        {
            Assert.True(Update(1_200_000, wait: Second));
            Assert.False(Update(1_500_000, wait: (hold - 0.1) * Second));
            Assert.True(Update(1_500_000, wait: 0.2 * Second));
        }

        // A climb that held is no flapping.
        Assert.True(Update(1_200_000, wait: 30 * Second));
        Assert.False(Update(1_500_000, wait: 2.9 * Second));
        Assert.True(Update(1_500_000, wait: 0.2 * Second));
    }

    [Fact]
    public void AFallThroughSeveralStepsCountsOnce()
    {
        Settle(3_000_000);
        Update(1_200_000, wait: Second);
        Update(1_500_000, wait: 7 * Second);   // up again
        Update(1_200_000, wait: Second);
        Update(300_000, wait: 0.1 * Second);
        Update(60_000, wait: 0.1 * Second);
        Assert.False(Update(105_000, wait: 5.8 * Second));
        Assert.True(Update(105_000, wait: 0.4 * Second));
    }

    [Fact]
    public void WithMuchToSpareNobodyWaitsLongerThanThreeSeconds()
    {
        Settle(3_000_000);
        Update(1_200_000, wait: Second);
        Update(1_500_000, wait: 7 * Second);
        Update(1_200_000, wait: Second);   // six seconds now
        Assert.False(Update(3_000_000, wait: 2.9 * Second));
        Assert.True(Update(3_000_000, wait: 0.2 * Second));
    }

    [Fact]
    public void WhileNothingIsProvenTheSmallestPictureGoes()
    {
        Assert.True(Update(60_000, isProven: false));
        Assert.Equal((0, 2), (_allocator.Current.CameraLayer, _allocator.Current.CameraTemporal));
        Assert.True(Update(60_000, isProven: true));
        Assert.Equal(-1, _allocator.Current.CameraLayer);
    }

    [Fact]
    public void NoMoreIsLookedForThanTheNextStepNeeds()
    {
        Settle(120_000);
        Assert.InRange(_allocator.Wanted, (56_000 + 65_000) / 0.85, (56_000 + 65_000) / 0.75);
        Settle(4_000_000);
        Assert.InRange(_allocator.Wanted, 1_256_000, 2_400_000);
    }

    private Allocation Settle(int target, int screen = 0)
    {
        for (var i = 0; i < 60; i++)
        {
            Update(target, screen, wait: Second);
        }

        return _allocator.Current;
    }

    private bool Update(int target, int screen = 0, bool isProven = true, TimeSpan wait = default)
    {
        _now += wait;
        return _allocator.Update(_now, target, isProven, new Offering { Voice = 56_000, ThinVoice = 32_000, Screen = screen, Camera = Steps });
    }
}
