using System.Buffers.Binary;
using Streaming.Rtc.Dtls;

namespace Streaming.Rtc.Tests.Dtls;

/// <summary>A browser's hello with a post-quantum key share takes two datagrams (RFC 6347 §4.2.3).</summary>
public sealed class DtlsFragmentTests
{
    private const int MessageHeader = 12;

    [Fact]
    public void AHelloInTwoDatagramsIsUnderstood() => Run(fragments => fragments);

    [Fact]
    public void TheFragmentsMayOvertakeEachOther() => Run(fragments => fragments.Reverse());

    [Fact]
    public void TheFragmentsMayComeTwice() => Run(fragments => [.. fragments, .. fragments]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ALostFragmentComesWithTheRepeat(int lost)
    {
        var first = true;
        Run(fragments =>
        {
            var lose = first;
            first = false;
            return fragments.Where((_, at) => !lose || at != lost);
        });
        Assert.False(first);
    }

    [Fact]
    public void AHelloInSingleBytesIsUnderstood() => Run(fragments => fragments, size: 1);

    private static void Run(Func<IEnumerable<byte[]>, IEnumerable<byte[]>> carry, int size = 100)
    {
        using var link = new DtlsLink();
        uint number = 0;
        link.Filter = (from, datagram) =>
        {
            if (from == link.Server)
                return true;

            if (datagram[0] != 22 || datagram[13] != 1)
            {
                DtlsRecords.Renumber(datagram, ref number);
                return true;
            }

            foreach (var fragment in carry(Fragment(datagram, size, ref number)))
                link.Server.Receive(link.Now, fragment);
            return false;
        };
        link.Connect();
        DtlsTransportTests.AssertKeysFit(link);
    }

    private static byte[][] Fragment(byte[] datagram, int size, ref uint recordNumber)
    {
        var body = datagram.AsSpan(DtlsRecords.HeaderLength + MessageHeader).ToArray();
        var fragments = new List<byte[]>();
        for (var at = 0; at < body.Length; at += size)
        {
            var part = body[at..Math.Min(at + size, body.Length)];
            byte[] fragment = [.. datagram.AsSpan(0, DtlsRecords.HeaderLength + MessageHeader), .. part];
            BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(11), (ushort)(MessageHeader + part.Length));
            DtlsRecords.Renumber(fragment, ref recordNumber);
            BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(20), (ushort)at);
            BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(23), (ushort)part.Length);
            fragments.Add(fragment);
        }

        Assert.True(fragments.Count > 1);
        return [.. fragments];
    }
}
