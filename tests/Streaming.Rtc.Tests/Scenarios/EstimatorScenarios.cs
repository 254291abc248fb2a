using Xunit.Abstractions;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>The estimate towards a viewer on the links that students have. Virtual time, seeded; rates in bit/s, waits in ms.</summary>
public sealed class EstimatorScenarios(ITestOutputHelper output)
{
    private static readonly int[] Seeds = [1, 2, 3, 4, 5];
    private static readonly bool[] Kinds = [false, true];

    [Fact]
    public void AGoodLinkIsFilledWithinEightSecondsAndNothingWaits() => Both((seed, isElastic) =>
    {
        var run = new EstimatorRun(seed, rate: 1_500_000, delay: 40);
        run.Viewer.Source.IsElastic = isElastic;
        run.Run(30);
        Say($"{seed}{(isElastic ? "e" : "")}: 1.1M at {run.Reached(0, 1_100_000):0.0} s, mean {run.Mean(8, 30):0}, least {run.Least(8, 30)}, wait p95 {run.Wait(0.95, 0, 30):0} ms, probed {run.Viewer.Probed}");
        Assert.InRange(run.Reached(0, 1_100_000), 0, 8);
        Assert.InRange(run.Mean(8, 30), 1_000_000, 1_900_000);
        Assert.InRange(run.Wait(0.95, 0, 30), 0, isElastic ? 150 : 80);
    });

    [Fact]
    public void AMiddlingLinkWithALittleLossSettlesBelowItsRate() => Both((seed, isElastic) =>
    {
        var run = new EstimatorRun(seed, rate: 400_000, delay: 80, loss: 0.02);
        run.Viewer.Source.IsElastic = isElastic;
        run.Run(60);
        Say($"{seed}{(isElastic ? "e" : "")}: mean {run.Mean(10, 60):0}, {run.Least(10, 60)}–{run.Most(10, 60)}, wait p95 {run.Wait(0.95, 5, 60):0} ms");
        Assert.InRange(run.Mean(10, 60), 250_000, 420_000);
        Assert.InRange(run.Wait(0.95, 5, 60), 0, 200);
    });

    [Fact]
    public void AWeakLinkWithFivePercentLossCarriesThePicture() => Both((seed, isElastic) =>
    {
        var run = new EstimatorRun(seed, rate: 200_000, delay: 120, loss: 0.05);
        run.Viewer.Source.IsElastic = isElastic;
        run.Run(60);
        Say($"{seed}{(isElastic ? "e" : "")}: mean {run.Mean(10, 60):0}, {run.Least(10, 60)}–{run.Most(10, 60)}, wait p95 {run.Wait(0.95, 5, 60):0} ms");
        Assert.InRange(run.Mean(10, 60), 120_000, 230_000);
        Assert.InRange(run.Wait(0.95, 5, 60), 0, 300);
    });

    [Fact]
    public void RareAndLostFeedbackIsEnoughForAWeakLink() => Both((seed, isElastic) =>
    {
        var run = new EstimatorRun(seed, rate: 200_000, delay: 200, loss: 0.05);
        run.Viewer.FeedbackInterval = TimeSpan.FromMilliseconds(250);
        run.Viewer.Up.Loss = 0.1;
        run.Viewer.Source.IsElastic = isElastic;
        run.Run(60);
        Say($"{seed}{(isElastic ? "e" : "")}: mean {run.Mean(10, 60):0}, {run.Least(10, 60)}–{run.Most(10, 60)}, wait p95 {run.Wait(0.95, 5, 60):0} ms");
        Assert.InRange(run.Mean(10, 60), 110_000, 230_000);
        Assert.InRange(run.Wait(0.95, 5, 60), 0, 400);
    });

    [Fact]
    public void ABufferOfFourSecondsIsNotFilled() => Both((seed, isElastic) =>
    {
        var run = new EstimatorRun(seed, rate: 64_000, delay: 200, loss: 0.02);
        run.Down.QueueLimit = TimeSpan.FromSeconds(4);
        run.Viewer.Source.IsElastic = isElastic;
        run.Run(60);
        Say($"{seed}{(isElastic ? "e" : "")}: mean {run.Mean(10, 60):0}, first 10 s most {run.Wait(1, 0, 10):0} ms, later p95 {run.Wait(0.95, 10, 60):0}, most {run.Wait(1, 10, 60):0} ms");
        Assert.InRange(run.Wait(0.95, 10, 60), 0, 300);
        Assert.InRange(run.Mean(10, 60), 40_000, 80_000);
    });

