namespace Streaming.Rtc.Rtp;

/// <summary>A codec that is forwarded. None is decoded here.</summary>
public enum Codec
{
    /// <summary>Opus audio (RFC 7587), clock 48 kHz.</summary>
    Opus,

    /// <summary>VP8 video (RFC 7741), clock 90 kHz.</summary>
    Vp8,

    /// <summary>VP9 video (RFC 9628), clock 90 kHz.</summary>
    Vp9,

    /// <summary>H.264 video (RFC 6184), clock 90 kHz.</summary>
    H264,

    /// <summary>AV1 video (AOM RTP specification 1.0), clock 90 kHz.</summary>
    Av1,

    /// <summary>Opus with copies of earlier packets (RFC 2198), clock 48 kHz. We make it for watchers; nobody publishes it.</summary>
    Red,
}
