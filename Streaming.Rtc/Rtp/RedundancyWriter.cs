using System.Buffers.Binary;

namespace Streaming.Rtc.Rtp;

/// <summary>Writes redundant audio (RED, RFC 2198): a packet's own payload behind copies of earlier ones, for links that lose packets.</summary>
internal ref struct RedundancyWriter
{
    /// <summary>The most earlier payloads in one packet.</summary>
    public const int MostEarlier = 4;

    private const int HeaderRoom = (MostEarlier * RedundancyFormat.EarlierHeaderLength) + RedundancyFormat.PrimaryHeaderLength;
    private const uint EarlierFlag = 0x80000000;

    private readonly Span<byte> _destination;
    private readonly uint _timestamp;
    private uint _lastOffset;
    private int _length;   // of the data so far, which stands behind room for every header there may be

    /// <summary>Begins a payload.</summary>
    /// <param name="destination">Where it is written; <see cref="MostEarlier"/> headers of 4 bytes and one more must fit besides the data.</param>
    /// <param name="timestamp">The packet's timestamp.</param>
    public RedundancyWriter(Span<byte> destination, uint timestamp)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, HeaderRoom);
        _destination = destination;
        _timestamp = timestamp;
        _lastOffset = RedundancyFormat.LargestOffset + 1;
    }

    /// <summary>Earlier payloads written so far.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that a RED payload takes.</summary>
    /// <param name="primary">Bytes of the packet's own payload.</param>
    /// <param name="earlier">Bytes of all earlier payloads together.</param>
    /// <param name="count">How many earlier payloads.</param>
    public static int Length(int primary, int earlier, int count) =>
        (count * RedundancyFormat.EarlierHeaderLength) + RedundancyFormat.PrimaryHeaderLength + earlier + primary;

    /// <summary>Adds an earlier payload, oldest first.</summary>
    /// <param name="type">What the payload is.</param>
    /// <param name="timestamp">Its timestamp.</param>
    /// <param name="payload">Its bytes; copied.</param>
    /// <returns>False, and nothing is written, when it is empty, longer than 1 023 bytes, not before the packet or more than 16 383
    /// timestamp units before it, not behind the one added last, one too many, or when it does not fit.</returns>
    public bool TryAdd(PayloadType type, uint timestamp, ReadOnlySpan<byte> payload)
    {
        var offset = unchecked(_timestamp - timestamp);
        if (Count == MostEarlier || offset == 0 || offset >= _lastOffset) return false;
        if (payload.IsEmpty || payload.Length > RedundancyFormat.LargestEarlier) return false;
        if (payload.Length > _destination.Length - HeaderRoom - _length) return false;

        var header = EarlierFlag | (type.Value & 0x7Fu) << 24 | offset << 10 | (uint)payload.Length;
        BinaryPrimitives.WriteUInt32BigEndian(_destination[(Count * RedundancyFormat.EarlierHeaderLength)..], header);
        payload.CopyTo(_destination[(HeaderRoom + _length)..]);
        _length += payload.Length;
        _lastOffset = offset;
        Count++;
        return true;
    }

    /// <summary>Adds the packet's own payload and ends.</summary>
    /// <param name="type">What the payload is.</param>
    /// <param name="payload">Its bytes; copied.</param>
    /// <param name="length">Bytes of the whole RED payload, from the start of the destination.</param>
    /// <returns>False when it does not fit.</returns>
    public readonly bool TryFinish(PayloadType type, ReadOnlySpan<byte> payload, out int length)
    {
        var headers = (Count * RedundancyFormat.EarlierHeaderLength) + RedundancyFormat.PrimaryHeaderLength;
        length = headers + _length + payload.Length;
        if (length > _destination.Length)
        {
            length = 0;
            return false;
        }

        _destination[headers - 1] = (byte)(type.Value & 0x7F);
        _destination.Slice(HeaderRoom, _length).CopyTo(_destination[headers..]);
        payload.CopyTo(_destination[(headers + _length)..]);
        return true;
    }
}
