namespace Streaming.Contracts;

/// <summary>The browser's offer to publish or to watch. Both are made once; nothing is ever renegotiated.</summary>
/// <param name="Sdp">An SDP offer (RFC 8829), at most <see cref="MaxSdpLength"/> characters; it needs no candidates.</param>
public sealed record MediaOffer(string Sdp)
{
    /// <summary>The longest offer that is read, in characters.</summary>
    public const int MaxSdpLength = 32_768;
}

/// <summary>The server's answer.</summary>
/// <param name="Sdp">The SDP answer: ICE-lite, all candidates inside.</param>
/// <param name="Session">Names the media session in <see cref="IClassroomClient.MediaClosed"/>.</param>
public sealed record MediaAnswer(string Sdp, string Session);

/// <summary>How well one student receives.</summary>
public enum LinkQuality
{
    /// <summary>Less than 2 % lost.</summary>
    Good,

    /// <summary>2–8 % lost.</summary>
    Fair,

    /// <summary>More than 8 % lost.</summary>
    Bad,

    /// <summary>No media connection, or nothing heard of it for a while.</summary>
    Lost,
}

/// <summary>How well one student receives; sent to teachers and inspectors, when it changes.</summary>
/// <param name="Member">The student.</param>
/// <param name="Quality">How well.</param>
public sealed record ViewerQuality(string Member, LinkQuality Quality);
