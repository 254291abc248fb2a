namespace Streaming.Rtc.Sdp;

/// <summary>What has been read of one section so far; the session level is a section without <see cref="Kind"/>.</summary>
internal sealed class SectionDraft
{
    public string? Kind { get; init; }

    public int Port { get; init; }

    public string Protocol { get; init; } = "";

    public List<byte> PayloadTypes { get; } = [];

    public List<string> Formats { get; } = [];

    public bool IsSession => Kind is null;

    /// <summary>How many <c>a=</c> lines were read.</summary>
    public int Attributes { get; set; }

    public string? Connection { get; set; }

    public string? Mid { get; set; }

    public MediaDirection? Direction { get; set; }

    public string[]? Bundle { get; set; }

    public bool IceLite { get; set; }

    public string? IceUfrag { get; set; }

    public string? IcePwd { get; set; }

    public string? IceOptions { get; set; }

    public string? Setup { get; set; }

    public bool EndOfCandidates { get; set; }

    public bool RtcpMux { get; set; }

    public bool RtcpReducedSize { get; set; }

    public bool BundleOnly { get; set; }

    public List<Fingerprint> Fingerprints { get; } = [];

    public List<string> Candidates { get; } = [];

    public List<string> Msids { get; } = [];

    public List<ExtensionMap> Extensions { get; } = [];

    public List<RtpMap> RtpMaps { get; } = [];

    public List<Fmtp> Fmtps { get; } = [];

    public List<RtcpFeedback> Feedback { get; } = [];

    public List<SsrcGroup> SsrcGroups { get; } = [];

    public List<SsrcAttribute> Ssrcs { get; } = [];

    public List<string> Others { get; } = [];

    public TransportAttributes ToTransport() => new()
    {
        IceUfrag = IceUfrag,
        IcePwd = IcePwd,
        IceOptions = IceOptions,
        Fingerprints = Fingerprints,
        Setup = Setup,
        Candidates = Candidates,
        EndOfCandidates = EndOfCandidates,
    };

    /// <param name="direction">What the session level says. RFC 8866 §6.7: sections inherit it; without it media flows both ways.</param>
    public MediaSection ToMedia(MediaDirection? direction) => new()
    {
        Kind = Kind ?? "",
        Port = Port,
        Protocol = Protocol,
        PayloadTypes = PayloadTypes,
        Formats = Formats,
        Connection = Connection,
        Mid = Mid,
        Direction = Direction ?? direction ?? MediaDirection.SendRecv,
        Transport = ToTransport(),
        RtcpMux = RtcpMux,
        RtcpReducedSize = RtcpReducedSize,
        BundleOnly = BundleOnly,
        Msids = Msids,
        Extensions = Extensions,
        RtpMaps = RtpMaps,
        Fmtps = Fmtps,
        Feedback = Feedback,
        SsrcGroups = SsrcGroups,
        Ssrcs = Ssrcs,
        OtherAttributes = Others,
    };
}
