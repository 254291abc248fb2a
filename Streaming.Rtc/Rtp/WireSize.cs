namespace Streaming.Rtc.Rtp;

/// <summary>What a payload weighs on the wire.</summary>
internal static class WireSize
{
    /// <summary>Bytes of an IPv4 header without options and a UDP header.</summary>
    public const int IPv4AndUdp = 28;

    /// <summary>Bytes of an IPv6 header and a UDP header.</summary>
    public const int IPv6AndUdp = 48;

    /// <summary>Bytes that AES-GCM adds to each packet (RFC 7714 §12.1).</summary>
    public const int GcmTag = 16;

    /// <summary>Bytes around a payload over IPv4 under AES-GCM, without header extensions.</summary>
    public const int Usual = IPv4AndUdp + RtpWriter.HeaderLength + GcmTag;

    /// <summary>The rate of a stream of packets, in bit/s.</summary>
    /// <param name="payload">Bytes of each payload.</param>
    /// <param name="packetsPerSecond">How many packets a second.</param>
    /// <param name="overhead">Bytes around each payload.</param>
    public static double BitsPerSecond(int payload, double packetsPerSecond, int overhead = Usual) =>
        (payload + overhead) * 8 * packetsPerSecond;
}

/// <summary>What a voice sends, for reckoning what copies of it would cost.</summary>
/// <param name="PayloadBytes">Bytes of each payload, as it is now.</param>
/// <param name="PacketsPerSecond">How many packets a second.</param>
/// <param name="Overhead">Bytes around each payload: headers, tag, extensions.</param>
internal readonly record struct VoiceShape(int PayloadBytes, double PacketsPerSecond, int Overhead = WireSize.Usual)
{
    /// <summary>The rate on the wire, in bit/s.</summary>
    /// <param name="copies">How many earlier payloads each packet carries; 0 is without RED.</param>
    public double BitsPerSecond(int copies)
    {
        var payload = copies == 0 ? PayloadBytes : RedundancyWriter.Length(PayloadBytes, copies * PayloadBytes, copies);
        return WireSize.BitsPerSecond(payload, PacketsPerSecond, Overhead);
    }
}
