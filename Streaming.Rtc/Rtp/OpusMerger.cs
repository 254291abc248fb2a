namespace Streaming.Rtc.Rtp;

/// <summary>Makes thin audio: packs the frames of several Opus packets of one stream into one packet, without decoding them.</summary>
/// <remarks>
/// At 24 kbit/s and 20 ms a packet's headers weigh as much as the speech in it; three frames to a packet share them. Frames are joined
/// while they follow each other without a gap and share configuration and channels (RFC 6716 §3.2); what cannot be joined goes out by itself,
/// and joining begins again behind it. Frame bytes are never changed. Padding is left out.
/// <para>One for each voice, however many listen: it knows nothing of viewers. It allocates nothing after it is made.</para>
/// </remarks>
internal sealed class OpusMerger
{
    /// <summary>60 ms at 48 kHz: three frames of 20 ms.</summary>
    public const int DefaultSamples = 2_880;

    /// <summary>The largest payload that is taken, in bytes; larger than any datagram that is received.</summary>
    public const int LargestPayload = 2_048;

    /// <summary>The largest payload that is joined, in bytes: with all headers it passes every link unfragmented.</summary>
    public const int LargestMerged = 1_100;

    private readonly int _samplesWanted;
    private readonly TimeSpan _patience;
    private readonly byte[] _frames = new byte[LargestPayload];
    private readonly ushort[] _lengths = new ushort[OpusPacket.MostFrames];
    private readonly Slot[] _finished = [new(), new()];
    private ArrivalOrder _order;
    private SequenceNumber _next;
    private OpusToc _toc;
    private uint _timestamp;
    private bool _marker;
    private int _frameCount;
    private int _byteCount;
    private int _samples;
    private int _finishedCount;
    private int _takenCount;

