using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;

namespace Streaming.Benchmarks.Load;

/// <summary>One stream that comes to a viewer, known by its SSRC.</summary>
/// <param name="ssrc">Its SSRC.</param>
/// <param name="codec">What its first packet's type means; null for resends, probes and what was not negotiated.</param>
internal sealed class ViewerStream(uint ssrc, Codec? codec)
{
    public uint Ssrc => ssrc;

    /// <summary>The codec of media; null when it is none.</summary>
    public Codec? Codec => codec;

    /// <summary>What came and what did not.</summary>
    public SequenceBook Book { get; } = new();

    /// <summary>What is reported to the server.</summary>
    public ReceptionStatistics Statistics { get; } = new();
}
