namespace Streaming.Rtc.Sfu;

/// <summary>One peer connection, publishing or watching; unique in this process.</summary>
public readonly record struct TransportId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"t{Value}";
}

/// <summary>One class's media; unique in this process.</summary>
public readonly record struct RoomId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"r{Value}";
}

/// <summary>Why a transport was closed.</summary>
public enum CloseReason
{
    /// <summary>We were asked to.</summary>
    Requested,

    /// <summary>Its room was closed.</summary>
    RoomClosed,

    /// <summary>The peer said goodbye (DTLS close_notify).</summary>
    ClosedByPeer,

    /// <summary>No path and no finished handshake within the time for connecting (30 s).</summary>
    NeverConnected,

    /// <summary>No STUN check for 30 s (RFC 7675).</summary>
    ConsentExpired,

    /// <summary>The peer's certificate is not the one of its SDP.</summary>
    WrongFingerprint,

    /// <summary>The DTLS handshake failed or timed out.</summary>
    HandshakeFailed,

    /// <summary>Our own fault; the log says which.</summary>
    InternalError,
}