    [Fact]
    public void AVeryWeakLinkCarriesVoiceAndItsQueueDoesNotStand() => Both((seed, isElastic) =>
    {
        var run = new EstimatorRun(seed, rate: 64_000, delay: 200, loss: 0.05);
        run.Viewer.Source.IsElastic = isElastic;
        run.Run(60);
        Say($"{seed}{(isElastic ? "e" : "")}: mean {run.Mean(10, 60):0}, {run.Least(10, 60)}–{run.Most(10, 60)}, wait p50 {run.Wait(0.5, 5, 60):0} p95 {run.Wait(0.95, 5, 60):0} ms, first 5 s p95 {run.Wait(0.95, 0, 5):0}");
        Assert.InRange(run.Mean(10, 60), 40_000, 75_000);
        Assert.InRange(run.Wait(0.95, 5, 60), 0, 300);
    });

    [Fact]
    public void ALinkThatShrinksIsLeftAtOnceAndTakenAgainWhenItReturns() => Both((seed, isElastic) =>
    {
        var run = new EstimatorRun(seed, rate: 2_000_000, delay: 60);
        run.Viewer.Source.IsElastic = isElastic;
        run.Run(20);
        run.Down.Rate = 150_000;
        run.Run(20);
        run.Down.Rate = 2_000_000;
        run.Run(20);
        Say($"{seed}{(isElastic ? "e" : "")}: before {run.Mean(10, 20):0}, ≤160k after {run.Fell(20, 160_000) - 20:0.0} s, narrow {run.Mean(25, 40):0}, wait p95 {run.Wait(0.95, 25, 40):0}, ≥1M after {run.Reached(40, 1_000_000) - 40:0.0} s");
        Assert.InRange(run.Mean(10, 20), 1_100_000, 2_400_000);
        Assert.InRange(run.Fell(20, 160_000) - 20, 0, 2);
        Assert.InRange(run.Mean(25, 40), 80_000, 175_000);
        Assert.InRange(run.Reached(40, 1_000_000) - 40, 0, 10);
    });

    [Fact]
    public void RandomLossWithoutAQueueDoesNotStarve() => Both((seed, isElastic) =>
    {
        var run = new EstimatorRun(seed, rate: 200_000, delay: 100, loss: 0.20);
        run.Viewer.Source.IsElastic = isElastic;
        run.Run(60);
        Say($"{seed}{(isElastic ? "e" : "")}: mean {run.Mean(10, 60):0}, {run.Least(10, 60)}–{run.Most(10, 60)}, wait p95 {run.Wait(0.95, 5, 60):0} ms");
        Assert.InRange(run.Mean(10, 60), 60_000, 230_000);
        Assert.InRange(run.Least(10, 60), 45_000, 230_000);
    });

    [Fact]
    public void BurstsOfLossDoNotStarveEither() => Both((seed, isElastic) =>
    {
        var run = new EstimatorRun(seed, rate: 500_000, delay: 80);
        run.Down.Bursts = (0.01, 0.1);
        run.Viewer.Source.IsElastic = isElastic;
        run.Run(60);
        Say($"{seed}{(isElastic ? "e" : "")}: mean {run.Mean(10, 60):0}, {run.Least(10, 60)}–{run.Most(10, 60)}, wait p95 {run.Wait(0.95, 5, 60):0} ms");
        Assert.InRange(run.Mean(10, 60), 200_000, isElastic ? 500_000 : 700_000);
    });

    [Fact]
    public void AfterAnOutageOfTenSecondsVoiceMayGoAtOnce() => Both((seed, isElastic) =>
    {
        var run = new EstimatorRun(seed, rate: 1_000_000, delay: 80);
        run.Viewer.Source.IsElastic = isElastic;
        run.Run(15);
        run.Down.Rate = 0;
        run.Run(10);
        var atReturn = run.Viewer.Estimator.Target;
        run.Down.Rate = 1_000_000;
        run.Run(15);
        Say($"{seed}{(isElastic ? "e" : "")}: before {run.Mean(10, 15):0}, at return {atReturn}, ≥150k after {run.Reached(25, 150_000) - 25:0.0} s, ≥500k after {run.Reached(25, 500_000) - 25:0.0} s");
        Assert.InRange(atReturn, 40_000, 200_000);
        Assert.InRange(run.Least(15, 40), 40_000, 1_000_000);
        Assert.InRange(run.Reached(25, 500_000) - 25, 0, 6);
    });

