using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Sdp;

/// <summary>A format of one section that can be forwarded, with what an answer says of it.</summary>
/// <param name="Negotiated">The format under the section's payload types.</param>
/// <param name="Parameters">The answer's <c>a=fmtp</c>; null for none.</param>
internal readonly record struct SectionFormat(NegotiatedFormat Negotiated, string? Parameters)
{
    /// <summary>All formats of a section that we can forward, the most wanted first.</summary>
    public static List<SectionFormat> ReadAll(MediaSection media)
    {
        var parameters = new Dictionary<byte, FormatParameters>();
        foreach (var fmtp in media.Fmtps) parameters.TryAdd(fmtp.PayloadType, new FormatParameters(fmtp.Parameters));

        var usable = media.RtpMaps.Where(map => IsUsable(map.PayloadType) && media.PayloadTypes.Contains(map.PayloadType)).ToList();
        var retransmissions = new Dictionary<byte, PayloadType>();
        foreach (var map in usable)
        {
            if (CodecTable.TryReadRtx(map, Of(map), out var repaired)) retransmissions.TryAdd(repaired, new PayloadType(map.PayloadType));
        }

        var formats = new List<SectionFormat>();
        foreach (var map in usable)
        {
            if (!CodecTable.TryRead(map, Of(map), out var format, out var answer)) continue;
            var isAudio = format.Codec is Codec.Opus or Codec.Red;
            if (isAudio != (media.Kind == "audio")) continue;

            PayloadType? retransmission = !isAudio && retransmissions.TryGetValue(map.PayloadType, out var rtx) ? rtx : null;
            formats.Add(new SectionFormat(new NegotiatedFormat(format, new PayloadType(map.PayloadType), retransmission), answer));
        }

        // Copies are of Opus under its usual type; where that is something else, there are none.
        if (!formats.Exists(format => format.Negotiated is { Format.Codec: Codec.Opus, PayloadType.Value: CodecTable.OpusType }))
            formats.RemoveAll(format => format.Negotiated.Format.Codec == Codec.Red);

        // OrderBy is stable: within one preference the offer's order holds.
        return [.. formats.OrderBy(format => CodecTable.Preference(format.Negotiated.Format))];

        FormatParameters Of(RtpMap map) => parameters.GetValueOrDefault(map.PayloadType, new FormatParameters(""));
    }

    // RFC 5761 §4: with RTP and RTCP on one port, these cannot be told from RTCP when the marker is set.
    private static bool IsUsable(byte payloadType) => payloadType is < 64 or > 95;
}
