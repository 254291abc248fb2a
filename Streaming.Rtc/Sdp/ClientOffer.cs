using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Sdp;

/// <summary>What our own client wants to send in one section.</summary>
/// <param name="Source">What it shows; decides between audio and video.</param>
/// <param name="Format">The one format that it sends.</param>
/// <param name="Ssrc">The SSRC of the stream.</param>
/// <param name="RetransmissionSsrc">The SSRC of its RTX stream; null to offer none.</param>
internal sealed record ClientTrack(TrackSource Source, MediaFormat Format, Ssrc Ssrc, Ssrc? RetransmissionSsrc)
{
    /// <summary>A track in the format that every browser plays: Opus, or VP8.</summary>
    public ClientTrack(TrackSource source, Ssrc ssrc, Ssrc? retransmissionSsrc = null)
        : this(source, new MediaFormat(source == TrackSource.Voice ? Codec.Opus : Codec.Vp8, ""), ssrc, retransmissionSsrc)
    {
    }

    /// <summary>The names of its simulcast layers, the smallest first; then the offer names no SSRC. Empty for a single stream.</summary>
    public IReadOnlyList<string> Rids { get; init; } = [];
}

/// <summary>The offers of our own client. The mids are "0", "1"… in the order of the sections.</summary>
internal static class ClientOffer
{
    private const byte OpusType = CodecTable.OpusType;

    private const byte RedType = 63;

    private const byte FirstVideoType = 96;

    private const int ParallelVideoTypes = 7;

    private static readonly ExtensionMap Mid = new(4, null, HeaderExtensionUris.Mid);
    private static readonly ExtensionMap[] Layers = [Mid, new(10, null, HeaderExtensionUris.Rid), new(11, null, HeaderExtensionUris.RepairedRid)];
    private static readonly ExtensionMap TransportNumber = new(3, null, HeaderExtensionUris.TransportCc);

    private static readonly MediaFormat[] Vp8Only = [new(Codec.Vp8, "")];

    /// <summary>An offer to send.</summary>
    /// <param name="local">The client's end; candidates may be empty, since the server learns the address from the checks.</param>
    /// <param name="canonicalName">The RTCP CNAME of all tracks.</param>
    /// <param name="tracks">
    /// What is sent, in the order of the sections. The server takes the first video for the camera and the second for the screen.
    /// </param>
    /// <param name="transportFeedback">Whether all packets are numbered, and the server is to tell when each came.</param>
    public static string Publish(
        LocalDescription local, string canonicalName, IReadOnlyList<ClientTrack> tracks, bool transportFeedback = false)
    {
        var hasLayers = tracks.Any(track => track.Rids.Count > 0);
        var formats = tracks.Select(track => track.Format).Where(format => format.Codec != Codec.Opus).Distinct().ToList();
        return Write(local, tracks.Select((track, index) =>
        {
            var format = ToSectionFormat(track.Format, formats, track.RetransmissionSsrc is not null);
            var media = Section(local, index, track.Source == TrackSource.Voice ? "audio" : "video", MediaDirection.SendOnly, [format]);
            uint[] ssrcs = track.Rids.Count > 0 ? [] : track.RetransmissionSsrc is { } rtx ? [track.Ssrc.Value, rtx.Value] : [track.Ssrc.Value];
            ExtensionMap[] names = track.Rids.Count > 0 ? Layers : hasLayers ? [Mid] : [];
            var payloadType = format.Negotiated.PayloadType.Value;
            return media with
            {
                Extensions = transportFeedback ? [TransportNumber, .. names] : names,
                Feedback = transportFeedback ? [.. media.Feedback, new RtcpFeedback(payloadType, AnswerSections.TransportFeedback)] : media.Feedback,
                OtherAttributes = [.. new SimulcastOffer([.. track.Rids.Select(rid => new SimulcastStream(rid, false, ""))]).ToAttributes("send")],
                SsrcGroups = ssrcs.Length > 1 ? [new SsrcGroup("FID", ssrcs)] : [],
                Ssrcs = [.. ssrcs.Select(ssrc => new SsrcAttribute(ssrc, $"cname:{canonicalName}"))],
            };
        }));
    }

