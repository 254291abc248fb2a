using BenchmarkDotNet.Attributes;
using Streaming.Benchmarks.Guard;
using Streaming.Benchmarks.Rigs;

namespace Streaming.Benchmarks;

/// <summary>The teacher shows the screen and then the camera again: every viewer's slot changes its source and starts with a key frame.</summary>
[MemoryDiagnoser]
public class SwitchBenchmarks
{
    private ForwardRig _rig = null!;

    [Params(30, 300)]
    public int Viewers { get; set; }

    [GlobalSetup]
    public void Connect() => _rig = new ForwardRig(Viewers);

    [GlobalCleanup]
    public void Close()
    {
        _rig.Check();
        _rig.Dispose();
    }

    public void Make(int operations) => _rig.Make(operations, _rig.MakeSwitch);

    [Benchmark(Description = "to the screen and back, for all viewers")]
    [MadeAhead(nameof(Make))]
    public void ThereAndBack()
    {
        if (_rig.IsEmpty)
        {
            Make(1);
        }

        _rig.Switch();
    }
}
