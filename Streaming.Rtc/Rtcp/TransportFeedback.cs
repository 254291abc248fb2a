using System.Buffers.Binary;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Rtcp;

/// <summary>What a receiver says of every packet of a connection (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1).</summary>
/// <remarks>
/// Enumerating it gives the packets that arrived; those in <see cref="BaseSequence"/> … + <see cref="StatusCount"/> that it leaves out
/// did not. Each arrived packet has a byte at least, and a run of lost ones is passed over at once, so the work is bounded by the bytes.
/// Made by <see cref="RtcpPacket.TryGetTransportFeedback"/> only, which has checked that chunks and deltas lie inside.
/// </remarks>
internal readonly ref struct TransportFeedback
{
    private readonly ReadOnlySpan<byte> _information;

    /// <summary>Views what <see cref="IsWhole"/> has approved.</summary>
    /// <param name="information">What follows the SSRCs.</param>
    internal TransportFeedback(ReadOnlySpan<byte> information) => _information = information;

    /// <summary>The transport number of the first packet that is spoken of.</summary>
    public SequenceNumber BaseSequence => new(BinaryPrimitives.ReadUInt16BigEndian(_information));

    /// <summary>How many packets are spoken of, arrived or not; 0–65 535.</summary>
    public int StatusCount => BinaryPrimitives.ReadUInt16BigEndian(_information[2..]);

    /// <summary>Where the arrival times begin: units of 64 ms on the receiver's clock, 24 bits with sign that wrap after 12 days.</summary>
    public int ReferenceTime => (int)(BinaryPrimitives.ReadUInt32BigEndian(_information[4..]) & 0xFFFF_FF00) >> 8;

    /// <summary>The feedback's own number; one that is missing was lost on its way.</summary>
    public byte FeedbackCount => _information[7];

    /// <summary>The packets that arrived, in the order of their numbers.</summary>
    public ReceivedPacketEnumerator GetEnumerator() => new(_information);

    /// <summary>Whether all statuses that are counted, and the deltas they promise, lie inside.</summary>
    /// <param name="information">What follows the SSRCs.</param>
    internal static bool IsWhole(ReadOnlySpan<byte> information)
    {
        if (information.Length < TransportFeedbackFormat.FixedLength) return false;

        int left = BinaryPrimitives.ReadUInt16BigEndian(information[2..]);
        var rest = information[TransportFeedbackFormat.FixedLength..];
        var deltaBytes = 0;
        while (left > 0)
        {
            if (rest.Length < TransportFeedbackFormat.ChunkLength) return false;

            var chunk = new StatusChunk(BinaryPrimitives.ReadUInt16BigEndian(rest));
            var count = Math.Min(left, chunk.Count);
            if (!chunk.TryCountDeltaBytes(count, out var bytes)) return false;

            deltaBytes += bytes;
            left -= count;
            rest = rest[TransportFeedbackFormat.ChunkLength..];
        }

        return deltaBytes <= rest.Length;
    }
}

/// <summary>A packet that has arrived.</summary>
/// <param name="Number">Its transport number.</param>
/// <param name="Offset">Its place after <see cref="TransportFeedback.BaseSequence"/>.</param>
/// <param name="Arrival">Units of 250 µs after <see cref="TransportFeedback.ReferenceTime"/>; may be less than that of the packet before.</param>
internal readonly record struct ReportedArrival(SequenceNumber Number, int Offset, int Arrival);

/// <summary>The arrived packets of a <see cref="TransportFeedback"/>, in order, without allocation.</summary>
internal ref struct ReceivedPacketEnumerator
{
    private readonly SequenceNumber _base;
    private readonly int _count;
    private ReadOnlySpan<byte> _chunks;
    private ReadOnlySpan<byte> _deltas;
    private StatusChunk _chunk;
    private int _chunkStart;
    private int _next;
    private int _arrival;

    internal ReceivedPacketEnumerator(ReadOnlySpan<byte> information)
    {
        _base = new SequenceNumber(BinaryPrimitives.ReadUInt16BigEndian(information));
        _count = BinaryPrimitives.ReadUInt16BigEndian(information[2..]);
        _chunks = information[TransportFeedbackFormat.FixedLength..];

        // The deltas begin where the chunks end, which only the chunks themselves tell.
        _deltas = _chunks;
        for (var left = _count; left > 0; _deltas = _deltas[TransportFeedbackFormat.ChunkLength..])
        {
            left -= new StatusChunk(BinaryPrimitives.ReadUInt16BigEndian(_deltas)).Count;
        }

        _chunkStart = -1;
    }

    /// <summary>The packet at hand.</summary>
    public ReportedArrival Current { get; private set; }

    /// <summary>Steps on; false at the end.</summary>
    public bool MoveNext()
    {
        while (_next < _count)
        {
            if (_chunkStart < 0 || _next >= _chunkStart + _chunk.Count)
            {
                _chunk = new StatusChunk(BinaryPrimitives.ReadUInt16BigEndian(_chunks));
                _chunks = _chunks[TransportFeedbackFormat.ChunkLength..];
                _chunkStart = _next;
            }

            var symbol = _chunk.SymbolAt(_next - _chunkStart);
            if (symbol == StatusSymbol.NotReceived)
            {
                _next += _chunk.IsRun ? _chunk.Count : 1;
                continue;
            }

            _arrival += TakeDelta(symbol);
            Current = new ReportedArrival(_base + _next, _next, _arrival);
            _next++;
            return true;
        }

        return false;
    }

    private int TakeDelta(StatusSymbol symbol)
    {
        if (symbol == StatusSymbol.SmallDelta)
        {
            var small = _deltas[0];
            _deltas = _deltas[1..];
            return small;
        }

        var large = BinaryPrimitives.ReadInt16BigEndian(_deltas);
        _deltas = _deltas[2..];
        return large;
    }
}
