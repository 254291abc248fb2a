using System.Buffers.Binary;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Rtcp;

internal ref partial struct RtcpWriter
{
    /// <summary>The most packets that one feedback of ours speaks of: two seconds of 256 packets/s.</summary>
    public const int LargestStatusCount = 512;

    /// <summary>Says when packets of a connection arrived (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1); as many as fit.</summary>
    /// <remarks>
    /// A feedback ends early where the next arrival lies over 8 s from the one before (16 bits of 250 µs), after
    /// <see cref="LargestStatusCount"/> packets, or where the buffer ends; the caller begins another with what is left.
    /// </remarks>
    /// <param name="sender">Who reports.</param>
    /// <param name="media">Any stream of the connection.</param>
    /// <param name="feedbackCount">The feedback's own number, one more each time.</param>
    /// <param name="first">The transport number of the first packet.</param>
    /// <param name="arrivals">When it and those after it came, not before zero; <see cref="Instant.Never"/> for those that did not.</param>
    /// <param name="taken">How many of them were written.</param>
    /// <returns>Whether all were. Nothing is written of none.</returns>
    public bool TransportFeedback(
        Ssrc sender, Ssrc media, byte feedbackCount, SequenceNumber first, scoped ReadOnlySpan<Instant> arrivals, out int taken)
    {
        const int Overhead = RtcpFormat.HeaderLength + RtcpFormat.FeedbackSourcesLength + TransportFeedbackFormat.FixedLength;
        taken = 0;
        var room = (_buffer.Length - Length - Overhead) & ~3;
        if (arrivals.IsEmpty) return true;
        if (room <= TransportFeedbackFormat.ChunkLength) return false;

        Span<StatusSymbol> symbols = stackalloc StatusSymbol[Math.Min(arrivals.Length, LargestStatusCount)];
        symbols = symbols[..Classify(arrivals, symbols, out var reference)];
        var chunks = _buffer[(Length + Overhead)..];
        var (chunkBytes, deltaBytes) = (0, 0);
        for (var isLast = false; taken < symbols.Length && !isLast;)
        {
            var free = room - chunkBytes - deltaBytes - TransportFeedbackFormat.ChunkLength;
            var chunk = FittingChunk(symbols[taken..], free, out var count, out var bytes);
            if (bytes > free) break;

            BinaryPrimitives.WriteUInt16BigEndian(chunks[chunkBytes..], chunk.Bits);
            chunkBytes += TransportFeedbackFormat.ChunkLength;
            deltaBytes += bytes;
            taken += count;
            isLast = !chunk.IsRun && count < chunk.Count;   // a vector that speaks of fewer than it has room for ends the feedback
        }

        if (taken == 0) return false;

        var length = (TransportFeedbackFormat.FixedLength + chunkBytes + deltaBytes + 3) & ~3;
        TryBeginFeedback(RtcpFormat.TransportFeedbackType, RtcpFormat.TransportWideFormat, sender, media, length, out var body);
        BinaryPrimitives.WriteUInt16BigEndian(body, first.Value);
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)taken);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], (uint)reference << 8 | feedbackCount);
        WriteDeltas(body[(TransportFeedbackFormat.FixedLength + chunkBytes)..], arrivals[..taken], symbols, reference);
        return taken == arrivals.Length;
    }

    private static long Units(Instant arrival) => arrival.Ticks / TransportFeedbackFormat.TicksPerUnit;

    /// <summary>Gives each packet its status, up to the first whose delta is too large to say.</summary>
    private static int Classify(scoped ReadOnlySpan<Instant> arrivals, scoped Span<StatusSymbol> symbols, out long reference)
    {
        reference = 0;
        long? last = null;
        for (var i = 0; i < symbols.Length; i++)
        {
            symbols[i] = StatusSymbol.NotReceived;
            if (arrivals[i] == Instant.Never) continue;

            var units = Units(arrivals[i]);
            if (last is null) reference = units / TransportFeedbackFormat.UnitsPerReference;
            var delta = units - (last ?? reference * TransportFeedbackFormat.UnitsPerReference);
            if (delta is < short.MinValue or > short.MaxValue) return i;

            symbols[i] = delta is >= 0 and <= byte.MaxValue ? StatusSymbol.SmallDelta : StatusSymbol.LargeDelta;
            last = units;
        }

        return symbols.Length;
    }

    /// <summary>The chunk for what comes next, of so many packets that their deltas fit; for one packet even when they do not.</summary>
    private static StatusChunk FittingChunk(scoped ReadOnlySpan<StatusSymbol> symbols, int free, out int count, out int bytes)
    {
        for (; ; symbols = symbols[..(count / 2)])
        {
            var chunk = ChunkOf(symbols, out count);
            chunk.TryCountDeltaBytes(count, out bytes);
            if (bytes <= free || count == 1) return chunk;
        }
    }

    /// <summary>The chunk that says most of what comes next: a run where it beats a vector, else fourteen of one bit, else seven of two.</summary>
    private static StatusChunk ChunkOf(scoped ReadOnlySpan<StatusSymbol> symbols, out int count)
    {
        var run = symbols.IndexOfAnyExcept(symbols[0]);
        count = run < 0 ? symbols.Length : run;
        var wide = symbols[..Math.Min(symbols.Length, 14)].Contains(StatusSymbol.LargeDelta);
        if (run < 0 || count >= (wide ? 7 : 14)) return new StatusChunk((ushort)((int)symbols[0] << 13 | count));

        count = Math.Min(symbols.Length, wide ? 7 : 14);
        var bits = wide ? 0xC000 : 0x8000;
        for (var i = 0; i < count; i++)
        {
            bits |= (int)symbols[i] << (wide ? 2 * (6 - i) : 13 - i);
        }

        return new StatusChunk((ushort)bits);
    }

    private static void WriteDeltas(
        scoped Span<byte> body, scoped ReadOnlySpan<Instant> arrivals, scoped ReadOnlySpan<StatusSymbol> symbols, long reference)
    {
        var last = reference * TransportFeedbackFormat.UnitsPerReference;
        for (var i = 0; i < arrivals.Length; i++)
        {
            if (symbols[i] == StatusSymbol.NotReceived) continue;

            var units = Units(arrivals[i]);
            if (symbols[i] == StatusSymbol.SmallDelta)
            {
                body[0] = (byte)(units - last);
                body = body[1..];
            }
            else
            {
                BinaryPrimitives.WriteInt16BigEndian(body, (short)(units - last));
                body = body[2..];
            }

            last = units;
        }

        body.Clear();
    }
}
