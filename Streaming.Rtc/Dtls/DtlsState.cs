namespace Streaming.Rtc.Dtls;

/// <summary>Which end of the handshake we are.</summary>
internal enum DtlsRole
{
    /// <summary>Waits for the peer's hello ("a=setup:passive").</summary>
    Server,

    /// <summary>Says hello ("a=setup:active").</summary>
    Client,
}

/// <summary>Where an association stands.</summary>
internal enum DtlsState
{
    /// <summary>Not done; a client that has said its last word has keys all the same, see <see cref="DtlsTransport.Keys"/>.</summary>
    Handshaking,

    /// <summary>
    /// The peer has proved its fingerprint and the keys are there. Mostly by its last word, see <see cref="DtlsTransport.IsProven"/>; a client whose time
    /// was over without that is connected, too.
    /// </summary>
    Connected,

    /// <summary>Ended in order, by a close_notify from either side.</summary>
    Closed,

    /// <summary>Ended out of order; <see cref="DtlsTransport.Failure"/> says why.</summary>
    Failed,
}

/// <summary>Why an association failed.</summary>
internal enum DtlsFailure
{
    /// <summary>It did not fail.</summary>
    None,

    /// <summary>The peer's certificate is not the one whose fingerprint was signalled (RFC 8122 §6.2).</summary>
    WrongFingerprint,

    /// <summary>The peer knows none of our SRTP profiles (RFC 5764 §4.1).</summary>
    NoCommonSrtpProfile,

    /// <summary>The peer broke the protocol or sent a fatal alert.</summary>
    ProtocolError,

    /// <summary>The handshake took longer than <see cref="DtlsTransport.HandshakeTimeout"/>.</summary>
    TimedOut,
}
