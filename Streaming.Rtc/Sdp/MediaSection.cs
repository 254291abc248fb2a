namespace Streaming.Rtc.Sdp;

/// <summary>One <c>m=</c> section with its attributes.</summary>
internal sealed record MediaSection
{
    /// <summary><c>audio</c>, <c>video</c>, <c>application</c> and others.</summary>
    public required string Kind { get; init; }

    /// <summary>0 rejects the section, except for one that is <see cref="BundleOnly"/> in an offer.</summary>
    public required int Port { get; init; }

    /// <summary>Such as <c>UDP/TLS/RTP/SAVPF</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>The payload types of an RTP section, most wanted first; each once.</summary>
    public IReadOnlyList<byte> PayloadTypes { get; init; } = [];

    /// <summary>The formats of a section that is not RTP, such as <c>webrtc-datachannel</c>.</summary>
    public IReadOnlyList<string> Formats { get; init; } = [];

    /// <summary>What stands after <c>c=</c>; null when the section has none.</summary>
    public string? Connection { get; init; }

    /// <summary>1–16 token characters; null when the section has none. A one-byte header extension has no room for more.</summary>
    public string? Mid { get; init; }

    public MediaDirection Direction { get; init; }

    public TransportAttributes Transport { get; init; } = TransportAttributes.None;

    public bool RtcpMux { get; init; }

    public bool RtcpReducedSize { get; init; }

    public bool BundleOnly { get; init; }

    public IReadOnlyList<string> Msids { get; init; } = [];

    public IReadOnlyList<ExtensionMap> Extensions { get; init; } = [];

    public IReadOnlyList<RtpMap> RtpMaps { get; init; } = [];

    public IReadOnlyList<Fmtp> Fmtps { get; init; } = [];

    public IReadOnlyList<RtcpFeedback> Feedback { get; init; } = [];

    public IReadOnlyList<SsrcGroup> SsrcGroups { get; init; } = [];

    public IReadOnlyList<SsrcAttribute> Ssrcs { get; init; } = [];

    /// <summary>All other attributes, without <c>a=</c>; <c>rid</c> and <c>simulcast</c> among them.</summary>
    public IReadOnlyList<string> OtherAttributes { get; init; } = [];

    public bool IsRtp => IsRtpProtocol(Protocol);

    /// <summary>Whether an offer wants this section at all (RFC 9143 §6: port 0 with <c>a=bundle-only</c> does).</summary>
    public bool IsOffered => Port != 0 || BundleOnly;

    public bool Sends => Direction is MediaDirection.SendRecv or MediaDirection.SendOnly;

    public bool Receives => Direction is MediaDirection.SendRecv or MediaDirection.RecvOnly;

    public static bool IsRtpProtocol(string protocol) => protocol.Contains("RTP/", StringComparison.Ordinal);
}
