using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sdp;

/// <summary>The parts that both kinds of answer are made of.</summary>
internal static class AnswerSections
{
    private const string ResendFeedback = "nack";

    /// <summary>The receiver tells its sender a bitrate.</summary>
    public const string BitrateFeedback = "goog-remb";

    /// <summary>The receiver tells its sender of each packet (draft-holmer-rmcat-transport-wide-cc-extensions-01).</summary>
    public const string TransportFeedback = "transport-cc";

    // What an RTP session with pictures is repaired by; in the order of the answer.
    private static readonly string[] VideoFeedback = ["ccm fir", ResendFeedback, "nack pli", BitrateFeedback];

    /// <summary>The answer around its sections: ICE-lite, and one bundle of all that is accepted.</summary>
    public static SessionDescription Session(LocalDescription local, IReadOnlyList<MediaSection> media) => new()
    {
        Origin = local.Origin,
        IceLite = true,
        Bundle = [.. media.Where(section => section.Port != 0).Select(section => section.Mid!)],
        OtherAttributes = ["msid-semantic: WMS *"],
        Media = media,
    };

    /// <summary>A section that is turned down: still listed, so that both ends count alike (RFC 3264 §6).</summary>
    public static MediaSection Rejected(MediaSection offered) => new()
    {
        Kind = offered.Kind,
        Port = 0,
        Protocol = offered.Protocol,
        PayloadTypes = [.. offered.PayloadTypes.Take(1)],
        Formats = [.. offered.Formats.Take(1)],
        Connection = "IN IP4 0.0.0.0",
        Mid = offered.Mid,
        Direction = MediaDirection.Inactive,
    };

    /// <param name="section">What was offered and is accepted.</param>
    /// <param name="direction">Our direction.</param>
    /// <param name="local">Our end.</param>
    /// <param name="setup">Our DTLS role (RFC 4145 §4).</param>
    /// <param name="isTagged">True for the first accepted section, which carries the candidates of the bundle (RFC 9143 §7.3).</param>
    public static MediaSection Accepted(OfferedSection section, MediaDirection direction, LocalDescription local, string setup, bool isTagged)
    {
        var (port, connection) = local.DefaultAddress;
        var offered = section.Media;
        return new MediaSection
        {
            Kind = offered.Kind,
            Port = port,
            Protocol = offered.Protocol,
            Connection = connection,
            Mid = offered.Mid,
            Direction = direction,
            Transport = local.ToTransport(setup, isTagged),
            RtcpMux = true,
            RtcpReducedSize = offered.RtcpReducedSize,
            PayloadTypes = [.. section.Formats.SelectMany(PayloadTypes)],
            RtpMaps = [.. section.Formats.SelectMany(RtpMaps)],
            Fmtps = [.. section.Formats.SelectMany(Fmtps)],
            Feedback = offered.Kind == "video" ? [.. section.Formats.SelectMany(format => Feedback(offered, format, direction))] : [],
        };
    }

    public static IEnumerable<byte> PayloadTypes(SectionFormat format)
    {
        yield return format.Negotiated.PayloadType.Value;
        if (format.Negotiated.Retransmission is { } rtx) yield return rtx.Value;
    }

    public static IEnumerable<RtpMap> RtpMaps(SectionFormat format)
    {
        yield return CodecTable.ToRtpMap(format.Negotiated.Format, format.Negotiated.PayloadType);
        if (format.Negotiated.Retransmission is { } rtx) yield return new RtpMap(rtx.Value, "rtx", format.Negotiated.Format.ClockRate, 1);
    }

    public static IEnumerable<Fmtp> Fmtps(SectionFormat format)
    {
        if (format.Parameters is { } parameters) yield return new Fmtp(format.Negotiated.PayloadType.Value, parameters);
        if (format.Negotiated.Retransmission is { } rtx) yield return new Fmtp(rtx.Value, $"apt={format.Negotiated.PayloadType.Value}");
    }

    /// <summary>All feedback that we understand, for an offer of ours.</summary>
    public static IEnumerable<RtcpFeedback> AllFeedback(PayloadType payloadType) =>
        VideoFeedback.Select(value => new RtcpFeedback(payloadType.Value, value));

    private static IEnumerable<RtcpFeedback> Feedback(MediaSection offered, SectionFormat format, MediaDirection direction) =>
        AllFeedback(format.Negotiated.PayloadType).Where(wanted => IsHeeded(wanted.Value, format, direction) && offered.Feedback.Any(feedback =>
            feedback.Value == wanted.Value && (feedback.PayloadType is null || feedback.PayloadType == wanted.PayloadType)));

    // Of what we send, nothing is sent again but by RTX, and no receiver sets the bitrate: that of its publisher is everybody's.
    private static bool IsHeeded(string feedback, SectionFormat format, MediaDirection direction) => direction != MediaDirection.SendOnly
        || (feedback != BitrateFeedback && (feedback != ResendFeedback || format.Negotiated.Retransmission is not null));
}
