using BenchmarkDotNet.Attributes;
using Streaming.Benchmarks.Rigs;
using Streaming.Contracts;

namespace Streaming.Benchmarks;

/// <summary>One message of a class to everybody's connection: written once for a protocol, then given to each connection's socket, which is none.</summary>
[MemoryDiagnoser]
public class HubBenchmarks
{
    private readonly ClassroomChange _hand = new(
        4_711, [new Seat("s-20260007", "欧阳小明", Role.Student, new DateTimeOffset(2026, 9, 1, 8, 15, 0, TimeSpan.Zero))]);

    private HubRig _rig = null!;

    [ParamsSource(nameof(Protocols))]
    public string Protocol { get; set; } = "";

    [Params(1, 100, 1_000)]
    public int Connections { get; set; }

    public static IEnumerable<string> Protocols => HubProtocols.Names;

    [GlobalSetup]
    public void Connect() => _rig = new HubRig(Connections, Protocol);

    [GlobalCleanup]
    public void Close() => _rig.Dispose();

    [Benchmark(Description = "a raised hand to all connections")]
    public long Send() => _rig.Send(_hand);
}
