namespace Streaming.Rtc.Rtcp;

/// <summary>Walks the packets of one RTCP datagram: a compound (RFC 3550 §6.1) or one of reduced size (RFC 5506).</summary>
/// <remarks>The datagram is judged as a whole first, so that no half of a malformed one takes effect.</remarks>
internal ref struct RtcpReader
{
    private ReadOnlySpan<byte> _rest;

    private RtcpReader(ReadOnlySpan<byte> compound) => _rest = compound;

    /// <summary>Begins to read a datagram.</summary>
    /// <param name="compound">One decrypted datagram, without SRTCP index and tag; the reader points into it.</param>
    /// <param name="reader">The reader, valid as long as the bytes are.</param>
    /// <returns>
    /// False when it is empty, a version is not 2, the lengths do not add up, a packet before the last is padded, or a packet of a known
    /// kind is shorter than its own counts say.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> compound, out RtcpReader reader)
    {
        reader = default;
        if (compound.IsEmpty) return false;

        for (var rest = compound; !rest.IsEmpty;)
        {
            if (!RtcpPacket.TryRead(rest, out _, out var length)) return false;
            rest = rest[length..];
        }

        reader = new RtcpReader(compound);
        return true;
    }

    /// <summary>Takes the next packet of a known kind; others are skipped.</summary>
    /// <returns>False at the end.</returns>
    public bool TryNext(out RtcpPacket packet)
    {
        while (!_rest.IsEmpty && RtcpPacket.TryRead(_rest, out packet, out var length))
        {
            _rest = _rest[length..];
            if (packet.Kind != RtcpKind.Unknown) return true;
        }

        packet = default;
        return false;
    }
}
