namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>What is known of a probe under way: all that is sent between its first and last packet, and how it came.</summary>
/// <remarks>Media between the probe's packets share the link with them, so they count as well.</remarks>
internal struct ProbeResult
{
    private const double EnoughPackets = 0.6;
    private const double Whole = 0.9;
    private const double Margin = 0.95;

    private long _firstIndex;
    private long _lastIndex;
    private long _firstArrival;
    private long _lastArrival;
    private long _firstSent;
    private long _lastSent;
    private int _bytes;
    private int _bytesWithoutFirst;
    private int _lastBytes;
    private int _received;

    /// <summary>How many of its own packets have left.</summary>
    public int Sent { get; private set; }

    /// <summary>The index of its newest packet; meaningful once one has left.</summary>
    public readonly long LastIndex => _lastIndex;

    /// <summary>Notes one of its packets that leaves.</summary>
    public void NoteSent(long index)
    {
        if (Sent == 0) _firstIndex = index;
        _lastIndex = index;
        Sent++;
    }

    /// <summary>Whether a packet left between its first and its last.</summary>
    public readonly bool Holds(long index) => Sent > 0 && index >= _firstIndex && index <= _lastIndex;

    /// <summary>Notes a packet that has arrived and that it <see cref="Holds"/>.</summary>
    public void NoteReceived(long sentAt, long arrivedAt, int bytes)
    {
        if (_received == 0) (_firstSent, _firstArrival, _lastArrival) = (sentAt, arrivedAt, arrivedAt);
        else _bytesWithoutFirst += bytes;

        _bytes += bytes;
        _received++;
        if (arrivedAt >= _lastArrival) _lastArrival = arrivedAt;
        if (sentAt >= _lastSent) (_lastSent, _lastBytes) = (sentAt, bytes);
    }

    /// <summary>What has passed.</summary>
    /// <param name="cluster">What was asked for.</param>
    /// <param name="measured">In bit/s, not above what was asked for.</param>
    /// <returns>False when too little arrived to tell.</returns>
    public readonly bool TryMeasure(in ProbeCluster cluster, out double measured)
    {
        measured = 0;
        var arriving = (_lastArrival - _firstArrival) / (double)TimeSpan.TicksPerSecond;
        if (Sent < cluster.Packets || _received < EnoughPackets * cluster.Packets || _received < 3 || arriving > 2) return false;

        // Each side leaves out the packet whose time on the wire lies outside the span.
        var sending = (_lastSent - _firstSent) / (double)TimeSpan.TicksPerSecond;
        var sent = sending <= 0 ? cluster.Bitrate : Math.Min(cluster.Bitrate, (_bytes - _lastBytes) * 8 / sending);
        var received = arriving <= 0 ? double.PositiveInfinity : _bytesWithoutFirst * 8 / arriving;
        measured = received >= Whole * sent ? sent : Margin * received;
        return true;
    }
}
