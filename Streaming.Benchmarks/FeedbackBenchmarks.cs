using BenchmarkDotNet.Attributes;
using Streaming.Benchmarks.Guard;
using Streaming.Benchmarks.Rigs;

namespace Streaming.Benchmarks;

/// <summary>What viewers say back by RTCP: one datagram of every viewer, authenticated, read and acted on.</summary>
[MemoryDiagnoser]
public class FeedbackBenchmarks
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

    public void MakeReports(int operations) => _rig.Make(operations, _rig.MakeReports);

    public void MakeNacks(int operations) => _rig.Make(operations, _rig.MakeNacks);

    public void MakePictureLosses(int operations) => _rig.Make(operations, _rig.MakePictureLosses);

    [Benchmark(Description = "a receiver report of every viewer")]
    [MadeAhead(nameof(MakeReports))]
    public void Reports()
    {
        if (_rig.IsEmpty)
        {
            MakeReports(1);
        }

        _rig.Round();
    }

    [Benchmark(Description = "a NACK of every viewer, each answered by RTX")]
    [MadeAhead(nameof(MakeNacks))]
    public void Nacks()
    {
        if (_rig.IsEmpty)
        {
            MakeNacks(1);
        }

        _rig.Round();
    }

    [Benchmark(Description = "a picture loss indication of every viewer, merged")]
    [MadeAhead(nameof(MakePictureLosses))]
    public void PictureLosses()
    {
        if (_rig.IsEmpty)
        {
            MakePictureLosses(1);
        }

        _rig.Round();
    }
}
