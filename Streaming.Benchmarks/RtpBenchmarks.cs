using BenchmarkDotNet.Attributes;
using Streaming.Rtc.Rtp;

namespace Streaming.Benchmarks;

/// <summary>Reading and writing RTP headers.</summary>
[MemoryDiagnoser]
public class RtpBenchmarks
{
    private readonly byte[] _packet = new byte[1_100];

    [GlobalSetup]
    public void Setup() => Write();

    [Benchmark]
    public uint Read() => RtpReader.TryRead(_packet, out var packet) ? packet.Ssrc.Value + packet.Timestamp + (uint)packet.Payload.Length : 0;

    [Benchmark]
    public int Write() => RtpWriter.WriteHeader(_packet, true, new PayloadType(96), new SequenceNumber(7), 90_000, new Ssrc(1));
}
