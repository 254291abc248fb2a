using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>What a worker tells about its transports. Decisions and their outcome; never packets.</summary>
public abstract record RtcEvent(TransportId Transport);

/// <summary>Handshake done; media can flow.</summary>
public sealed record TransportConnected(TransportId Transport) : RtcEvent(Transport);

/// <summary>The transport is gone; its id is not used again.</summary>
public sealed record TransportClosed(TransportId Transport, CloseReason Reason) : RtcEvent(Transport);

/// <summary>How a watcher receives by its own receiver reports; told at first and when it has changed, at most every 2 s.</summary>
/// <param name="Transport">The watcher.</param>
/// <param name="LostFraction">Share of the packets that we sent to it and that were lost, 0–1, over all its slots.</param>
/// <param name="RoundTrip">Round trip from its reports (RFC 3550 §6.4.1); null before the first measurement.</param>
public sealed record WatcherQuality(TransportId Transport, double LostFraction, TimeSpan? RoundTrip) : RtcEvent(Transport);

/// <summary>What of the class a watcher's link carries; told at first and when it has changed.</summary>
/// <param name="Transport">The watcher.</param>
/// <param name="Rung">How much it gets.</param>
/// <param name="Bitrate">What its link is thought to carry, in bit/s on the wire.</param>
public sealed record WatcherRung(TransportId Transport, Rung Rung, int Bitrate) : RtcEvent(Transport);

/// <summary>Which of its camera's layers somebody wants; everything until it is told. Decided from members alone, never from observers.</summary>
/// <param name="Transport">The publisher.</param>
/// <param name="Top">The largest that is wanted, 0 for the smallest, which is always wanted.</param>
public sealed record CameraWanted(TransportId Transport, int Top) : RtcEvent(Transport);

/// <summary>How large a publisher's pictures are; told with the first key frame, and when it has changed, at most every 10 s.</summary>
/// <param name="Transport">The publisher.</param>
/// <param name="Source">What it shows.</param>
/// <param name="Layer">Which simulcast layer of it: 0 for the smallest, and for a single stream.</param>
/// <param name="Rid">The layer's name in the offer; null for a single stream.</param>
/// <param name="Ssrc">The stream.</param>
/// <param name="Size">In pixels.</param>
public sealed record PictureSized(TransportId Transport, TrackSource Source, int Layer, string? Rid, Ssrc Ssrc, PictureSize Size)
    : RtcEvent(Transport);
