using BenchmarkDotNet.Attributes;
using Streaming.Benchmarks.Guard;
using Streaming.Benchmarks.Rigs;
using Streaming.Rtc;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;

namespace Streaming.Benchmarks;

/// <summary>Checking and decrypting one RTP packet in place, by profile and size.</summary>
[MemoryDiagnoser]
public class UnprotectBenchmarks
{
    private readonly RoundShelf _shelf = new();
    private byte[] _payload = [];
    private OutboundSrtp _sender = null!;
    private OutboundSrtpStream _stream = null!;
    private InboundSrtp _receiver = null!;
    private SequenceNumber _number;
    private long _refused;

    [Params(88, 1_088)]
    public int PayloadSize { get; set; }

    [Params(SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1Tag80)]
    public SrtpProfile Profile { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var keys = RigKeys.Make(Profile, 1);
        _payload = new byte[PayloadSize];
        (_sender, _receiver) = (new OutboundSrtp(keys.Client), new InboundSrtp(keys.Server));
        _stream = _sender.Open(new Ssrc(1));
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _sender.Dispose();
        _receiver.Dispose();
        if (_refused > 0)
        {
            throw new InvalidOperationException($"{_refused} packets were refused.");
        }
    }

    public void Make(int operations)
    {
        _shelf.Rewind();
        for (var i = 0; i < operations; i++)
        {
            _number += 1;
            var datagram = _shelf.Next(default);
            RtpWriter.WriteHeader(datagram, false, new PayloadType(96), _number, 0, new Ssrc(1));
            _shelf.Commit(_stream.Protect(datagram[..RtpWriter.HeaderLength], _payload, datagram));
            _shelf.EndRound(TimeSpan.Zero);
        }
    }

    [Benchmark]
    [MadeAhead(nameof(Make))]
    public int Unprotect()
    {
        if (_shelf.IsEmpty)
        {
            Make(1);
        }

        if (!_receiver.TryUnprotect(_shelf.Bytes(_shelf.Take().Start), out var length, out _))
        {
            _refused++;
        }

        return length;
    }
}
