namespace Streaming.Rtc.Srtp;

/// <summary>The 48-bit index that RTP sends only the lower 16 bits of.</summary>
internal static class PacketIndex
{
    /// <summary>The index that a sequence number most likely means (RFC 3711 §3.3.1 and appendix A).</summary>
    /// <param name="highest">The highest index of the stream so far.</param>
    /// <param name="sequenceNumber">What the packet says.</param>
    /// <returns>Within 32,768 of <paramref name="highest"/>; negative when it would lie before the stream's beginning.</returns>
    internal static long Estimate(long highest, ushort sequenceNumber)
    {
        var rollover = highest >> 16;
        int last = (ushort)highest;
        if (last < 0x8000)
            rollover -= sequenceNumber - last > 0x8000 ? 1 : 0;
        else
            rollover += last - 0x8000 > sequenceNumber ? 1 : 0;

        return (rollover << 16) | sequenceNumber;
    }
}
