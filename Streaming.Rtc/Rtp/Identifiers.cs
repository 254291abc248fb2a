namespace Streaming.Rtc.Rtp;

/// <summary>A synchronization source (RFC 3550 §3): one numbered stream of RTP packets.</summary>
public readonly record struct Ssrc(uint Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>An RTP payload type, 0–127; which codec it means was negotiated in SDP.</summary>
public readonly record struct PayloadType(byte Value);
