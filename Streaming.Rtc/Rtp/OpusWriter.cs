namespace Streaming.Rtc.Rtp;

/// <summary>Packs Opus frames of one configuration into a packet, by the code that takes the fewest bytes (RFC 6716 §3.2).</summary>
internal static class OpusWriter
{
    private const int VariableFlag = 0x80;

    /// <summary>Bytes that a packet takes.</summary>
    /// <param name="lengths">The frames' lengths, 1–48 of them, each 0–1 275.</param>
    public static int Length(ReadOnlySpan<ushort> lengths)
    {
        var (total, areEqual) = Measure(lengths);
        return HeaderLength(lengths, areEqual) + total;
    }

    /// <summary>Writes a packet without padding.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="toc">Configuration and channels of the frames; its code does not matter.</param>
    /// <param name="frames">The frames one behind the other, without anything between them.</param>
    /// <param name="lengths">Their lengths, 1–48 of them; no more than 120 ms together.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(Span<byte> destination, OpusToc toc, ReadOnlySpan<byte> frames, ReadOnlySpan<ushort> lengths)
    {
        ArgumentOutOfRangeException.ThrowIfZero(lengths.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lengths.Length * toc.FrameSamples, OpusPacket.MostSamples);

        var (total, areEqual) = Measure(lengths);
        var at = 1;
        switch (lengths.Length)
        {
            case 1:
                destination[0] = toc.WithCode(0).Value;
                break;
            case 2 when areEqual:
                destination[0] = toc.WithCode(1).Value;
                break;
            case 2:
                destination[0] = toc.WithCode(2).Value;
                at += OpusFrameLength.Write(destination[at..], lengths[0]);
                break;
            default:
                destination[0] = toc.WithCode(3).Value;
                destination[at++] = (byte)(lengths.Length | (areEqual ? 0 : VariableFlag));
                for (var i = 0; !areEqual && i < lengths.Length - 1; i++)
                {
                    at += OpusFrameLength.Write(destination[at..], lengths[i]);
                }

                break;
        }

        frames[..total].CopyTo(destination[at..]);
        return at + total;
    }

    private static int HeaderLength(ReadOnlySpan<ushort> lengths, bool areEqual)
    {
        var length = lengths.Length > 2 ? 2 : 1;
        for (var i = 0; !areEqual && i < lengths.Length - 1; i++)
        {
            length += OpusFrameLength.Size(lengths[i]);
        }

        return length;
    }

    private static (int Total, bool AreEqual) Measure(ReadOnlySpan<ushort> lengths)
    {
        var (total, areEqual) = (0, true);
        foreach (var length in lengths)
        {
            total += length;
            areEqual &= length == lengths[0];
        }

        return (total, areEqual);
    }
}
