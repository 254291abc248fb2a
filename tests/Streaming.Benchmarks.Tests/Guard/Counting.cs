using BenchmarkDotNet.Attributes;
using Streaming.Benchmarks.Guard;

namespace Streaming.Benchmarks.Tests.Guard;

/// <summary>A benchmark that notes what the guard does with it.</summary>
public class Counting
{
    private byte[]? _kept;

    public static Counting? Last { get; private set; }

    public bool IsSetUp { get; private set; }

    public int Made { get; private set; }

    public int Taken { get; private set; }

    [GlobalSetup]
    public void Setup() => (Last, IsSetUp) = (this, true);

    public void Make(int operations) => Made += operations;

    [Benchmark]
    [MadeAhead(nameof(Make))]
    public int Take() => ++Taken;

    [Benchmark]
    public int Allocate() => (_kept = new byte[24]).Length;
}

/// <summary>The same with parameters, one of them from a list.</summary>
public class CountingBenchmarks : Counting
{
    [Params(1, 2)]
    public int Size { get; set; }

    [ParamsSource(nameof(Ways))]
    public string Way { get; set; } = "";

    public static IEnumerable<string> Ways => ["a", "b"];
}
