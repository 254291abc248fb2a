using Streaming.Rtc.Ice;
using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>What a publisher's track shows. A watcher's slots are filled by source, never by who publishes.</summary>
public enum TrackSource
{
    /// <summary>The teacher's voice.</summary>
    Voice,

    /// <summary>The teacher's camera.</summary>
    Camera,

    /// <summary>The teacher's screen.</summary>
    Screen,
}

/// <summary>A codec with the part of its format parameters that decides whether two ends understand each other.</summary>
/// <param name="Codec">The codec.</param>
/// <param name="Profile">
/// Normalised profile: empty for Opus and VP8; <c>profile-id</c> for VP9 ("0"); <c>profile_idc + constraints</c> and packetization mode for
/// H.264 ("42e0/1"); profile for AV1 ("0").
/// </param>
public readonly record struct MediaFormat(Codec Codec, string Profile)
{
    /// <summary>RTP clock rate in Hz: 48 000 for Opus, 90 000 for video.</summary>
    public int ClockRate => Codec is Codec.Opus or Codec.Red ? 48_000 : 90_000;
}

/// <summary>A format under the payload types that one end gave it.</summary>
/// <param name="Format">Codec and profile.</param>
/// <param name="PayloadType">Its payload type at that end.</param>
/// <param name="Retransmission">The payload type of its RTX stream (RFC 4588), when negotiated.</param>
public readonly record struct NegotiatedFormat(MediaFormat Format, PayloadType PayloadType, PayloadType? Retransmission);

/// <summary>What both kinds of transport need to reach their peer.</summary>
/// <param name="LocalIce">The credentials that we handed out.</param>
/// <param name="RemoteIce">The credentials that the peer handed out.</param>
/// <param name="RemoteFingerprint">SHA-256 of the peer's certificate, 32 bytes (RFC 8122).</param>
public sealed record PeerParameters(IceCredentials LocalIce, IceCredentials RemoteIce, ReadOnlyMemory<byte> RemoteFingerprint)
{
    /// <summary>Whether we say the DTLS hello, as soon as the peer's first check is verified, instead of waiting for the peer's.</summary>
    public bool SaysHello { get; init; }
}

/// <summary>A publisher's connection as negotiated.</summary>
/// <param name="Peer">How to reach it.</param>
/// <param name="MidExtension">Identifier of the MID header extension (RFC 9143), 1–14; 0 when not negotiated.</param>
/// <param name="Tracks">Its tracks, in the order of the media sections.</param>
public sealed record PublishParameters(PeerParameters Peer, byte MidExtension, IReadOnlyList<PublishedTrack> Tracks)
{
    /// <summary>Identifier of the header extension that names a simulcast layer (RFC 8852 §3.1), 1–14; 0 when not negotiated.</summary>
    public byte RidExtension { get; init; }

    /// <summary>Identifier of the one that names the layer which a retransmission repairs (RFC 8852 §3.2), 1–14; 0 when not negotiated.</summary>
    public byte RepairedRidExtension { get; init; }

    /// <summary>
    /// Identifier of the one that numbers the packets of all streams (draft-holmer-rmcat-transport-wide-cc-extensions-01), 1–14; 0 when not
    /// negotiated, and then the publisher is told a bitrate.
    /// </summary>
    public byte TransportNumberExtension { get; init; }
}

/// <summary>One media section that a publisher sends.</summary>
/// <param name="Mid">The section's identification tag (RFC 9143).</param>
/// <param name="Source">What it shows.</param>
/// <param name="Formats">The formats it may use; usually one.</param>
/// <param name="Ssrc">Its SSRC when the offer named one; otherwise found by MID or payload type.</param>
/// <param name="RetransmissionSsrc">The SSRC of its RTX stream when the offer named one.</param>
public sealed record PublishedTrack(
    string Mid, TrackSource Source, IReadOnlyList<NegotiatedFormat> Formats, Ssrc? Ssrc, Ssrc? RetransmissionSsrc)
{
    /// <summary>The names of its simulcast layers (RFC 8851), the smallest first; empty for a single stream.</summary>
    public IReadOnlyList<string> Rids { get; init; } = [];
}

/// <summary>A watcher's connection as negotiated.</summary>
/// <param name="Peer">How to reach it.</param>
/// <param name="CanonicalName">The RTCP CNAME of all that we send to it (RFC 7022).</param>
/// <param name="Slots">Its fixed slots, in the order of the media sections.</param>
/// <param name="TransportExtension">
/// Identifier of the header extension that numbers what we send over all slots, 1–14, when the watcher says of each number whether it has
/// come; 0 when it does not.
/// </param>
public sealed record WatchParameters(
    PeerParameters Peer, string CanonicalName, IReadOnlyList<WatchSlot> Slots, byte TransportExtension = 0);

/// <summary>One media section that a watcher receives; the sources that fill it come and go, the slot stays.</summary>
/// <param name="Mid">The section's identification tag (RFC 9143).</param>
/// <param name="Sources">What may fill it, most wanted first: a player with one picture gets the screen while there is one, else the camera.</param>
/// <param name="Formats">The formats that the watcher understands here.</param>
/// <param name="Ssrc">The SSRC of what we send.</param>
/// <param name="RetransmissionSsrc">The SSRC of what we send again; null when the watcher cannot take RTX, and then nothing is sent again.</param>
/// <param name="IsNumbered">Whether its packets carry the transport number.</param>
public sealed record WatchSlot(
    string Mid, IReadOnlyList<TrackSource> Sources, IReadOnlyList<NegotiatedFormat> Formats, Ssrc Ssrc, Ssrc? RetransmissionSsrc,
    bool IsNumbered = false);
