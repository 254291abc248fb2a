using Streaming.Benchmarks.Guard;

namespace Streaming.Benchmarks.Tests.Guard;

public class GuardedSuiteTests
{
    private static readonly Baseline Committed = Baseline.Read(ReadBaseline());

    [Fact]
    public void TheBaselineHasEveryCaseInOrderAndNoOther() => Assert.Equal(GuardedSuite.Cases.Select(@case => @case.Name), Committed.Cases.Keys);

    [Fact]
    public void TheBaselineIsWrittenAsRecordingWritesIt() => Assert.Equal(ReadBaseline(), Committed.Write());

    [Fact]
    public void EveryToleranceSeesASlowDownOfThirtyPerCent() => Assert.All(Committed.Cases, one => Assert.InRange(one.Value.Tolerance, 0.01, 0.29));

    [Fact]
    public void ThePathAllocatesNothing() => Assert.All(
        Committed.Cases.Where(one => one.Key.Split('.')[0] is "Rtp" or "Srtp" or "Unprotect" or "Forward" or "Feedback"),
        one => Assert.Equal(0, one.Value.Allocated));

    // Each rig says at its end whether what was sent arrived: a case that measures nothing would be fast.
    [Fact]
    public void EveryCaseAndItsReferenceDoTheirWork() => Assert.All(GuardedSuite.Cases, @case =>
    {
        using var subject = new Subject(@case);
        for (var i = 0; i < 3; i++)
        {
            subject.Make(2);
            subject.Run(2);
            subject.Reference.Run(2);
        }

        Assert.Equal(Committed.Cases[@case.Name].Reference, subject.Reference.Name);
    });

    [Fact]
    public void WhatIsMadeAheadIsNotMadeByTheBenchmark()
    {
        var made = new GuardedCase("", GuardedBenchmark.Of<Counting>(nameof(Counting.Take), _ => new Nothing()), () => new Counting());
        using var subject = new Subject(made);

        subject.Make(5);
        subject.Run(5);

        Assert.Equal((5, 5), (Counting.Last!.Made, Counting.Last.Taken));
        Assert.True(Counting.Last.IsSetUp);
    }

    [Fact]
    public void AllocationsAreCountedToTheByte()
    {
        using var meter = new CaseMeter(new GuardedCase("one", GuardedBenchmark.Of<Counting>(nameof(Counting.Allocate), _ => new Nothing()), () => new Counting()));
        meter.WarmUp(TimeSpan.Zero);
        meter.Calibrate();
        meter.Visit();

        Assert.Equal(48, meter.Finish().Allocated);   // an array of 24 bytes has a head of 24
    }

    [Fact]
    public void ParametersMakeCasesInOrder() => Assert.Equal(
        ["Counting.Take Size=1 Way=a", "Counting.Take Size=1 Way=b", "Counting.Take Size=2 Way=b"],
        GuardedBenchmark.Of<CountingBenchmarks>(nameof(Counting.Take), _ => new Nothing(), only: one => one.Size == 1 || one.Way == "b").Cases().Select(@case => @case.Name));

    private static string ReadBaseline()
    {
        using var stream = typeof(GuardedSuiteTests).Assembly.GetManifestResourceStream("baseline.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private sealed class Nothing() : Reference("nothing")
    {
        public override void Run()
        {
        }
    }
}
