using Streaming.Rtc.Dtls;

namespace Streaming.Rtc.Sfu;

/// <summary>Runs DTLS beside the media thread: a handshake costs as much as hundreds of packets.</summary>
/// <remarks>
/// The RTC worker calls it; nothing here waits. What comes out returns to the engine as <see cref="DtlsSend"/>,
/// <see cref="DtlsConnected"/>, <see cref="DtlsProven"/> and <see cref="DtlsClosed"/>. A simulated network runs the same transports in line.
/// </remarks>
internal interface IHandshaker
{
    /// <summary>Starts an association.</summary>
    /// <param name="transport">Whose.</param>
    /// <param name="role">Which end we are; a client says hello at once.</param>
    /// <param name="expectedFingerprint">SHA-256 that the peer's certificate must have, 32 bytes.</param>
    void Open(TransportId transport, DtlsRole role, ReadOnlyMemory<byte> expectedFingerprint);

    /// <summary>Hands over a DTLS datagram; it is copied.</summary>
    /// <returns>False when the queue is full and the datagram was dropped.</returns>
    bool Receive(TransportId transport, ReadOnlySpan<byte> datagram);

    /// <summary>Ends the association: close_notify is sent, memory is freed.</summary>
    void Close(TransportId transport);
}
