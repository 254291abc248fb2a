namespace Streaming.Rtc;

/// <summary>Why a datagram was dropped. Each has a counter; none is ever logged per packet.</summary>
public enum DropReason
{
    /// <summary>Not dropped.</summary>
    None = 0,

    /// <summary>Empty, or a first byte that RFC 7983 gives to no protocol we speak.</summary>
    UnknownProtocol,

    /// <summary>From an address that no transport has validated by a STUN check.</summary>
    UnknownAddress,

    /// <summary>STUN that does not parse (RFC 8489 §5), or is no binding request.</summary>
    StunMalformed,

    /// <summary>A STUN check for a user fragment that we did not hand out.</summary>
    StunUnknownUser,

    /// <summary>A STUN check whose MESSAGE-INTEGRITY or FINGERPRINT is wrong or missing.</summary>
    StunIntegrity,

    /// <summary>A genuine STUN check that was answered with an error: an attribute that we must know and do not (420), or a role conflict (487).</summary>
    StunRefused,

    /// <summary>DTLS beyond what one peer may send (64 datagrams a second), or for a handshake thread whose queue is full.</summary>
    DtlsOverflow,

    /// <summary>DTLS larger or smaller than any record can be.</summary>
    DtlsMalformed,

    /// <summary>SRTP or SRTCP before the DTLS handshake has given keys.</summary>
    SrtpTooEarly,

    /// <summary>SRTP or SRTCP too short for its header and tag.</summary>
    SrtpMalformed,

    /// <summary>An authentication tag that does not match (RFC 3711 §3.3, RFC 7714 §5.2).</summary>
    SrtpAuthentication,

    /// <summary>An index that was seen before, or is too old to tell (RFC 3711 §3.3.2).</summary>
    SrtpReplay,

    /// <summary>RTP that authenticated but does not parse (RFC 3550 §5.1).</summary>
    RtpMalformed,

    /// <summary>RTP with an SSRC that belongs to no track and names none by MID or payload type; RTP or RTCP with one SSRC more than a peer may use (64).</summary>
    RtpUnknownSsrc,

    /// <summary>RTP with a payload type that was not negotiated for its track.</summary>
    RtpUnknownPayloadType,

    /// <summary>RTP older than the order of its stream can use.</summary>
    RtpTooOld,

    /// <summary>RTCP that authenticated but does not parse (RFC 3550 §6).</summary>
    RtcpMalformed,

    /// <summary>RTP from a peer that may only watch.</summary>
    NotAPublisher,

    /// <summary>Larger than the largest datagram a slot holds.</summary>
    Oversized,

    /// <summary>Handed over by another worker, of a track that has gone or begun a new stream meanwhile.</summary>
    RelayedForNobody,

    /// <summary>Not sent, because its number was sent before: two packets under one nonce would give the keys away. Our own fault.</summary>
    NumberUsedTwice,

    /// <summary>Our own fault: a handler threw; the transport was closed.</summary>
    InternalError,
}
