using System.Buffers.Binary;

namespace Streaming.Rtc.Rtp;

/// <summary>Reads redundant audio (RED, RFC 2198) where it lies: earlier payloads first, the packet's own last.</summary>
internal ref struct RedundancyReader
{
    /// <summary>More blocks than this are nobody's audio.</summary>
    public const int MostBlocks = 32;

    private ReadOnlySpan<byte> _headers;
    private ReadOnlySpan<byte> _data;

    /// <summary>How many payloads there are, the primary one included.</summary>
    public int Count { get; private init; }

    /// <summary>Reads a RED payload.</summary>
    /// <param name="payload">An RTP payload without padding; the reader points into it.</param>
    /// <param name="reader">Stands before the first payload; valid as long as the bytes are.</param>
    /// <returns>False when headers or lengths point outside the payload, or when there are more than <see cref="MostBlocks"/>.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out RedundancyReader reader)
    {
        reader = default;
        var (at, total) = (0, 0);
        for (var count = 1; count <= MostBlocks; count++)
        {
            if (at >= payload.Length) return false;
            if ((payload[at] & 0x80) == 0)
            {
                at += RedundancyFormat.PrimaryHeaderLength;
                if (total > payload.Length - at) return false;

                reader = new RedundancyReader { _headers = payload[..at], _data = payload[at..], Count = count };
                return true;
            }

            if (payload.Length - at < RedundancyFormat.EarlierHeaderLength) return false;

            total += (int)(BinaryPrimitives.ReadUInt32BigEndian(payload[at..]) & RedundancyFormat.LargestEarlier);
            at += RedundancyFormat.EarlierHeaderLength;
        }

        return false;
    }

    /// <summary>Goes to the next payload.</summary>
    /// <returns>False behind the primary one.</returns>
    public bool TryNext(out RedundancyBlock block)
    {
        block = default;
        if (_headers.IsEmpty) return false;

        var type = new PayloadType((byte)(_headers[0] & 0x7F));
        if ((_headers[0] & 0x80) == 0)
        {
            block = new RedundancyBlock { PayloadType = type, IsPrimary = true, Payload = _data };
            _headers = default;
            return true;
        }

        var header = BinaryPrimitives.ReadUInt32BigEndian(_headers);
        var length = (int)(header & RedundancyFormat.LargestEarlier);
        block = new RedundancyBlock
        {
            PayloadType = type,
            TimestampOffset = (header >> 10) & RedundancyFormat.LargestOffset,
            Payload = _data[..length],
        };
        _headers = _headers[RedundancyFormat.EarlierHeaderLength..];
        _data = _data[length..];
        return true;
    }
}
