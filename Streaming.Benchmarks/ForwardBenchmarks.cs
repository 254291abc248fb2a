using BenchmarkDotNet.Attributes;
using Streaming.Rtc.Srtp;

namespace Streaming.Benchmarks;

/// <summary>One packet of 1 100 bytes through the engine: unprotect, books, cache, and one protect per viewer. No socket.</summary>
[MemoryDiagnoser]
public class ForwardBenchmarks
{
    private ForwardRig _rig = null!;

    [Params(1, 30, 300)]
    public int Viewers { get; set; }

    [Params(SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1Tag80)]
    public SrtpProfile Profile { get; set; }

    [GlobalSetup]
    public void Connect() => _rig = new ForwardRig(Viewers, Profile);

    [GlobalCleanup]
    public void Close() => _rig.Dispose();

    [Benchmark(Description = "one packet to all viewers")]
    public void Forward() => _rig.Forward();
}