    /// <summary>Makes one that has nothing yet.</summary>
    /// <param name="firstNumber">Where the thin numbering starts; random (RFC 3550 §5.1), below 32 768 (RFC 3711 §3.3.1: no early wrap).</param>
    /// <param name="samples">How much is joined, in samples at 48 kHz: 120–5 760.</param>
    /// <param name="patience">How long the first packet waits for others; as long as what is joined sounds by default.</param>
    public OpusMerger(SequenceNumber firstNumber, int samples = DefaultSamples, TimeSpan? patience = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 120);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samples, OpusPacket.MostSamples);
        _next = firstNumber;
        _samplesWanted = samples;
        _patience = patience ?? TimeSpan.FromSeconds(samples / (double)OpusToc.ClockRate);
    }

    /// <summary>When <see cref="Tick"/> is wanted: what waits then has waited long enough. <see cref="Instant.Never"/> when nothing waits.</summary>
    public Instant Due { get; private set; } = Instant.Never;

    /// <summary>Packets taken in.</summary>
    public long Taken { get; private set; }

    /// <summary>Packets finished.</summary>
    public long Finished { get; private set; }

    /// <summary>Packets dropped because something newer came before them.</summary>
    public long Late { get; private set; }

    /// <summary>Packets dropped because they had come before.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Packets dropped because they were no Opus, or larger than <see cref="LargestPayload"/>.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Takes the stream's next packet.</summary>
    /// <remarks>Never more than two are finished: what waited, and the packet itself when it need not wait.</remarks>
    /// <param name="now">The time.</param>
    /// <param name="number">The packet's sequence number.</param>
    /// <param name="timestamp">Its timestamp, in samples at 48 kHz.</param>
    /// <param name="marker">Its marker bit: speech begins (RFC 7587 §4.2). Nothing is joined across it.</param>
    /// <param name="payload">Its payload without RTP padding; copied.</param>
    /// <returns>How many packets are finished, 0–2; take them with <see cref="TryTake"/> before anything else is called.</returns>
    public int Add(Instant now, SequenceNumber number, uint timestamp, bool marker, ReadOnlySpan<byte> payload)
    {
        BeginRound();
        if (payload.Length > LargestPayload || !OpusPacket.TryRead(payload, out var packet))
        {
            Unreadable++;
            return 0;
        }

        switch (_order.Take(number))
        {
            case Arrival.Late:
                Late++;
                return 0;
            case Arrival.Duplicate:
                Duplicates++;
                return 0;
        }

        Taken++;
        if (_frameCount > 0 && (marker || !Continues(packet, timestamp))) FinishWaiting();
        if (_frameCount == 0)
        {
            (_toc, _timestamp, _marker) = (packet.Toc, timestamp, marker);
            Due = now + _patience;
        }

        Append(packet);

        // What comes next will most likely last as long as this one: if that is too much, there is nothing to wait for.
        if (_samples + packet.Samples > _samplesWanted || now >= Due) FinishWaiting();
        return _finishedCount;
    }

    /// <summary>Finishes what has waited until <see cref="Due"/>.</summary>
    /// <returns>How many packets are finished, 0 or 1.</returns>
    public int Tick(Instant now)
    {
        BeginRound();
        if (now >= Due) FinishWaiting();
        return _finishedCount;
    }

    /// <summary>Finishes what waits, whatever the time: the stream ends here or is switched off.</summary>
    /// <returns>How many packets are finished, 0 or 1.</returns>
    public int Finish()
    {
        BeginRound();
        if (_frameCount > 0) FinishWaiting();
        return _finishedCount;
    }

    /// <summary>Takes the next finished packet, oldest first.</summary>
    /// <param name="packet">Valid until anything else is called.</param>
    /// <returns>False when there is none.</returns>
    public bool TryTake(out MergedOpus packet)
    {
        packet = default;
        if (_takenCount == _finishedCount) return false;

        var slot = _finished[_takenCount++];
        packet = new MergedOpus
        {
            SequenceNumber = slot.Number,
            Timestamp = slot.Timestamp,
            Marker = slot.Marker,
            Samples = slot.Samples,
            Payload = slot.Payload.AsSpan(0, slot.Length),
        };
        return true;
    }

    private void BeginRound()
    {
        if (_takenCount < _finishedCount)
        {
            throw new InvalidOperationException("Finished packets are waiting; take them first.");
        }

        (_takenCount, _finishedCount) = (0, 0);
    }

    private bool Continues(in OpusPacket packet, uint timestamp) =>
        packet.Toc.CanJoin(_toc)
        && timestamp == unchecked(_timestamp + (uint)_samples)
        && _samples + packet.Samples <= _samplesWanted
        && FitsBehind(packet);

    // Two bytes for each frame's length and for the header are never too few.
    private bool FitsBehind(in OpusPacket packet)
    {
        var bytes = _byteCount + (2 * (_frameCount + packet.FrameCount + 1));
        for (var i = 0; i < packet.FrameCount; i++)
        {
            bytes += packet.Frame(i).Length;
        }

        return bytes <= LargestMerged;
    }

    private void Append(in OpusPacket packet)
    {
        for (var i = 0; i < packet.FrameCount; i++)
        {
            var frame = packet.Frame(i);
            frame.CopyTo(_frames.AsSpan(_byteCount));
            _byteCount += frame.Length;
            _lengths[_frameCount++] = (ushort)frame.Length;
        }

        _samples += packet.Samples;
    }

    private void FinishWaiting()
    {
        var slot = _finished[_finishedCount++];
        (slot.Number, slot.Timestamp, slot.Marker, slot.Samples) = (_next, _timestamp, _marker, _samples);
        slot.Length = OpusWriter.Write(slot.Payload, _toc, _frames.AsSpan(0, _byteCount), _lengths.AsSpan(0, _frameCount));
        _next = _next.Next;
        (_frameCount, _byteCount, _samples) = (0, 0, 0);
        Due = Instant.Never;
        Finished++;
    }

    private sealed class Slot
    {
        // A packet by itself never grows: its frames are packed by the shortest code.
        public readonly byte[] Payload = new byte[LargestPayload];
        public int Length;
        public SequenceNumber Number;
        public uint Timestamp;
        public bool Marker;
        public int Samples;
    }
}
