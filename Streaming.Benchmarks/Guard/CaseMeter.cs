using System.Diagnostics;
using Streaming.Benchmarks.Runs;

namespace Streaming.Benchmarks.Guard;

/// <summary>Measures one case: stretches of it and of its reference by turns, many short ones, some at each visit.</summary>
/// <remarks>
/// Time is the thread's own, so that waiting for a processor is not in it; and the two stretches of a pair meet the same caches, so that what
/// other processes take from one they take from the other. Of a visit the fastest stretch of each counts: the rest were disturbed. Visits lie
/// seconds apart, and their median counts, so that a bad second cannot decide.
/// </remarks>
internal sealed class CaseMeter(GuardedCase @case) : IDisposable
{
    private const int MostPairs = 48;
    private const int MostCalls = 4_096;
    private const int FewestPairs = 8;
    private const int MostAhead = 512;        // what is made ahead fits a cache
    private const int AllocationBatches = 4;
    private const int MostBatchCalls = 512;   // what comes once in thousands, such as a lesson saved each half hour, is in one batch and not in all
    private static readonly TimeSpan Stretch = TimeSpan.FromMicroseconds(150);
    private static readonly TimeSpan VisitTime = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(10);
    private readonly Subject _subject = new(@case);
    private readonly List<(double Subject, double Reference)> _visits = [];
    private int _calls = 1;
    private int _times = 1;
    private int _pairs = FewestPairs;

    /// <summary>Runs both until the compiler has made of them what it will.</summary>
    /// <param name="time">At least so long, and at least as often as the compiler wants to see a method called.</param>
    public void WarmUp(TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < 64 || Stopwatch.GetElapsedTime(start) < time; i++)
        {
            _subject.Make(1);
            _subject.Run(1);
            _subject.Reference.Run(1);
        }
    }

    /// <summary>Chooses how much is one stretch, and how many a visit has.</summary>
    public void Calibrate()
    {
        _calls = Fit(_subject.Make, _subject.Run, _subject.IsMadeAhead ? MostAhead : MostCalls);
        _times = Fit(_ => { }, _subject.Reference.Run, MostCalls);
        var start = Now();
        Measure();
        _pairs = (int)Math.Clamp(VisitTime / (Now() - start), FewestPairs, MostPairs);
    }

    /// <summary>Measures some pairs.</summary>
    public void Visit()
    {
        Measure();   // what the last case left in the caches is not ours
        var (subject, reference) = (double.MaxValue, double.MaxValue);
        for (var i = 0; i < _pairs; i++)
        {
            var (ofSubject, ofReference) = Measure();
            (subject, reference) = (Math.Min(subject, ofSubject), Math.Min(reference, ofReference));
        }

        _visits.Add((subject, reference));
    }

    /// <summary>What came out.</summary>
    public Measured Finish()
    {
        double[] ratios = [.. _visits.Select(visit => visit.Subject / visit.Reference).Order()];
        return new Measured(
            @case.Name, _subject.Reference.Name, Allocated(), Quantile(ratios, 0.5), Quantile(ratios, 0.75) - Quantile(ratios, 0.25),
            _visits.Min(visit => visit.Subject) / _subject.OperationsPerCall, _visits.Min(visit => visit.Reference));
    }

    public void Dispose() => _subject.Dispose();

    /// <summary>Bytes that one operation allocates on this thread, when nothing grows any more: the least of some batches.</summary>
    private decimal Allocated()
    {
        var period = @case.Benchmark.Period;
        var fitting = Math.Min(MostBatchCalls, (int)(BatchTime / Stretch * _calls));
        var calls = period * Math.Max(1, fitting / period);
        var least = long.MaxValue;
        for (var i = 0; i < AllocationBatches; i++)
        {
            _subject.Make(calls);
            var before = GC.GetAllocatedBytesForCurrentThread();
            _subject.Run(calls);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return Math.Round(least / ((decimal)calls * _subject.OperationsPerCall), 3);
    }

    private (double Subject, double Reference) Measure()
    {
        _subject.Make(_calls);
        var start = Now();
        _subject.Run(_calls);
        var middle = Now();
        _subject.Reference.Run(_times);
        var end = Now();
        return ((middle - start).TotalNanoseconds / _calls, (end - middle).TotalNanoseconds / _times);
    }

    private static int Fit(Action<int> make, Action<int> run, int most)
    {
        for (var calls = 1; ; calls *= 2)
        {
            var least = TimeSpan.MaxValue;
            for (var i = 0; i < 3; i++)
            {
                make(calls);
                var start = Now();
                run(calls);
                var took = Now() - start;
                least = took < least ? took : least;
            }

            if (least >= Stretch / 2 || calls >= most)
            {
                return (int)Math.Clamp(calls * (Stretch / least), 1, most);
            }
        }
    }

    private static TimeSpan Now() => OperatingSystem.IsLinux() ? ProcessCpu.OfThread() : Stopwatch.GetElapsedTime(0);

    private static double Quantile(double[] sorted, double part) => sorted[(int)(part * (sorted.Length - 1))];
}
