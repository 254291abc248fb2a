using BenchmarkDotNet.Attributes;
using Streaming.Benchmarks.Guard;
using Streaming.Benchmarks.Rigs;

namespace Streaming.Benchmarks;

/// <summary>The same with viewers who tell when each packet came: numbers, a history and a pacer for each, and what they tell.</summary>
[MemoryDiagnoser]
public class NumberedBenchmarks
{
    private ForwardRig _rig = null!;

    [Params(30, 300)]
    public int Viewers { get; set; }

    [GlobalSetup]
    public void Connect() => _rig = new ForwardRig(Viewers, tellsArrivals: true);

    [GlobalCleanup]
    public void Close()
    {
        _rig.Check();
        _rig.Dispose();
    }

    public void MakeFrames(int operations) => _rig.Make(operations, _rig.MakeFrame);

    public void MakeArrivals(int operations) => _rig.Make(operations, _rig.MakeArrivals);

    [Benchmark(Description = "a picture of five packets and a voice packet to all viewers, numbered and paced")]
    [MadeAhead(nameof(MakeFrames))]
    public void Frame()
    {
        if (_rig.IsEmpty)
        {
            MakeFrames(1);
        }

        _rig.Round();
    }

    [Benchmark(Description = "a transport feedback of every viewer on 18 packets")]
    [MadeAhead(nameof(MakeArrivals))]
    public void Arrivals()
    {
        if (_rig.IsEmpty)
        {
            MakeArrivals(1);
        }

        _rig.Round();
    }
}
