using Streaming.Rtc.Sfu.Congestion;

namespace Streaming.Rtc.Tests.Sfu.Congestion;

public sealed class ProbePlanTests
{
    private const double Most = 4_000_000;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);
    private readonly ProbePlan _plan = new(new EstimatorOptions { Start = 300_000 });
    private double _now = 1;
    private long _index = 100;

    [Fact]
    public void TheFirstGoToThreeAndSixTimesTheStartAndThenToTwiceTheEstimate()
    {
        Assert.Equal(900_000, Probe(target: 300_000, link: 10_000_000, out var found));
        Assert.Equal(900_000, found, 20_000.0);
        Assert.Equal(1_800_000, Probe(found, link: 10_000_000, out found));
        Assert.Equal(3_600_000, Probe(found, link: 10_000_000, out found), 50_000.0);
    }

    [Fact]
    public void AProbeBeyondTheLinkFindsTheLinksRate()
    {
        Probe(target: 300_000, link: 500_000, out var found);
        Assert.InRange(found, 440_000, 500_000);
    }

    [Fact]
    public void AfterOneThatFoundNothingTheNextWaitsForSeconds()
    {
        Probe(target: 300_000, link: 300_000, out _);
        var until = _now;
        while (!IsPlanned(300_000)) _now += 0.1;
        Assert.InRange(_now - until, 2.9, 5.1);
    }

    [Fact]
    public void NothingIsProbedThatNobodyWants() => Assert.False(IsPlanned(300_000, most: 310_000));

    [Fact]
    public void TroubleDropsWhatIsPlannedAndPutsTheNextOff()
    {
        _plan.Plan(At(_now), 300_000, Most, TimeSpan.Zero);
        _plan.Postpone(At(_now));
        Assert.False(_plan.TryTake(At(_now), out _));
        Assert.False(IsPlanned(300_000));
        _now += 1.1;
        Assert.True(IsPlanned(300_000));
    }

    [Fact]
    public void AProbeThatIsNeverAnsweredIsGivenUp()
    {
        _plan.Plan(At(_now), 300_000, Most, TimeSpan.Zero);
        Assert.True(_plan.TryTake(At(_now), out var cluster));
        _plan.NoteSent(cluster.Id, _index);
        Assert.True(_plan.IsUnderWay(At(_now)));
        _now += 1.5;
        Assert.False(_plan.TryJudge(At(_now), _index + 1, 300_000, RoundTrip, out _));
        _now += 0.5;
        Assert.False(_plan.IsUnderWay(At(_now)));
    }

    [Fact]
    public void AProbeIsSmallOnAWeakLinkAndLongerThanTheJitter()
    {
        _plan.Plan(At(_now), 40_000, 80_000, TimeSpan.Zero);
        Assert.True(_plan.TryTake(At(_now), out var cluster));
        Assert.InRange(cluster.Packets * cluster.PacketBytes, 500, 1_000);

        var other = new ProbePlan(new EstimatorOptions { Start = 300_000 });
        other.Plan(At(_now), 300_000, Most, TimeSpan.FromMilliseconds(30));
        Assert.True(other.TryTake(At(_now), out cluster));
        Assert.InRange((cluster.Spacing * cluster.Packets).TotalMilliseconds, 95, 110);
    }

    [Fact]
    public void AProbeOfWhichLittleArrivesTellsNothing()
    {
        _plan.Plan(At(_now), 300_000, Most, TimeSpan.Zero);
        _plan.TryTake(At(_now), out var cluster);
        for (var i = 0; i < cluster.Packets; i++) _plan.NoteSent(cluster.Id, _index + i);
        _plan.NoteReceived(_index, 0, 0, cluster.PacketBytes);
        _plan.NoteReceived(_index + 1, 10_000, 10_000, cluster.PacketBytes);
        Assert.False(_plan.TryJudge(At(_now), _index + cluster.Packets, 300_000, RoundTrip, out _));
    }

    private static Instant At(double second) => new((long)(second * TimeSpan.TicksPerSecond));

    private bool IsPlanned(double target, double most = Most)
    {
        _plan.Plan(At(_now), target, most, TimeSpan.Zero);
        return _plan.TryTake(At(_now), out _);
    }

    /// <summary>Sends the next probe over a link of some rate, and answers at what rate it went.</summary>
    private int Probe(double target, double link, out double found)
    {
        _plan.Plan(At(_now), target, Most, TimeSpan.Zero);
        Assert.True(_plan.TryTake(At(_now), out var cluster));
        var arrival = At(_now).Ticks;
        for (var i = 0; i < cluster.Packets; i++)
        {
            var sentAt = At(_now) + (cluster.Spacing * i);
            arrival = Math.Max(arrival, sentAt.Ticks) + (long)(cluster.PacketBytes * 8 / link * TimeSpan.TicksPerSecond);
            _plan.NoteSent(cluster.Id, _index + i);
            _plan.NoteReceived(_index + i, sentAt.Ticks, arrival, cluster.PacketBytes);
        }

        _index += cluster.Packets;
        _now += 0.3;
        Assert.True(_plan.TryJudge(At(_now), _index, target, RoundTrip, out found));
        return cluster.Bitrate;
    }
}
