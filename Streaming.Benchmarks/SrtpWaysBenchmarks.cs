using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;

namespace Streaming.Benchmarks;

/// <summary>Protecting and unprotecting one RTP packet, by what does it and by size; ratios are to OpenSSL's GCM of the same run.</summary>
[MemoryDiagnoser]
[MinColumn]
[Config(typeof(Ratios))]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory, BenchmarkLogicalGroupRule.ByParams)]
[CategoriesColumn]
public class SrtpWaysBenchmarks
{
    private const int MostOverhead = 16;

    private readonly byte[] _header = new byte[RtpWriter.HeaderLength];
    private readonly byte[] _output = new byte[1_500];
    private byte[] _payload = [];
    private Sender _openSsl = null!;
    private Sender _narrow = null!;
    private Sender _wide = null!;
    private Sender _sha1 = null!;

    [Params(88, 1_088)]
    public int PayloadSize { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _payload = new byte[PayloadSize];
        new Random(1).NextBytes(_payload);
        _openSsl = Gcm(GcmKind.OpenSsl);
        _narrow = Gcm(GcmKind.Narrow);
        _wide = Gcm(GcmKind.Wide);
        _sha1 = new Sender(SrtpProfile.AesCm128HmacSha1Tag80, GcmKind.Auto, _payload);
    }

    // What a machine does not have is null there, and its benchmarks end without a result.
    private Sender Gcm(GcmKind kind) => GcmChoice.Machine.Problem(kind) is null ? new Sender(SrtpProfile.AeadAes128Gcm, kind, _payload) : null!;

    [Benchmark(Baseline = true), BenchmarkCategory("protect")]
    public int ProtectOpenSsl() => _openSsl.Protect(_header, _payload, _output);

    [Benchmark, BenchmarkCategory("protect")]
    public int ProtectNarrow() => _narrow.Protect(_header, _payload, _output);

    [Benchmark, BenchmarkCategory("protect")]
    public int ProtectWide() => _wide.Protect(_header, _payload, _output);

    [Benchmark, BenchmarkCategory("protect")]
    public int ProtectSha1() => _sha1.Protect(_header, _payload, _output);

    [Benchmark(Baseline = true), BenchmarkCategory("unprotect")]
    public bool UnprotectOpenSsl() => _openSsl.Unprotect(_output);

    [Benchmark, BenchmarkCategory("unprotect")]
    public bool UnprotectNarrow() => _narrow.Unprotect(_output);

    [Benchmark, BenchmarkCategory("unprotect")]
    public bool UnprotectWide() => _wide.Unprotect(_output);

    [Benchmark, BenchmarkCategory("unprotect")]
    public bool UnprotectSha1() => _sha1.Unprotect(_output);

    // One key and one stream; the receiving cipher alone, for a session would refuse the same packet twice.
    private sealed class Sender
    {
        private static readonly Ssrc Stream = new(1);
        private readonly OutboundSrtpStream _stream;
        private readonly SrtpCipher _opener;
        private readonly byte[] _protected;
        private SequenceNumber _number;

        internal Sender(SrtpProfile profile, GcmKind gcm, byte[] payload)
        {
            var material = new byte[SrtpProfiles.ExporterLength(profile)];
            new Random(1).NextBytes(material);
            var keys = SrtpKeys.FromExporter(profile, material, DtlsRole.Server);
            _stream = new OutboundSrtp(keys, gcm).Open(Stream);
            _opener = SrtpCipher.Create(profile, keys.LocalKey, keys.LocalSalt, encrypts: false, gcm);
            var slot = new byte[payload.Length + RtpWriter.HeaderLength + MostOverhead];
            _protected = slot[..Protect(new byte[RtpWriter.HeaderLength], payload, slot)];
            if (!Unprotect(new byte[slot.Length]))
            {
                throw new InvalidOperationException($"{gcm} does not open what it has closed.");
            }
        }

        internal int Protect(byte[] header, byte[] payload, byte[] output)
        {
            _number += 1;
            RtpWriter.WriteHeader(header, false, new PayloadType(96), _number, 0, Stream);
            return _stream.Protect(header, payload, output);
        }

        // A copy, because it decrypts in place.
        internal bool Unprotect(byte[] slot)
        {
            _protected.CopyTo(slot, 0);
            return _opener.TryUnprotectRtp(
                Stream, 1, slot.AsSpan(0, RtpWriter.HeaderLength), slot.AsSpan(RtpWriter.HeaderLength, _protected.Length - RtpWriter.HeaderLength));
        }
    }

    private sealed class Ratios : ManualConfig
    {
        public Ratios() => SummaryStyle = SummaryStyle.Default.WithRatioStyle(RatioStyle.Trend);
    }
}
