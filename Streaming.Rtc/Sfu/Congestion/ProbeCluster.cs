namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>Packets to be sent beside the media, evenly at a rate, to see whether so much passes.</summary>
/// <param name="Id">What <see cref="BitrateEstimator.OnSent"/> is told of each of them; 1–255.</param>
/// <param name="Bitrate">The rate to send at, in bit/s.</param>
/// <param name="Packets">How many.</param>
/// <param name="PacketBytes">How large each is on the wire; padding or repeated media.</param>
public readonly record struct ProbeCluster(byte Id, int Bitrate, int Packets, int PacketBytes)
{
    /// <summary>The time from one packet to the next.</summary>
    public TimeSpan Spacing => new(PacketBytes * 8L * TimeSpan.TicksPerSecond / Bitrate);
}
