using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Sfu;

/// <summary>The packets of one track that have come since the last fan-out, in the order of coming: they leave to each watcher together.</summary>
/// <remarks>Names them only; their bytes lie in the track's <see cref="PacketCache"/>. Belongs to one <see cref="SourceTrack"/>.</remarks>
internal sealed class PacketRun
{
    /// <summary>How many packets a run takes; a full one has to leave.</summary>
    public const int Capacity = 32;

    /// <summary>What a packet is lengthened by at most, in bytes, so that a run has one size.</summary>
    /// <remarks>Encoders cut a frame into packets that differ by few bytes; one much smaller costs less as a segment of its own than as padding.</remarks>
    public const int MostPadding = 24;

    /// <summary>The largest payload, padding included, that reaches every watcher whatever its cipher.</summary>
    /// <remarks>A publisher whose cipher has a shorter tag may send more; that packet is lost for some watchers, and its neighbours must not be.</remarks>
    public const int LargestForAll = SendBatch.MaxDatagram - TransportNumber.HeaderLength - SrtpGcmCipher.Tag;

    private readonly SequenceNumber[] _numbers = new SequenceNumber[Capacity];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether nothing more fits.</summary>
    public bool IsFull => Count == Capacity;

    /// <summary>Their numbers in the publisher's stream.</summary>
    public ReadOnlySpan<SequenceNumber> Numbers => _numbers.AsSpan(0, Count);

    /// <summary>Whether a packet with this number could take the place of one of the run in a cache of that many.</summary>
    public bool Collides(SequenceNumber number, int cachePackets) =>
        Count > 0 && Math.Abs((int)number.DistanceFrom(_numbers[0])) >= cachePackets - Capacity;   // a short has no 32 768

    /// <summary>Takes the next packet.</summary>
    /// <exception cref="IndexOutOfRangeException">It is full; nothing has changed.</exception>
    public void Add(SequenceNumber number)
    {
        _numbers[Count] = number;
        Count++;
    }

    /// <summary>Lengthens those that are a little smaller than the largest (RTP padding, RFC 3550 §5.1): segments of one send have one size.</summary>
    /// <returns>How many were lengthened.</returns>
    public int Pad(PacketCache cache)
    {
        var padded = 0;
        if (Count < 2)
        {
            return padded;
        }

        var largest = 0;
        foreach (var number in Numbers)
        {
            if (cache.TryGet(number, out var packet) && packet.Payload.Length <= LargestForAll)
            {
                largest = Math.Max(largest, packet.Payload.Length);
            }
        }

        foreach (var number in Numbers)
        {
            if (cache.TryGet(number, out var packet)
                && !packet.Payload.IsEmpty
                && largest - packet.Payload.Length is > 0 and <= MostPadding and var padding)
            {
                cache.Pad(number, padding);
                padded++;
            }
        }

        return padded;
    }

    /// <summary>They have left.</summary>
    public void Clear() => Count = 0;
}
