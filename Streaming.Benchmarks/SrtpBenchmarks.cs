using BenchmarkDotNet.Attributes;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;

namespace Streaming.Benchmarks;

/// <summary>Protecting one RTP packet, by profile and size.</summary>
[MemoryDiagnoser]
public class SrtpBenchmarks
{
    private readonly byte[] _header = new byte[RtpWriter.HeaderLength];
    private readonly byte[] _destination = new byte[2048];
    private byte[] _payload = [];
    private OutboundSrtp _session = null!;
    private OutboundSrtpStream _stream = null!;
    private SequenceNumber _number;

    [Params(88, 1_088)]
    public int PayloadSize { get; set; }

    [Params(SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1Tag80)]
    public SrtpProfile Profile { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var material = new byte[Profile == SrtpProfile.AeadAes128Gcm ? 56 : 60];
        new Random(1).NextBytes(material);
        _payload = new byte[PayloadSize];
        _session = new OutboundSrtp(SrtpKeys.FromExporter(Profile, material, DtlsRole.Server));
        _stream = _session.Open(new Ssrc(1));
    }

    [GlobalCleanup]
    public void Cleanup() => _session.Dispose();

    [Benchmark]
    public int Protect()
    {
        _number += 1;
        RtpWriter.WriteHeader(_header, false, new PayloadType(96), _number, 0, new Ssrc(1));
        return _stream.Protect(_header, _payload, _destination);
    }
}
