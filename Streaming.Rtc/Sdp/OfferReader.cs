using System.Diagnostics.CodeAnalysis;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Sdp;

/// <summary>What an offer is answered for.</summary>
internal enum OfferPurpose
{
    /// <summary>The browser sends, we receive: one codec a section.</summary>
    Publish,

    /// <summary>We send, the browser receives: every codec that it knows.</summary>
    Watch,
}

/// <summary>One section of an offer, and what becomes of it.</summary>
/// <param name="Media">The section.</param>
/// <param name="Sources">What it carries, most wanted first; empty when it is rejected.</param>
/// <param name="Formats">What the answer accepts.</param>
internal sealed record OfferedSection(MediaSection Media, IReadOnlyList<TrackSource> Sources, IReadOnlyList<SectionFormat> Formats)
{
    public bool IsAccepted => Formats.Count > 0;
}

/// <summary>Decides which sections of an offer are accepted, and checks that the connection can be made.</summary>
/// <param name="Peer">Who offers.</param>
/// <param name="Sections">All sections of the offer, in its order.</param>
internal sealed record OfferReader(PeerDescription Peer, IReadOnlyList<OfferedSection> Sections)
{
    public static bool TryRead(
        SessionDescription offer,
        OfferPurpose purpose,
        [NotNullWhen(true)] out OfferReader? reading,
        [NotNullWhen(false)] out SdpRefusal? refusal)
    {
        reading = null;
        if (offer.IceLite)
        {
            refusal = SdpRefusal.Invalid("The offer is a=ice-lite, and so are we: nobody would begin; offer full ICE.");
            return false;
        }

        var sections = Assign(offer, purpose);
        if (sections.TrueForAll(section => section.Sources.Count == 0))
        {
            refusal = SdpRefusal.Invalid("The offer has no audio or video section; offer at least one.");
            return false;
        }

        foreach (var section in sections.Where(section => section.Sources.Count > 0))
        {
            refusal = Check(section.Media, offer, purpose);
            if (refusal is not null) return false;
        }

        var tagged = sections.Find(section => section.IsAccepted);
        if (tagged is null)
        {
            refusal = new SdpRefusal(
                SdpRefusalKind.NoCommonCodec,
                "The offer has no codec that is forwarded here; offer Opus for audio and VP8, H.264, VP9 or AV1 for video.");
            return false;
        }

        if (!PeerDescription.TryRead(offer, tagged.Media, out var peer, out var error))
        {
            refusal = SdpRefusal.Invalid(error);
            return false;
        }

        refusal = CheckSetup(peer) ?? CheckPayloadTypes(sections);
        if (refusal is not null) return false;
        reading = new OfferReader(peer, sections);
        return true;
    }

    /// <summary>Gives each section its sources: by its place among those of its kind.</summary>
    private static List<OfferedSection> Assign(SessionDescription offer, OfferPurpose purpose)
    {
        var hasOnePicture = offer.Media.Count(media => media is { Kind: "video", IsOffered: true }) == 1;
        var (voices, pictures) = (0, 0);
        var sections = new List<OfferedSection>(offer.Media.Count);
        foreach (var media in offer.Media)
        {
            var place = media switch
            {
                { IsOffered: false } => 0,
                { Kind: "audio" } => ++voices,
                { Kind: "video" } => ++pictures,
                _ => 0,
            };
            TrackSource[] sources = (media.Kind, place) switch
            {
                ("audio", 1) => [TrackSource.Voice],
                ("video", 1) when purpose == OfferPurpose.Watch && hasOnePicture => [TrackSource.Screen, TrackSource.Camera],
                ("video", 1) => [TrackSource.Camera],
                ("video", 2) => [TrackSource.Screen],
                _ => [],
            };
            var formats = sources.Length > 0 ? SectionFormat.ReadAll(media) : [];
            sections.Add(new OfferedSection(media, sources, purpose == OfferPurpose.Publish ? [.. formats.Take(1)] : formats));
        }

        return sections;
    }

    private static SdpRefusal? Check(MediaSection media, SessionDescription offer, OfferPurpose purpose)
    {
        if (media.Mid is not { } mid)
            return SdpRefusal.Invalid($"An m={media.Kind} section has no a=mid; give each section its own, such as a=mid:0.");
        var name = $"The {media.Kind} section with a=mid:{mid}";

        if (!offer.Bundle.Contains(mid)) return SdpRefusal.Invalid($"{name} is not in a=group:BUNDLE; name all sections there.");
        if (media.Protocol is not ("UDP/TLS/RTP/SAVPF" or "TCP/TLS/RTP/SAVPF" or "RTP/SAVPF"))
            return SdpRefusal.Invalid($"{name} uses {SdpSyntax.Quote(media.Protocol)}; offer UDP/TLS/RTP/SAVPF.");
        if (!media.RtcpMux) return SdpRefusal.Invalid($"{name} has no a=rtcp-mux; RTP and RTCP share one port here.");
        if (purpose == OfferPurpose.Publish && !media.Sends)
            return SdpRefusal.Invalid($"{name} is a={SdpWriter.Name(media.Direction)}; who publishes offers a=sendonly.");
        if (purpose == OfferPurpose.Watch && !media.Receives)
            return SdpRefusal.Invalid($"{name} is a={SdpWriter.Name(media.Direction)}; who watches offers a=recvonly.");
        return null;
    }

    private static SdpRefusal? CheckSetup(PeerDescription peer) => peer.Setup switch
    {
        "actpass" or "active" or "passive" => null,
        null => SdpRefusal.Invalid("The offer has no a=setup; offer a=setup:actpass."),
        var setup => SdpRefusal.Invalid($"The offer has a=setup:{setup}, with which no connection is made; offer a=setup:actpass."),
    };

    // RFC 9143 §9.1: one transport has one table of payload types. Two meanings would make a packet ambiguous.
    private static SdpRefusal? CheckPayloadTypes(List<OfferedSection> sections)
    {
        var meanings = new Dictionary<byte, (MediaFormat Format, bool IsRetransmission)>();
        foreach (var (negotiated, _) in sections.SelectMany(section => section.Formats))
        {
            var (format, payloadType, retransmission) = negotiated;
            if (!Claim(payloadType, (format, false)) || (retransmission is { } rtx && !Claim(rtx, (format, true))))
                return SdpRefusal.Invalid("One payload type stands for two codecs within the bundle; give each codec its own.");
        }

        return null;

        bool Claim(PayloadType payloadType, (MediaFormat, bool) meaning) =>
            meanings.TryAdd(payloadType.Value, meaning) || meanings[payloadType.Value] == meaning;
    }
}
