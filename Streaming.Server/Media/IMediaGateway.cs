using Streaming.Contracts;

namespace Streaming.Server.Media;

/// <summary>Whose a media session is, and its name.</summary>
/// <param name="Class">The class.</param>
/// <param name="Member">The ticket's member.</param>
/// <param name="Device">The member's device; a WHIP or WHEP client is one of its own.</param>
/// <param name="Session">The session's name: 32 hex digits, never used twice.</param>
internal sealed record MediaOwner(string Class, string Member, string Device, string Session);

/// <summary>An SDP answer, or why there is none.</summary>
internal sealed record MediaResult
{
    private MediaResult()
    {
    }

    /// <summary>The SDP answer; null when refused.</summary>
    public string? Sdp { get; private init; }

    /// <summary>What the offer can send, as far as its sections tell; empty for a watcher.</summary>
    public IReadOnlyList<TrackSource> Sources { get; private init; } = [];

    /// <summary>Why there is no answer; null when there is one.</summary>
    public Refusal? Refusal { get; private init; }

    public static MediaResult Answered(string sdp, IReadOnlyList<TrackSource> sources) => new() { Sdp = sdp, Sources = sources };

    public static MediaResult Refused(string code, string sentence) => new() { Refusal = new Refusal(code, sentence) };
}

/// <summary>The door to the media workers. All calls may come from any thread, and none waits for a worker's thread.</summary>
internal interface IMediaGateway
{
    /// <summary>Opens a publishing session from an SDP offer of at most <see cref="MediaOffer.MaxSdpLength"/> characters.</summary>
    /// <remarks>Refuses with <see cref="HubErrors.SdpInvalid"/> or <see cref="HubErrors.NoCommonCodec"/>; then nothing was opened.</remarks>
    ValueTask<MediaResult> PublishAsync(MediaOwner owner, string sdpOffer, CancellationToken cancellationToken);

    /// <summary>Opens a watching session.</summary>
    /// <param name="owner">Whose it is, and its name.</param>
    /// <param name="observer">Never ask the publisher for anything on this watcher's behalf.</param>
    /// <param name="sdpOffer">The offer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<MediaResult> WatchAsync(MediaOwner owner, bool observer, string sdpOffer, CancellationToken cancellationToken);

    /// <summary>Says which sources the publishing session sends now; the others' slots fall silent.</summary>
    void SetSources(string session, IReadOnlyList<TrackSource> sources);

    /// <summary>Says how much the watching session wants at most, whatever its link carries.</summary>
    void LimitRung(string session, Rung highest);

    /// <summary>Closes the session; an unknown or closed one is no error.</summary>
    void Close(string session);
}

/// <summary>What the media workers tell. Safe from any thread; never blocks.</summary>
internal interface IMediaEvents
{
    /// <summary>The session's transport stands.</summary>
    void Connected(MediaOwner owner);

    /// <summary>The session ended by itself: its peer closed it, fell silent, or broke the protocol.</summary>
    void Closed(MediaOwner owner, string reason);

    /// <summary>How a watching session receives; may be said as often as is convenient.</summary>
    void Quality(MediaOwner owner, LinkQuality quality);

    /// <summary>How much of the class a watching session's link carries; when it has changed.</summary>
    void Rung(MediaOwner owner, Rung rung);

    /// <summary>Which of the camera's layers somebody wants; when it has changed. Everything until it is told.</summary>
    /// <param name="owner">The publishing session.</param>
    /// <param name="top">The largest of them, 0 for the smallest.</param>
    void LayersWanted(MediaOwner owner, int top);

    /// <summary>How large the pictures are that a publishing session sends.</summary>
    /// <param name="owner">The session.</param>
    /// <param name="source">What they show.</param>
    /// <param name="layer">Which simulcast layer, 0 for the smallest and for a single stream.</param>
    /// <param name="stream">The layer's name and SSRC, for logs.</param>
    /// <param name="size">Such as <c>1280x720</c>.</param>
    void Sends(MediaOwner owner, TrackSource source, int layer, string stream, string size);
}
