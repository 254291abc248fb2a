using Streaming.Rtc;

namespace Streaming.Client.Peers;

/// <summary>Makes payloads that look like Opus: the table-of-contents byte of one 20 ms frame (RFC 6716 §3.1), then a stamp.</summary>
public sealed class MadeVoice
{
    internal const int HeaderLength = 1;

    // Configuration 15 (hybrid, full band, 20 ms), mono, one frame.
    private const byte TableOfContents = 15 << 3;

    private readonly int _size;
    private uint _number;

    /// <summary>Makes a source of voice.</summary>
    /// <param name="size">Bytes of payload per packet: <see cref="MinSize"/> to <see cref="SentTrack.MaxPayload"/>.</param>
    public MadeVoice(int size = 80)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, MinSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, SentTrack.MaxPayload);
        _size = size;
    }

    /// <summary>The smallest payload.</summary>
    public static int MinSize => HeaderLength + MadeStamp.Length;

    /// <summary>Makes the next packet: 20 ms.</summary>
    /// <param name="now">The time, for the stamp.</param>
    /// <param name="destination">At least the size.</param>
    /// <returns>How much of it is the payload.</returns>
    public int Next(Instant now, Span<byte> destination)
    {
        destination[0] = TableOfContents;
        new MadeStamp(_number, _number, 0, 1, now).Write(destination[HeaderLength.._size]);
        _number++;
        return _size;
    }
}
