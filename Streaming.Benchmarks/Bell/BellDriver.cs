using System.Diagnostics;
using Streaming.Benchmarks.Runs;

namespace Streaming.Benchmarks.Bell;

/// <summary>Drives classes at a steady rate from a few threads; one class belongs to one thread.</summary>
internal sealed class BellDriver(IReadOnlyList<BellClass> classes, int threads)
{
    private const int Burst = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Lets classes take steps in turn, and whatever time asks for meanwhile.</summary>
    /// <param name="steps">How many in all.</param>
    /// <param name="rate">How many a second; null for as fast as it goes.</param>
    /// <returns>The CPU of the driving threads.</returns>
    public async Task<TimeSpan> DriveAsync(int steps, int? rate)
    {
        var driving = new Task<TimeSpan>[threads];
        for (var i = 0; i < threads; i++)
        {
            var own = classes.Where((_, at) => at % threads == i).ToArray();
            var share = own.Length == 0 ? 0 : (steps / threads) + (i < steps % threads ? 1 : 0);
            var pace = rate / (double)threads;
            driving[i] = Task.Factory.StartNew(
                () => Drive(own, share, pace), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        return (await Task.WhenAll(driving)).Aggregate(TimeSpan.Zero, (sum, cpu) => sum + cpu);
    }

    private static TimeSpan Drive(BellClass[] own, int steps, double? rate)
    {
        var cpu = ProcessCpu.OfThread();
        var since = Stopwatch.StartNew();
        for (var done = 0; done < steps;)
        {
            var due = rate is { } pace ? Math.Min(steps, (int)(since.Elapsed.TotalSeconds * pace) + 1) : Math.Min(steps, done + Burst);
            for (; done < due; done++)
            {
                own[done % own.Length].Step();
            }

            Array.ForEach(own, @class => @class.Tick());
            if (rate is not null)
            {
                Thread.Sleep(Pause);
            }
        }

        return ProcessCpu.OfThread() - cpu;
    }
}
