namespace Streaming.Rtc.Sdp;

/// <summary>Why an offer was not answered.</summary>
public enum SdpRefusalKind
{
    /// <summary>It is no SDP, or asks for a connection that is not made here.</summary>
    Invalid,

    /// <summary>It is longer than <see cref="SdpParser"/> reads.</summary>
    TooLarge,

    /// <summary>None of its sections has a codec that is forwarded here.</summary>
    NoCommonCodec,
}

/// <summary>An offer that was not answered.</summary>
/// <param name="Kind">What programs decide by.</param>
/// <param name="Sentence">One English sentence for whoever wrote the client: what was wrong and what would be right.</param>
public sealed record SdpRefusal(SdpRefusalKind Kind, string Sentence)
{
    internal static SdpRefusal Invalid(string sentence) => new(SdpRefusalKind.Invalid, sentence);

    internal static SdpRefusal TooLarge(string sentence) => new(SdpRefusalKind.TooLarge, sentence);
}
