using System.Globalization;
using System.Text;

namespace Streaming.Rtc.Sdp;

/// <summary>Writes a description as text with CRLF, in one fixed order of lines.</summary>
internal static class SdpWriter
{
    public static string Write(SessionDescription description)
    {
        var text = new StringBuilder(4096);
        text.Line("v=0").Line($"o={description.Origin}").Line($"s={description.Name}").Line("t=0 0");
        if (description.IceLite) text.Line("a=ice-lite");
        if (description.Bundle.Count > 0) text.Line($"a=group:BUNDLE {string.Join(' ', description.Bundle)}");
        Write(text, description.Transport);
        foreach (var attribute in description.OtherAttributes) text.Line($"a={attribute}");
        foreach (var media in description.Media) Write(text, media);
        return text.ToString();
    }

    public static string Name(MediaDirection direction) => direction switch
    {
        MediaDirection.SendOnly => "sendonly",
        MediaDirection.RecvOnly => "recvonly",
        MediaDirection.Inactive => "inactive",
        _ => "sendrecv",
    };

    private static void Write(StringBuilder text, MediaSection media)
    {
        var formats = media.IsRtp ? string.Join(' ', media.PayloadTypes) : string.Join(' ', media.Formats);
        text.Line($"m={media.Kind} {media.Port} {media.Protocol} {formats}");
        if (media.Connection is { } connection) text.Line($"c={connection}");
        if (media.Mid is { } mid) text.Line($"a=mid:{mid}");
        Write(text, media.Transport);
        if (media.IsRtp) text.Line($"a={Name(media.Direction)}");
        if (media.BundleOnly) text.Line("a=bundle-only");
        if (media.RtcpMux) text.Line("a=rtcp-mux");
        if (media.RtcpReducedSize) text.Line("a=rtcp-rsize");
        foreach (var msid in media.Msids) text.Line($"a=msid:{msid}");
        foreach (var (id, direction, uri) in media.Extensions)
            text.Line(direction is { } way ? $"a=extmap:{id}/{Name(way)} {uri}" : $"a=extmap:{id} {uri}");
        foreach (var map in media.RtpMaps)
        {
            var channels = map.Channels > 1 ? $"/{map.Channels}" : "";
            text.Line($"a=rtpmap:{map.PayloadType} {map.Encoding}/{map.ClockRate}{channels}");
            foreach (var feedback in media.Feedback.Where(feedback => feedback.PayloadType == map.PayloadType)) Write(text, feedback);
            foreach (var fmtp in media.Fmtps.Where(fmtp => fmtp.PayloadType == map.PayloadType)) Write(text, fmtp);
        }

        // What belongs to no rtpmap: "*", and static payload types, which need none.
        foreach (var feedback in media.Feedback.Where(feedback => !media.RtpMaps.Any(map => map.PayloadType == feedback.PayloadType)))
            Write(text, feedback);
        foreach (var fmtp in media.Fmtps.Where(fmtp => !media.RtpMaps.Any(map => map.PayloadType == fmtp.PayloadType))) Write(text, fmtp);

        foreach (var group in media.SsrcGroups) text.Line($"a=ssrc-group:{group.Semantics} {string.Join(' ', group.Ssrcs)}");
        foreach (var (ssrc, attribute) in media.Ssrcs) text.Line($"a=ssrc:{ssrc} {attribute}");
        foreach (var attribute in media.OtherAttributes) text.Line($"a={attribute}");
    }

    private static void Write(StringBuilder text, TransportAttributes transport)
    {
        if (transport.IceUfrag is { } ufrag) text.Line($"a=ice-ufrag:{ufrag}");
        if (transport.IcePwd is { } password) text.Line($"a=ice-pwd:{password}");
        if (transport.IceOptions is { } options) text.Line($"a=ice-options:{options}");
        foreach (var (hash, value) in transport.Fingerprints) text.Line($"a=fingerprint:{hash} {value}");
        if (transport.Setup is { } setup) text.Line($"a=setup:{setup}");
        foreach (var candidate in transport.Candidates) text.Line($"a=candidate:{candidate}");
        if (transport.EndOfCandidates) text.Line("a=end-of-candidates");
    }

    private static void Write(StringBuilder text, RtcpFeedback feedback) =>
        text.Line($"a=rtcp-fb:{(feedback.PayloadType is { } type ? type.ToString(CultureInfo.InvariantCulture) : "*")} {feedback.Value}");

    private static void Write(StringBuilder text, Fmtp fmtp) => text.Line($"a=fmtp:{fmtp.PayloadType} {fmtp.Parameters}");

    private static StringBuilder Line(this StringBuilder text, string line) => text.Append(line).Append("\r\n");
}
