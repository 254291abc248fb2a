using System.Diagnostics;
using System.Numerics;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>The way of one class's packets from the worker that has its publisher to another: plaintext, each packet once, in order.</summary>
/// <remarks>
/// One thread writes and one reads; neither ever waits for the other. Fixed slots, overwritten in a ring. What does not fit is dropped and
/// counted by the writer: the newest, and the camera first, while there is still room for the screen, and for voice as long as there is any.
/// </remarks>
internal sealed class RelayRing
{
    /// <summary>Packets that fit: three seconds of a full stream, or a group of pictures at once.</summary>
    public const int DefaultCapacity = 1_024;

    // The two counters on cache lines of their own: each is written by one thread and read by the other.
    private const int WrittenAt = 16;
    private const int ReadAt = 48;

    private readonly Entry[] _entries;
    private readonly byte[] _payloads;
    private readonly int _mask;
    private readonly long[] _counters = new long[64];
    private long _readBefore;   // as the writer saw it last

    /// <param name="capacity">Packets; a power of two, 8 at least.</param>
    public RelayRing(int capacity = DefaultCapacity)
    {
        Debug.Assert(capacity >= 8 && BitOperations.IsPow2(capacity), "The ring is indexed by a mask.");
        _entries = new Entry[capacity];
        _payloads = GC.AllocateUninitializedArray<byte>(capacity * PacketCache.SlotSize);
        _mask = capacity - 1;
    }

    /// <summary>Whether there is nothing to read.</summary>
    public bool IsEmpty => Volatile.Read(ref _counters[WrittenAt]) == Volatile.Read(ref _counters[ReadAt]);

    /// <summary>Whether half of it is taken or more.</summary>
    public bool IsHalfFull => Written - Volatile.Read(ref _counters[ReadAt]) >= _entries.Length / 2;

    /// <summary>How many packets have been put in so far. What another thread did before it put them in is seen by whoever asks.</summary>
    public long Written => Volatile.Read(ref _counters[WrittenAt]);

    /// <summary>How many have been taken out so far; for the reader.</summary>
    public long Read => _counters[ReadAt];

    /// <summary>Puts a copy of a packet in.</summary>
    /// <param name="stream">The life of the track that it belongs to.</param>
    /// <param name="source">What it shows, which says how full the ring may be for it.</param>
    /// <param name="packet">Its payload is <see cref="PacketCache.SlotSize"/> bytes at most.</param>
    /// <returns>False when it was dropped.</returns>
    public bool TryWrite(long stream, TrackSource source, in MediaPacket packet)
    {
        var written = _counters[WrittenAt];
        var room = Room(source);
        if (written - _readBefore >= room)
        {
            _readBefore = Volatile.Read(ref _counters[ReadAt]);
            if (written - _readBefore >= room)
            {
                return false;
            }
        }

        var index = (int)(written & _mask);
        _entries[index] = new Entry
        {
            Stream = stream,
            Timestamp = packet.Timestamp,
            SequenceNumber = packet.SequenceNumber,
            Length = (ushort)packet.Payload.Length,
            Format = packet.Format,
            Marker = packet.Marker,
            StartsKeyFrame = packet.StartsKeyFrame,
            Layer = packet.Layer,
        };
        packet.Payload.CopyTo(_payloads.AsSpan(index * PacketCache.SlotSize));
        Volatile.Write(ref _counters[WrittenAt], written + 1);
        return true;
    }

    /// <summary>Looks at the oldest packet.</summary>
    /// <param name="stream">The life of the track that it belongs to.</param>
    /// <param name="packet">Valid until <see cref="Advance"/>.</param>
    /// <returns>False when there is none.</returns>
    public bool TryPeek(out long stream, out MediaPacket packet)
    {
        var read = _counters[ReadAt];
        if (read == Volatile.Read(ref _counters[WrittenAt]))
        {
            stream = 0;
            packet = default;
            return false;
        }

        var index = (int)(read & _mask);
        ref readonly var entry = ref _entries[index];
        var payload = _payloads.AsSpan(index * PacketCache.SlotSize, entry.Length);
        stream = entry.Stream;
        packet = new MediaPacket
        {
            SequenceNumber = entry.SequenceNumber,
            Timestamp = entry.Timestamp,
            Marker = entry.Marker,
            Format = entry.Format,
            StartsKeyFrame = entry.StartsKeyFrame,
            Layer = entry.Layer,
            Payload = payload,
            Padded = payload,
        };
        return true;
    }

    /// <summary>Gives the oldest packet's place back.</summary>
    public void Advance() => Volatile.Write(ref _counters[ReadAt], _counters[ReadAt] + 1);

    // An eighth is kept for the screen and voice, and another for voice alone.
    private int Room(TrackSource source) => source switch
    {
        TrackSource.Voice => _entries.Length,
        TrackSource.Screen => _entries.Length * 7 / 8,
        _ => _entries.Length * 6 / 8,
    };

    private struct Entry
    {
        public long Stream;
        public uint Timestamp;
        public SequenceNumber SequenceNumber;
        public ushort Length;
        public byte Format;
        public bool Marker;
        public bool StartsKeyFrame;
        public FrameLayer Layer;
    }
}
