namespace Streaming.Rtc.Sdp;

/// <summary>An SDP description (RFC 8866) as <see cref="SdpParser"/> read it, or as <see cref="SdpWriter"/> will write it.</summary>
/// <remarks>
/// Immutable. Attributes that are not negotiated here are kept as text; of the other lines, those that WebRTC gives no meaning
/// (<c>i= u= e= p= b= r= z= k=</c> and the times) are not kept.
/// </remarks>
public sealed record SessionDescription
{
    /// <summary>What stands after <c>o=</c>.</summary>
    internal string Origin { get; init; } = "- 0 0 IN IP4 127.0.0.1";

    /// <summary>What stands after <c>s=</c>.</summary>
    internal string Name { get; init; } = "-";

    /// <summary>The mids of the first BUNDLE group (RFC 9143); empty when there is none.</summary>
    internal IReadOnlyList<string> Bundle { get; init; } = [];

    /// <summary>Whether its writer is ICE-lite (RFC 8839 §5.3) and so will never start a check.</summary>
    internal bool IceLite { get; init; }

    /// <summary>What holds for every section that does not say otherwise.</summary>
    internal TransportAttributes Transport { get; init; } = TransportAttributes.None;

    /// <summary>All other attributes, without <c>a=</c>.</summary>
    internal IReadOnlyList<string> OtherAttributes { get; init; } = [];

    internal IReadOnlyList<MediaSection> Media { get; init; } = [];
}
