using Streaming.Rtc.Sfu.Congestion;

namespace Streaming.Rtc.Tests.Sfu.Congestion;

public sealed class BitrateWindowTests
{
    private readonly BitrateWindow _window = new();

    [Theory]
    [InlineData(0)]
    [InlineData(-5_000_000_000)]
    [InlineData(1_000_000_000_000)]
    public void ASteadyStreamHasItsRateWhateverTheClock(long start)
    {
        for (var packet = 0; packet < 200; packet++) Add(start, packet * 10, 125);
        Assert.True(_window.TryGet(out var bitrate));
        Assert.InRange(bitrate, 95_000, 108_000);
    }

    [Fact]
    public void NothingIsSaidOfLessThanAFifthOfASecond()
    {
        Add(0, 0, 1_000);
        Add(0, 190, 1_000);
        Assert.False(_window.TryGet(out _));
        Add(0, 210, 1_000);
        Assert.True(_window.TryGet(out _));
    }

    [Fact]
    public void WhatIsOlderThanTheWindowDoesNotCount()
    {
        for (var packet = 0; packet < 100; packet++) Add(0, packet * 10, 1_250);
        for (var packet = 100; packet < 170; packet++) Add(0, packet * 10, 125);
        Assert.True(_window.TryGet(out var bitrate));
        Assert.InRange(bitrate, 95_000, 110_000);
    }

    [Fact]
    public void TheLatestIsOfAMomentAndTheRateOfHalfASecond()
    {
        for (var packet = 0; packet < 100; packet++) Add(0, packet * 10, 125);
        Assert.InRange(_window.Latest, 95_000, 108_000);
        for (var packet = 100; packet < 120; packet++) Add(0, packet * 10, 1_250);
        Assert.InRange(_window.Latest, 950_000, 1_080_000);
        Assert.True(_window.TryGet(out var bitrate));
        Assert.InRange(bitrate, 400_000, 550_000);
    }

    [Fact]
    public void NothingIsLatestBeforeAMomentHasPassed()
    {
        Assert.Equal(0, _window.Latest);
        Add(0, 0, 1_250);
        Add(0, 140, 1_250);
        Assert.Equal(0, _window.Latest);
        Add(0, 160, 1_250);
        Assert.True(_window.Latest > 0);
    }

    [Fact]
    public void APauseBeginsAfresh()
    {
        for (var packet = 0; packet < 100; packet++) Add(0, packet * 10, 1_250);
        Add(0, 5_000, 100);
        Assert.False(_window.TryGet(out _));
        Add(0, -9_000, 100);
        Assert.False(_window.TryGet(out _));
    }

    private void Add(long start, long milliseconds, int bytes) => _window.Add(start + (milliseconds * TimeSpan.TicksPerMillisecond), bytes);
}
