namespace Streaming.Rtc.Rtp;

/// <summary>The names under which header extensions are negotiated (<c>a=extmap</c>, RFC 8285 §5).</summary>
internal static class HeaderExtensionUris
{
    /// <summary>The media section that a packet belongs to (RFC 9143 §15).</summary>
    public const string Mid = "urn:ietf:params:rtp-hdrext:sdes:mid";

    /// <summary>The simulcast layer that a packet belongs to (RFC 8852 §3.1).</summary>
    public const string Rid = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";

    /// <summary>The simulcast layer that a retransmission repairs (RFC 8852 §3.2).</summary>
    public const string RepairedRid = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";

    /// <summary>The loudness of the audio in a packet (RFC 6464).</summary>
    public const string AudioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

    /// <summary>When a packet left: 24 bits, seconds with 18 fractional bits, wrapping every 64 s.</summary>
    public const string AbsSendTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";

    /// <summary>A number counted over all streams of a connection (draft-holmer-rmcat-transport-wide-cc-extensions-01).</summary>
    public const string TransportCc = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
}

/// <summary>The profile values by which a header extension says how its elements are laid out (RFC 8285 §4).</summary>
internal static class HeaderExtensionForms
{
    /// <summary>Four bits of identifier, four of length.</summary>
    public const ushort OneByte = 0xBEDE;

    /// <summary>A byte each for identifier and length; the low four bits belong to the application.</summary>
    public const ushort TwoByte = 0x1000;

    /// <summary>The largest identifier of the one-byte form; 15 is reserved.</summary>
    public const byte LargestOneByteId = 14;
}