    [Fact]
    public void FeedbackThatIsLostForAWhileCostsLittle() => Every(seed =>
    {
        var run = new EstimatorRun(seed, rate: 1_000_000, delay: 80);
        run.Run(15);
        var before = run.Viewer.Estimator.Target;
        run.Viewer.Up.Loss = 1;
        run.Run(3);
        var during = run.Viewer.Estimator.Target;
        run.Viewer.Up.Loss = 0;
        run.Run(5);
        Say($"{seed}: before {before}, during {during}, after {run.Viewer.Estimator.Target}");
        Assert.InRange(during, 0.3 * before, 0.8 * before);
        Assert.InRange(run.Viewer.Estimator.Target, 0.7 * before, 1.5 * before);
    });

    [Fact]
    public void TwoViewersBehindOneLinkShareItWithinThreeToOne() => Both((seed, isElastic) =>
    {
        // The other comes later, when the first has taken what it wants.
        var run = new EstimatorRun(seed, rate: 1_100_000, delay: 60, viewers: 2) { Late = 20 };
        foreach (var viewer in run.Viewers) viewer.Source.IsElastic = isElastic;
        run.Run(40);
        var (firstBefore, secondBefore) = (run.Viewers[0].Received, run.Viewers[1].Received);
        run.Run(60);
        var (one, two) = (run.Mean(40, 100), run.Mean(40, 100, viewer: 1));
        var (first, second) = ((run.Viewers[0].Received - firstBefore) * 8 / 60, (run.Viewers[1].Received - secondBefore) * 8 / 60);
        Say($"{seed}{(isElastic ? "e" : "")}: {one:0} and {two:0}, received {first} and {second}, wait p95 {run.Wait(0.95, 40, 100):0} ms");
        Assert.InRange(one / two, 1 / 3.0, 3);
        Assert.InRange(first / (double)second, 1 / 3.0, 3);
    });

    [Fact]
    public void JitterWithoutCongestionDoesNotCollapseTheEstimate() => Both((seed, isElastic) =>
    {
        var run = new EstimatorRun(seed, rate: 1_500_000, delay: 80);
        run.Down.Jitter = TimeSpan.FromMilliseconds(30);
        run.Viewer.Source.IsElastic = isElastic;
        run.Run(40);
        Say($"{seed}{(isElastic ? "e" : "")}: mean {run.Mean(8, 40):0}, {run.Least(8, 40)}–{run.Most(8, 40)}");
        Assert.InRange(run.Mean(8, 40), 700_000, 2_000_000);
        Assert.InRange(run.Least(8, 40), 350_000, 2_000_000);
    });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.2, 0)]
    [InlineData(0, 30)]
    public void VoiceAloneNeitherCollapsesNorClimbs(double loss, int jitter) => Every(seed =>
    {
        var run = new EstimatorRun(seed, rate: 2_000_000, delay: 100, loss: loss);
        run.Down.Jitter = TimeSpan.FromMilliseconds(jitter);
        run.Viewer.Source.MostLayer = 0;
        run.Viewer.Estimator.Wanted = 60_000;
        run.Run(60);
        Say($"{seed}: {run.Least(0, 60)}–{run.Most(0, 60)}, last {run.Viewer.Estimator.Target}, probed {run.Viewer.Probed}");
        Assert.InRange(run.Least(0, 60), 50_000, 300_000);
        Assert.InRange(run.Most(1, 60), 50_000, 300_000);
        Assert.InRange(run.Viewer.Probed, 0, 10_000);
    });

    private void Say(string line) => output.WriteLine(line);

    /// <summary>With a source of layers, and with one that takes all that is allowed.</summary>
    private static void Both(Action<int, bool> scenario)
    {
        foreach (var isElastic in Kinds) Every(seed => scenario(seed, isElastic));
    }

    private static void Every(Action<int> scenario)
    {
        foreach (var seed in Seeds) scenario(seed);
    }
}