    /// <summary>An offer to receive.</summary>
    /// <param name="local">The client's end; candidates may be empty.</param>
    /// <param name="voice">Whether to offer an audio section, which is then the first.</param>
    /// <param name="pictures">How many video sections: two for camera and screen, one for whichever there is.</param>
    /// <param name="videoFormats">The video formats, at most seven; VP8 when null.</param>
    /// <param name="retransmission">Whether RTX is offered.</param>
    /// <param name="transportFeedback">Whether to say of each packet when it has come.</param>
    public static string Watch(
        LocalDescription local, bool voice, int pictures, IReadOnlyList<MediaFormat>? videoFormats = null, bool retransmission = true,
        bool transportFeedback = false)
    {
        videoFormats ??= Vp8Only;
        SectionFormat[] audio =
        [
            ToSectionFormat(new MediaFormat(Codec.Opus, ""), videoFormats, false), ToSectionFormat(new MediaFormat(Codec.Red, ""), videoFormats, false),
        ];
        SectionFormat[] video = [.. videoFormats.Select(format => ToSectionFormat(format, videoFormats, retransmission))];
        return Write(local, Enumerable.Range(voice ? 0 : 1, pictures + (voice ? 1 : 0)).Select((kind, index) => kind == 0
            ? Numbered(Section(local, index, "audio", MediaDirection.RecvOnly, audio), transportFeedback)
            : Numbered(Section(local, index, "video", MediaDirection.RecvOnly, video), transportFeedback)));
    }

    private static MediaSection Numbered(MediaSection media, bool isNumbered) => !isNumbered ? media : media with
    {
        Extensions = [.. media.Extensions, TransportNumber],
        Feedback = [.. media.Feedback, new RtcpFeedback(null, AnswerSections.TransportFeedback)],
    };

    private static string Write(LocalDescription local, IEnumerable<MediaSection> sections)
    {
        MediaSection[] media = [.. sections];
        return SdpWriter.Write(new SessionDescription
        {
            Origin = local.Origin,
            Bundle = [.. media.Select(section => section.Mid!)],
            Media = media,
        });
    }

    private static SectionFormat ToSectionFormat(MediaFormat format, IReadOnlyList<MediaFormat> video, bool retransmission)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(video.Count, ParallelVideoTypes);
        if (format.Codec is Codec.Opus or Codec.Red)
        {
            var audioType = format.Codec == Codec.Opus ? OpusType : RedType;
            return new SectionFormat(new NegotiatedFormat(format, new PayloadType(audioType), null), CodecTable.ToParameters(format));
        }

        // Equal formats have equal types in all sections of the bundle, as RFC 9143 §9.1 wants it.
        var type = (byte)(FirstVideoType + 2 * video.ToList().IndexOf(format));
        PayloadType? rtx = retransmission ? new PayloadType((byte)(type + 1)) : null;
        return new SectionFormat(new NegotiatedFormat(format, new PayloadType(type), rtx), CodecTable.ToParameters(format));
    }

    private static MediaSection Section(
        LocalDescription local, int index, string kind, MediaDirection direction, IReadOnlyList<SectionFormat> formats)
    {
        var (port, connection) = local.DefaultAddress;
        return new MediaSection
        {
            Kind = kind,
            Port = port,
            Protocol = "UDP/TLS/RTP/SAVPF",
            Connection = connection,
            Mid = index.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Direction = direction,
            Transport = local.ToTransport("actpass", withCandidates: index == 0 && local.Candidates.Count > 0),
            RtcpMux = true,
            RtcpReducedSize = true,
            PayloadTypes = [.. formats.SelectMany(AnswerSections.PayloadTypes)],
            RtpMaps = [.. formats.SelectMany(AnswerSections.RtpMaps)],
            Fmtps = [.. formats.SelectMany(AnswerSections.Fmtps)],
            Feedback = kind == "video" ? [.. formats.SelectMany(format => AnswerSections.AllFeedback(format.Negotiated.PayloadType))] : [],
        };
    }
}
