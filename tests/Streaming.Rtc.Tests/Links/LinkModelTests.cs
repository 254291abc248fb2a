using Streaming.Tests.Shared.Links;

namespace Streaming.Rtc.Tests.Links;

public class LinkModelTests
{
    private static readonly Instant Began = new(TimeSpan.TicksPerHour);

    [Fact]
    public void APerfectLinkPassesEverythingAtOnce()
    {
        var model = Model(LinkWay.Perfect);
        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal(LinkFate.Delivered, model.Take(At(i), 1_200, out var arrival));
            Assert.Equal(At(i), arrival);
        }
    }

    [Fact]
    public void ARateSpacesDatagramsByWhatTheyWeighWithTheirHeaders()
    {
        var model = Model(new LinkWay { BitsPerSecond = 100_000, Delay = TimeSpan.FromMilliseconds(50), Queue = TimeSpan.FromSeconds(10) });
        for (var i = 1; i <= 20; i++)
        {
            // 97 + 28 bytes are 1 000 bits: 10 ms.
            Assert.Equal(LinkFate.Delivered, model.Take(Began, 97, out var arrival));
            Assert.Equal(At((10 * i) + 50), arrival);
        }

        Assert.Equal(LinkFate.Delivered, model.Take(At(1_000), 97, out var later));
        Assert.Equal(At(1_060), later);
    }

    [Theory]
    [InlineData(40_000)]
    [InlineData(400_000)]
    [InlineData(1_500_000)]
    public void ALinkThatIsAskedForTooMuchCarriesItsRate(double rate)
    {
        var model = Model(new LinkWay { BitsPerSecond = rate });
        var (bits, fates) = (0.0, new int[4]);
        for (var i = 0; i < 20_000; i++)
        {
            var fate = model.Take(At(i), 972, out var arrival);   // 8 Mbit/s with headers
            fates[(int)fate]++;
            if (fate != LinkFate.Delivered) continue;

            Assert.InRange((arrival - At(i)).TotalMilliseconds, 0, 650);   // 300 ms or 3 000 bytes, which are 600 ms at 40 kbit/s
            bits += arrival <= At(20_000) ? 8_000 : 0;
        }

        Assert.InRange(bits / 20, rate * 0.97, rate);
        Assert.Equal((0, 0), (fates[(int)LinkFate.Lost], fates[(int)LinkFate.Down]));
        Assert.True(fates[(int)LinkFate.QueueFull] > 0);
    }

    [Fact]
    public void AQueueTakesWhatItHolds()
    {
        var model = Model(new LinkWay { BitsPerSecond = 8_000, QueueBytes = 3_000, Queue = TimeSpan.Zero });
        var fates = Enumerable.Range(0, 5).Select(_ => model.Take(Began, 972, out var _)).ToArray();
        Assert.Equal([LinkFate.Delivered, LinkFate.Delivered, LinkFate.Delivered, LinkFate.QueueFull, LinkFate.QueueFull], fates);
        Assert.Equal(LinkFate.Delivered, model.Take(At(1_000), 972, out _));   // one has left
        Assert.Equal(LinkFate.QueueFull, model.Take(At(1_000), 972, out _));
    }

    [Fact]
    public void AnIdleLinkTakesOneDatagramHoweverLarge()
    {
        var model = Model(new LinkWay { BitsPerSecond = 8_000, QueueBytes = 10, Queue = TimeSpan.Zero });
        Assert.Equal(LinkFate.Delivered, model.Take(Began, 972, out var arrival));
        Assert.Equal(At(1_000), arrival);
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.2)]
    public void RandomLossIsItsShareAndHasNoMemory(double loss)
    {
        var lost = Lost(new LinkWay { Loss = loss }, count: 100_000);
        Assert.InRange(lost.Count(isLost => isLost) / 100_000.0, loss * 0.9, loss * 1.1);
        Assert.InRange(MeanRun(lost), 1, 1.1 / (1 - loss));
    }

    [Theory]
    [InlineData(0.05, 4)]
    [InlineData(0.1, 10)]
    [InlineData(0.3, 2)]
    public void BurstsHaveTheirShareAndLength(double share, double length)
    {
        var lost = Lost(new LinkWay { Bursts = new BurstLoss(share, length) }, count: 300_000);
        Assert.InRange(lost.Count(isLost => isLost) / 300_000.0, share * 0.9, share * 1.1);
        Assert.InRange(MeanRun(lost), length * 0.9, length * 1.1);
    }

    [Fact]
    public void JitterSpreadsAndKeepsTheOrder()
    {
        var model = Model(new LinkWay { Delay = TimeSpan.FromMilliseconds(40), Jitter = TimeSpan.FromMilliseconds(30) });
        var (before, delays) = (Began, new List<double>());
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal(LinkFate.Delivered, model.Take(At(i * 100), 100, out var arrival));
            Assert.True(arrival >= before);
            before = arrival;
            delays.Add((arrival - At(i * 100)).TotalMilliseconds);
        }

        Assert.InRange(delays.Min(), 40, 40.1);
        Assert.InRange(delays.Max(), 69.9, 70);
        Assert.InRange(delays.Average(), 54, 56);

        for (var i = 0; i < 10_000; i++)   // one each millisecond: the slow one holds up those behind it
        {
            model.Take(At(2_000_000 + i), 100, out var arrival);
            Assert.True(arrival >= before);
            before = arrival;
        }
    }

    [Fact]
    public void ReorderingLetsOthersPass()
    {
        var model = Model(new LinkWay { Reorder = 0.05, ReorderBy = TimeSpan.FromMilliseconds(30) });
        var arrivals = Enumerable.Range(0, 20_000).Select(i => Arrival(model, At(i))).ToArray();
        var overtaken = arrivals.Zip(arrivals.Skip(1)).Count(pair => pair.Second < pair.First);
        Assert.InRange(overtaken / 20_000.0, 0.04, 0.055);
        Assert.All(arrivals.Select((arrival, i) => arrival - At(i)), late => Assert.True(late == TimeSpan.Zero || late == TimeSpan.FromMilliseconds(30)));
    }

    [Fact]
    public void AStepChangesTheRateOfWhatIsStillWaiting()
    {
        // 10 000 bits: 1 s at 10 kbit/s. After half a second there is five times as much.
        var model = new LinkModel(
            [(TimeSpan.Zero, new LinkWay { BitsPerSecond = 10_000 }), (TimeSpan.FromMilliseconds(500), new LinkWay { BitsPerSecond = 50_000 })], 1, Began);
        Assert.Equal(LinkFate.Delivered, model.Take(Began, 1_222, out var arrival));
        Assert.Equal(At(600), arrival);
    }

    [Fact]
    public void ADipLimitsWhatPassesWhileItLasts()
    {
        var profile = LinkProfile.Dip;
        var model = new LinkModel(profile.Down, seed: 3, Began);
        var seconds = new double[60];
        for (var i = 0; i < 60_000; i++)
        {
            if (model.Take(At(i), 222, out var arrival) == LinkFate.Delivered && arrival < At(60_000))   // 2 Mbit/s with headers
            {
                seconds[(int)(arrival - Began).TotalSeconds] += 2_000;
            }
        }

        Assert.All(seconds[2..19], bits => Assert.InRange(bits, 1_900_000, 2_100_000));
        Assert.All(seconds[22..39], bits => Assert.InRange(bits, 140_000, 160_000));
        Assert.All(seconds[42..59], bits => Assert.InRange(bits, 1_900_000, 2_100_000));
    }

    [Fact]
    public void AnOutagePassesNothingAndEnds()
    {
        var model = new LinkModel(LinkProfile.Outage.Down, seed: 4, Began);
        Assert.Equal(LinkFate.Delivered, model.Take(At(19_900), 100, out _));
        Assert.Equal(LinkFate.Down, model.Take(At(20_000), 100, out _));
        Assert.Equal(LinkFate.Down, model.Take(At(29_999), 100, out _));
        Assert.Equal(LinkFate.Delivered, model.Take(At(30_000), 100, out var arrival));
        Assert.InRange((arrival - At(30_000)).TotalMilliseconds, 40, 41);
    }

    [Fact]
    public void WhatStillWaitsWhenALinkGoesDownIsLost()
    {
        var model = new LinkModel(
            [
                (TimeSpan.Zero, new LinkWay { BitsPerSecond = 10_000 }),
                (TimeSpan.FromMilliseconds(500), LinkWay.Down),
                (TimeSpan.FromSeconds(1), new LinkWay { BitsPerSecond = 10_000 }),
            ], 1, Began);
        Assert.Equal(LinkFate.Down, model.Take(Began, 1_222, out _));   // would leave after 1 s
        Assert.Equal(LinkFate.Delivered, model.Take(At(1), 97, out var arrival));
        Assert.Equal(At(101), arrival);
    }

    [Fact]
    public void ALinkCanBeChangedAtAnyTime()
    {
        var model = Model(LinkWay.Perfect);
        model.Change(At(100), LinkProfile.Steady("gone", LinkWay.Down).Down);
        Assert.Equal(LinkFate.Down, model.Take(At(200), 100, out _));
        model.Change(At(300), LinkProfile.Village.Down);
        Assert.InRange(Arrival(Model(LinkProfile.Village.Down[0].Way with { Loss = 0 }), At(301)) - At(301), TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(330));
        Assert.NotEqual(LinkFate.Down, model.Take(At(301), 100, out _));
    }

    [Fact]
    public void TheSameSeedGivesTheSameFates()
    {
        var way = new LinkWay { BitsPerSecond = 200_000, Loss = 0.1, Jitter = TimeSpan.FromMilliseconds(9), Reorder = 0.1, Bursts = new BurstLoss(0.1, 3) };
        Assert.Equal(Fates(1), Fates(1));
        Assert.NotEqual(Fates(1), Fates(2));

        (LinkFate, Instant)[] Fates(int seed)
        {
            var model = new LinkModel([(TimeSpan.Zero, way)], seed, Began);
            return [.. Enumerable.Range(0, 2_000).Select(i => (model.Take(At(i * 5), 100, out var arrival), arrival))];
        }
    }

    [Fact]
    public void StepsOutOfOrderAreRefused()
    {
        Assert.Throws<ArgumentException>(() => new LinkModel([], 1, Began));
        Assert.Throws<ArgumentException>(() => new LinkModel([(TimeSpan.FromSeconds(1), LinkWay.Down)], 1, Began));
        Assert.Throws<ArgumentException>(() => new LinkModel([(TimeSpan.Zero, LinkWay.Down), (TimeSpan.Zero, LinkWay.Perfect)], 1, Began));
    }

    [Fact]
    public void BothWaysOfANamedLinkAreAlikeAndHaveLuckOfTheirOwn()
    {
        var profile = LinkProfile.Lossy;
        var (down, up) = (new LinkModel(profile.Down, 9, Began), new LinkModel(profile.Up, ~9, Began));
        var fates = Enumerable.Range(0, 10_000).Select(i => (Down: down.Take(At(i * 50), 100, out _), Up: up.Take(At(i * 50), 100, out _))).ToArray();
        Assert.InRange(fates.Count(fate => fate.Down == LinkFate.Lost), 1_850, 2_150);
        Assert.InRange(fates.Count(fate => fate.Up == LinkFate.Lost), 1_850, 2_150);
        Assert.InRange(fates.Count(fate => fate == (LinkFate.Lost, LinkFate.Lost)), 300, 500);
    }

    private static LinkModel Model(LinkWay way) => new([(TimeSpan.Zero, way)], seed: 7, Began);

    private static Instant At(double milliseconds) => Began + TimeSpan.FromMilliseconds(milliseconds);

    private static Instant Arrival(LinkModel model, Instant now)
    {
        Assert.Equal(LinkFate.Delivered, model.Take(now, 100, out var arrival));
        return arrival;
    }

    private static bool[] Lost(LinkWay way, int count)
    {
        var model = Model(way);
        return [.. Enumerable.Range(0, count).Select(i => model.Take(At(i), 100, out _) == LinkFate.Lost)];
    }

    private static double MeanRun(bool[] lost)
    {
        var (runs, before) = (0, false);
        foreach (var isLost in lost)
        {
            runs += isLost && !before ? 1 : 0;
            before = isLost;
        }

        return lost.Count(isLost => isLost) / (double)runs;
    }
}
