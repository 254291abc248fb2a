using System.Diagnostics;
using System.Numerics;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>The last packets of one stream, for watchers who lost one or came late.</summary>
/// <remarks>Fixed slots, allocated with the stream's first packet, overwritten in a ring; belongs to one <see cref="SourceTrack"/>.</remarks>
internal sealed class PacketCache
{
    /// <summary>The largest payload that is kept; a larger one would not fit a datagram on the way out either.</summary>
    public const int SlotSize = SendBatch.MaxDatagram;

    private readonly Entry[] _entries;
    private readonly byte[] _payloads;
    private readonly int _mask;

    /// <param name="packets">How many packets are kept; a power of two.</param>
    public PacketCache(int packets)
    {
        Debug.Assert(BitOperations.IsPow2(packets), "The ring is indexed by a mask.");
        _entries = new Entry[packets];
        _payloads = GC.AllocateUninitializedArray<byte>(packets * SlotSize);
        _mask = packets - 1;
    }

    /// <summary>How many packets fit.</summary>
    public int Capacity => _entries.Length;

    /// <summary>Keeps a copy, in place of the packet that is <see cref="Capacity"/> numbers older.</summary>
    /// <returns>False when it is larger than <see cref="SlotSize"/>, and not kept.</returns>
    public bool Store(in MediaPacket packet)
    {
        if (packet.Payload.Length > SlotSize)
        {
            return false;
        }

        var index = packet.SequenceNumber.Value & _mask;
        _entries[index] = new Entry
        {
            SequenceNumber = packet.SequenceNumber,
            Timestamp = packet.Timestamp,
            Length = (ushort)packet.Payload.Length,
            Format = packet.Format,
            Marker = packet.Marker,
            StartsKeyFrame = packet.StartsKeyFrame,
            Layer = packet.Layer,
            IsFilled = true,
        };
        packet.Payload.CopyTo(_payloads.AsSpan(index * SlotSize));
        return true;
    }

    /// <summary>Writes RTP padding behind a payload that is kept (RFC 3550 §5.1): zeros, and in the last byte how many bytes they are.</summary>
    /// <param name="number">A number that <see cref="TryGet"/> finds.</param>
    /// <param name="length">1–255 bytes; payload and padding together are <see cref="SlotSize"/> at most.</param>
    public void Pad(SequenceNumber number, int length)
    {
        var index = number.Value & _mask;
        ref var entry = ref _entries[index];
        Debug.Assert(entry.IsFilled && entry.SequenceNumber == number, "Padding for a packet that is not kept.");
        var padding = _payloads.AsSpan((index * SlotSize) + entry.Length, length);
        padding.Clear();
        padding[^1] = (byte)length;
        entry.Padding = (byte)length;
    }

    /// <summary>Finds a packet by its number.</summary>
    /// <param name="number">The number in the publisher's stream.</param>
    /// <param name="packet">Its payload is valid until the next <see cref="Store"/>.</param>
    /// <returns>False when it never came or is no longer kept.</returns>
    public bool TryGet(SequenceNumber number, out MediaPacket packet)
    {
        var index = number.Value & _mask;
        ref readonly var entry = ref _entries[index];
        if (!entry.IsFilled || entry.SequenceNumber != number)
        {
            packet = default;
            return false;
        }

        packet = new MediaPacket
        {
            SequenceNumber = number,
            Timestamp = entry.Timestamp,
            Marker = entry.Marker,
            Format = entry.Format,
            StartsKeyFrame = entry.StartsKeyFrame,
            Layer = entry.Layer,
            Payload = _payloads.AsSpan(index * SlotSize, entry.Length),
            Padded = _payloads.AsSpan(index * SlotSize, entry.Length + entry.Padding),
        };
        return true;
    }

    /// <summary>Forgets everything, for a stream that began anew.</summary>
    public void Clear() => Array.Clear(_entries);

    private struct Entry
    {
        public uint Timestamp;
        public SequenceNumber SequenceNumber;
        public ushort Length;
        public byte Format;
        public byte Padding;
        public bool Marker;
        public bool StartsKeyFrame;
        public FrameLayer Layer;
        public bool IsFilled;
    }
}
