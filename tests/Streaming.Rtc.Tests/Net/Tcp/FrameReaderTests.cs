using System.Buffers.Binary;
using Streaming.Rtc.Net.Tcp;

namespace Streaming.Rtc.Tests.Net.Tcp;

public sealed class FrameReaderTests
{
    [Fact]
    public void HoweverAStreamIsCutTheSameDatagramsComeOut()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var datagrams = Enumerable.Range(0, random.Next(1, 30)).Select(_ => Datagram(random)).ToList();
            Assert.Equal(datagrams.Where(datagram => datagram.Length > 0), ReadInPieces(Stream(datagrams), random));
        }
    }

    [Fact]
    public void EveryCutOfAShortStreamIsReadAlike()
    {
        byte[][] datagrams = [[1], [], [2, 3], [4, 5, 6]];
        var stream = Stream(datagrams);
        for (var first = 0; first <= stream.Length; first++)
        {
            for (var second = first; second <= stream.Length; second++)
            {
                var reader = new FrameReader();
                List<byte[]> read = [];
                Assert.Equal(FrameOutcome.More, Feed(reader, stream.AsSpan(0, first), read));
                Assert.Equal(FrameOutcome.More, Feed(reader, stream.AsSpan(first, second - first), read));
                Assert.Equal(FrameOutcome.More, Feed(reader, stream.AsSpan(second), read));
                Assert.Equal([[1], [2, 3], [4, 5, 6]], read);
            }
        }
    }

    [Theory]
    [InlineData(FrameReader.Longest, false)]
    [InlineData(FrameReader.Longest + 1, true)]
    [InlineData(ushort.MaxValue, true)]
    public void ALengthThatNobodySendsBreaksTheStreamBeforeItIsWaitedFor(int length, bool breaks)
    {
        var expected = breaks ? FrameOutcome.Broken : FrameOutcome.More;
        var header = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)length);
        Assert.Equal(expected, Feed(new FrameReader(), header, []));

        var cut = new FrameReader();
        Assert.Equal(FrameOutcome.More, Feed(cut, header.AsSpan(0, 1), []));
        Assert.Equal(expected, Feed(cut, header.AsSpan(1), []));
    }

    [Fact]
    public void RandomBytesAreDatagramsOrABrokenStreamAndNothingElse()
    {
        using var guarded = new GuardedMemory();
        var broken = 0;
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var reader = new FrameReader();
            for (var piece = 0; piece < 20; piece++)
            {
                var bytes = new byte[random.Next(1, 300)];
                random.NextBytes(bytes);
                List<byte[]> read = [];
                if (Feed(reader, guarded.Copy(bytes), read) == FrameOutcome.Broken)
                {
                    broken++;
                    break;
                }

                Assert.All(read, datagram => Assert.InRange(datagram.Length, 1, FrameReader.Longest));
            }
        }

        Assert.InRange(broken, 1_500, 2_000);
    }

    private static byte[] Datagram(Random random)
    {
        var bytes = new byte[random.Next(4) switch { 0 => random.Next(3), 1 => FrameReader.Longest, _ => random.Next(1_300) }];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Stream(IEnumerable<byte[]> datagrams) =>
        [.. datagrams.SelectMany(datagram => (byte[])[(byte)(datagram.Length >> 8), (byte)datagram.Length, .. datagram])];

    private static List<byte[]> ReadInPieces(byte[] stream, Random random)
    {
        var reader = new FrameReader();
        List<byte[]> read = [];
        for (var at = 0; at < stream.Length;)
        {
            var length = Math.Min(random.Next(3) == 0 ? random.Next(1, 4) : random.Next(1, 4_000), stream.Length - at);
            Assert.Equal(FrameOutcome.More, Feed(reader, stream.AsSpan(at, length), read));
            at += length;
        }

        return read;
    }

    private static FrameOutcome Feed(FrameReader reader, ReadOnlySpan<byte> piece, List<byte[]> read)
    {
        FrameOutcome outcome;
        while ((outcome = reader.Next(ref piece, out var datagram)) == FrameOutcome.Whole)
        {
            read.Add(datagram.ToArray());
        }

        return outcome;
    }
}
