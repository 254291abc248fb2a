namespace Streaming.Rtc.Srtp;

/// <summary>Both directions of one peer's SRTP, ready to use.</summary>
/// <remarks>
/// Deriving the keys and setting them costs as much as a hundred packets, so it is done where the handshake was; from then on one thread at a
/// time owns it.
/// </remarks>
internal sealed class SrtpSession : IDisposable
{
    /// <summary>Derives and sets the keys.</summary>
    /// <param name="keys">What the handshake gave.</param>
    /// <param name="gcm">Which code does AES-GCM.</param>
    internal SrtpSession(SrtpKeys keys, GcmKind gcm = GcmKind.Auto)
    {
        Inbound = new InboundSrtp(keys, gcm);
        try
        {
            Outbound = new OutboundSrtp(keys, gcm);
        }
        catch
        {
            Inbound.Dispose();
            throw;
        }
    }

    /// <summary>What the peer sends.</summary>
    internal InboundSrtp Inbound { get; }

    /// <summary>What we send.</summary>
    internal OutboundSrtp Outbound { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Inbound.Dispose();
        Outbound.Dispose();
    }
}
