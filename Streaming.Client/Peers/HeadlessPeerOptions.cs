using Streaming.Rtc;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Client.Peers;

/// <summary>What a <see cref="HeadlessPeer"/> offers, and how it behaves as a receiver.</summary>
public sealed class HeadlessPeerOptions
{
    /// <summary>What a publisher sends, in the order of the media sections. Voice and camera by default.</summary>
    /// <remarks>The server takes the first video for the camera and the second for the screen; no screen without a camera.</remarks>
    public IReadOnlyList<TrackSource> Tracks { get; init; } = [TrackSource.Voice, TrackSource.Camera];

    /// <summary>The format of a publisher's video; VP8 by default.</summary>
    public MediaFormat VideoFormat { get; init; } = new(Codec.Vp8, "");

    /// <summary>The names of the camera's simulcast layers, the smallest first, such as <c>l</c>, <c>m</c>, <c>h</c>; none for a single stream.</summary>
    /// <remarks>Letters and digits. Each layer is a track of its own in <see cref="HeadlessPeer.Sent"/>.</remarks>
    public IReadOnlyList<string> CameraLayers { get; init; } = [];

    /// <summary>Whether a publisher offers to number all its packets and to be told when each came (transport-wide congestion control).</summary>
    public bool TransportFeedback { get; init; }

    /// <summary>Whether a watcher wants to hear.</summary>
    public bool Voice { get; init; } = true;

    /// <summary>How many pictures a watcher wants, 0–2: two for camera and screen, one for whichever there is.</summary>
    public int Pictures { get; init; } = 2;

    /// <summary>The video formats that a watcher says it understands; VP8 by default.</summary>
    public IReadOnlyList<MediaFormat> WatchFormats { get; init; } = [new(Codec.Vp8, "")];

    /// <summary>Whether RTX (RFC 4588) is offered.</summary>
    public bool Retransmission { get; init; } = true;

    /// <summary>Whether a watcher says of each packet when it has come (transport-wide feedback), as browsers do.</summary>
    public bool TellsArrivals { get; init; } = true;

    /// <summary>Whether a watcher asks for what is missing (NACK), up to ten times.</summary>
    public bool AsksAgain { get; init; } = true;

    /// <summary>Whether a watcher asks for a key frame (PLI) when video is missing for good.</summary>
    public bool AsksForKeyFrames { get; init; } = true;

    /// <summary>Called with every RTP packet that a watcher's slot receives, after the counters; duplicates and probes left out.</summary>
    public ReceivedPacketHandler? OnPacket { get; init; }

    /// <summary>Where to go instead of the answer's first candidate; for a server whose announced address cannot be reached.</summary>
    public TransportAddress? Server { get; init; }

    /// <summary>Draws SSRCs, ICE credentials and first sequence numbers, so that a test repeats; random when null.</summary>
    public int? Seed { get; init; }

    /// <summary>The only SRTP profile that is offered; all that we speak when null.</summary>
    public SrtpProfile? Profile { get; init; }

    /// <summary>The certificate; one for all peers of the process by default, for making one costs as much as a handshake.</summary>
    public DtlsCertificate? Certificate { get; init; }
}

/// <summary>Where a <see cref="HeadlessPeer"/> stands.</summary>
public enum HeadlessPeerState
{
    /// <summary>Has an offer, waits for the answer.</summary>
    New,

    /// <summary>ICE or DTLS is on its way.</summary>
    Connecting,

    /// <summary>Media can flow.</summary>
    Connected,

    /// <summary>Did not connect, or lost the server; <see cref="HeadlessPeer.Failure"/> says how.</summary>
    Failed,

    /// <summary>Closed by us, or by the server's goodbye.</summary>
    Closed,
}
