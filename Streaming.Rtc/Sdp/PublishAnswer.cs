using System.Diagnostics.CodeAnalysis;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Sdp;

/// <summary>Answers who wants to send: the first audio section is the voice, the first video the camera, the second the screen.</summary>
/// <remarks>
/// Pure: no state, no clock. Each accepted section gets one codec with its RTX, VP8 before H.264, VP9 and AV1. Of simulcast up to
/// <see cref="SimulcastOffer.MostStreams"/> streams of VP8 are taken, of other codecs one: VP9 and AV1 bring their layers in one stream.
/// Everything else in the offer is rejected section by section (RFC 3264 §6).
/// </remarks>
public static class PublishAnswer
{
    /// <summary>Answers the text of an offer.</summary>
    /// <inheritdoc cref="TryMake(SessionDescription, LocalDescription, out string, out PublishParameters, out SdpRefusal)"/>
    public static bool TryMake(
        string offer,
        LocalDescription local,
        [NotNullWhen(true)] out string? answer,
        [NotNullWhen(true)] out PublishParameters? parameters,
        [NotNullWhen(false)] out SdpRefusal? refusal)
    {
        (answer, parameters) = (null, null);
        return SdpParser.TryRead(offer, out var description, out refusal)
            && TryMake(description, local, out answer, out parameters, out refusal);
    }

    /// <summary>Answers an offer.</summary>
    /// <param name="offer">The browser's offer; its candidates are not read, we learn its address from its checks.</param>
    /// <param name="local">Our end, with all its candidates.</param>
    /// <param name="answer">The SDP answer.</param>
    /// <param name="parameters">What was negotiated.</param>
    /// <param name="refusal">Why there is no answer.</param>
    /// <returns>False when the offer is refused as a whole.</returns>
    public static bool TryMake(
        SessionDescription offer,
        LocalDescription local,
        [NotNullWhen(true)] out string? answer,
        [NotNullWhen(true)] out PublishParameters? parameters,
        [NotNullWhen(false)] out SdpRefusal? refusal)
    {
        (answer, parameters) = (null, null);
        if (!OfferReader.TryRead(offer, OfferPurpose.Publish, out var reading, out refusal)) return false;

        var extensions = PublishExtensions.Choose(reading);
        var media = new List<MediaSection>(reading.Sections.Count);
        var tracks = new List<PublishedTrack>();
        var ssrcs = new HashSet<Ssrc>();
        foreach (var section in reading.Sections)
        {
            if (!section.IsAccepted)
            {
                media.Add(AnswerSections.Rejected(section.Media));
                continue;
            }

            if (!TryReadSimulcast(section, extensions, out var simulcast, out refusal)) return false;

            var track = ReadTrack(section, simulcast);
            if ((track.Ssrc is { } main && !ssrcs.Add(main)) || (track.RetransmissionSsrc is { } rtx && !ssrcs.Add(rtx)))
            {
                refusal = SdpRefusal.Invalid("The offer names one SSRC for two streams; give each stream its own.");
                return false;
            }

            var answered = AnswerSections.Accepted(
                Wishing(section, local.Voice), MediaDirection.RecvOnly, local, reading.Peer.AnsweredSetup, isTagged: tracks.Count == 0);
            media.Add(extensions.Answer(section, answered, isSimulcast: simulcast.Streams.Count > 0) with
            {
                OtherAttributes = [.. simulcast.ToAttributes("recv")],
            });
            tracks.Add(track);
        }

        answer = SdpWriter.Write(AnswerSections.Session(local, media));
        parameters = new PublishParameters(reading.Peer.ToParameters(local), extensions.Mid.Id, tracks)
        {
            RidExtension = extensions.Rid.Id,
            RepairedRidExtension = extensions.RepairedRid.Id,
            TransportNumberExtension = extensions.TransportNumber.Id,
        };
        return true;
    }

    // Streams that nothing tells apart cannot be taken: without the extensions for it there is one.
    private static bool TryReadSimulcast(
        OfferedSection section,
        PublishExtensions extensions,
        [NotNullWhen(true)] out SimulcastOffer? simulcast,
        [NotNullWhen(false)] out SdpRefusal? refusal)
    {
        var format = section.Formats[0].Negotiated;
        if (format.Format.Codec == Codec.Vp8 && extensions.Tell(section.Media, format))
            return SimulcastOffer.TryRead(section.Media, format.PayloadType, out simulcast, out refusal);

        (simulcast, refusal) = (new SimulcastOffer([]), null);
        return true;
    }

    private static OfferedSection Wishing(OfferedSection section, VoiceWish wish) => section with
    {
        Formats = [.. section.Formats.Select(format => format.Negotiated.Format.Codec == Codec.Opus ? format with { Parameters = wish.ToParameters() } : format)],
    };

    private static PublishedTrack ReadTrack(OfferedSection section, SimulcastOffer simulcast)
    {
        var format = section.Formats[0].Negotiated;
        if (simulcast.Streams.Count > 0)
        {
            return new PublishedTrack(section.Media.Mid!, section.Sources[0], [format], null, null)
            {
                Rids = [.. simulcast.Streams.Select(stream => stream.Rid)],
            };
        }

        var stream = StreamIdentity.Read(section.Media);
        return new PublishedTrack(
            section.Media.Mid!, section.Sources[0], [format], stream.Ssrc, format.Retransmission is null ? null : stream.Retransmission);
    }
}
