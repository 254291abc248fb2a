using System.Text;
using Streaming.Benchmarks.Hub;

namespace Streaming.Benchmarks.Tests;

public sealed class HubMarkTests
{
    [Fact]
    public void AMarkIsFoundAmongBytesThatLookLikeItsSign()
    {
        // A binary protocol writes lengths and numbers as they are, and 64 is the sign.
        byte[] message = [0x40, 0x92, 0x40, 0x40, .. Encoding.ASCII.GetBytes("ming" + HubMark.Make(7)), 0x40, 0x01];
        ReadOnlySpan<byte> bytes = message;

        Assert.True(HubMark.TryTake(ref bytes, out var number, out var at));
        Assert.Equal(7, number);
        Assert.True(at > 0);
        Assert.False(HubMark.TryTake(ref bytes, out _, out _));
        Assert.Equal([0x40, 0x01], bytes.ToArray());
    }

    [Fact]
    public void TheBeginningOfAMarkIsKeptForTheRest()
    {
        var mark = Encoding.ASCII.GetBytes(HubMark.Make(12));
        for (var cut = 1; cut < mark.Length; cut++)
        {
            ReadOnlySpan<byte> bytes = mark.AsSpan(0, cut);
            Assert.False(HubMark.TryTake(ref bytes, out _, out _));
            Assert.Equal(cut, bytes.Length);
        }
    }
}
