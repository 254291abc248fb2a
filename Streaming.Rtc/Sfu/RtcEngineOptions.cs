namespace Streaming.Rtc.Sfu;

/// <summary>The limits and rhythms of forwarding. The defaults are meant to be kept.</summary>
public sealed record RtcEngineOptions
{
    /// <summary>How long a peer may take from being admitted to its finished handshake.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>At most one key frame request in this time goes to a publisher's track, whoever asks.</summary>
    public TimeSpan KeyFrameInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Packets kept per picture track, a power of two from 64 to 16 384: a key frame is asked for before the group of pictures outgrows it.</summary>
    public int VideoCachePackets { get; init; } = 2048;

    /// <summary>The longest group of pictures, in frames, that a member is sent from the cache; for a longer one a key frame is asked for.</summary>
    public int CatchUpFrames { get; init; } = 60;

    /// <summary>The largest such group, in bytes.</summary>
    public int CatchUpBytes { get; init; } = 300_000;

    /// <summary>Between which rates the estimate of what a viewer can be sent moves.</summary>
    public Congestion.EstimatorOptions Estimator { get; init; } = new();

    /// <summary>The largest rate that a publisher is told it may use for each picture track, in bit/s.</summary>
    public int VideoBitrate { get; init; } = 2_500_000;
}
