using BenchmarkDotNet.Attributes;
using Streaming.Benchmarks.Guard;
using Streaming.Benchmarks.Rigs;
using Streaming.Rtc.Srtp;

namespace Streaming.Benchmarks;

/// <summary>Packets of 1 100 bytes through the engine: unprotect, books, cache, and one protect per viewer. No socket.</summary>
[MemoryDiagnoser]
public class ForwardBenchmarks
{
    private ForwardRig _rig = null!;

    [Params(1, 30, 300, 1_000)]
    public int Viewers { get; set; }

    [Params(SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1Tag80)]
    public SrtpProfile Profile { get; set; }

    [GlobalSetup]
    public void Connect() => _rig = new ForwardRig(Viewers, Profile);

    [GlobalCleanup]
    public void Close()
    {
        _rig.Check();
        _rig.Dispose();
    }

    public void MakePackets(int operations) => _rig.Make(operations, _rig.MakePacket);

    public void MakeFrames(int operations) => _rig.Make(operations, _rig.MakeFrame);

    [Benchmark(Description = "one packet to all viewers")]
    [MadeAhead(nameof(MakePackets))]
    public void Packet()
    {
        if (_rig.IsEmpty)
        {
            MakePackets(1);
        }

        _rig.Round();
    }

    [Benchmark(Description = "a picture of five packets and a voice packet to all viewers, in one round")]
    [MadeAhead(nameof(MakeFrames))]
    public void Frame()
    {
        if (_rig.IsEmpty)
        {
            MakeFrames(1);
        }

        _rig.Round();
    }
}
