using BenchmarkDotNet.Attributes;
using Streaming.Rtc.Rtp;

namespace Streaming.Benchmarks;

/// <summary>Reading and writing RTP: headers as they come from a browser, with extensions, and as we send them.</summary>
[MemoryDiagnoser]
public class RtpBenchmarks
{
    private const int Packets = 64;
    private const int Size = 1_100;
    private readonly byte[] _received = new byte[Packets * Size];
    private readonly byte[] _written = new byte[Packets * Size];
    private SequenceNumber _number;

    [GlobalSetup]
    public void Setup()
    {
        new Random(1).NextBytes(_received);
        for (var i = 0; i < Packets; i++)
        {
            var packet = _received.AsSpan(i * Size, Size);
            var header = RtpWriter.WriteHeaderWithExtension(
                packet, i % 5 == 4, new PayloadType(96), new SequenceNumber((ushort)i), 90_000, new Ssrc(1), id: 4, "1"u8);
            packet[header] = (byte)(i % 5 == 0 ? 0x10 : 0x00);   // VP8: only the first packet of a picture can start a key frame
        }
    }

    /// <summary>What the path asks of every packet: header, one extension, whether a key frame starts.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public uint Read()
    {
        var read = 0u;
        for (var i = 0; i < Packets; i++)
        {
            if (RtpReader.TryRead(_received.AsSpan(i * Size, Size), out var packet) && packet.TryGetExtension(4, out var mid))
            {
                read += packet.Ssrc.Value + packet.Timestamp + packet.SequenceNumber.Value + mid[0];
                read += KeyFrames.StartsKeyFrame(Codec.Vp8, packet.Payload) ? 1u : 0;
            }
        }

        return read;
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public int Write()
    {
        var written = 0;
        for (var i = 0; i < Packets; i++)
        {
            _number += 1;
            written += RtpWriter.WriteHeader(_written.AsSpan(i * Size, Size), i % 5 == 4, new PayloadType(96), _number, 90_000, new Ssrc(1));
        }

        return written;
    }
}
