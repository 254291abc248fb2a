using Streaming.Rtc.Dtls;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Scenarios;

/// <summary>Runs the real DTLS transports in line and in virtual time: what a thread does in production.</summary>
internal sealed class InlineHandshaker(DtlsCertificate certificate) : IHandshaker, IDisposable
{
    private readonly Dictionary<TransportId, DtlsTransport> _transports = [];
    private readonly HashSet<TransportId> _connected = [];
    private readonly HashSet<TransportId> _proven = [];
    private readonly byte[] _datagram = new byte[2048];

    /// <summary>The time that the network shows.</summary>
    public Instant Now { get; set; }

    /// <summary>What goes back to the engine; applied by the network, never from inside the engine.</summary>
    public Queue<RtcCommand> Results { get; } = [];

    /// <summary>Closing it throws; null for none.</summary>
    public TransportId? Broken { get; set; }

    public void Open(TransportId transport, DtlsRole role, ReadOnlyMemory<byte> expectedFingerprint)
    {
        SrtpProfile? only = role == DtlsRole.Client ? SrtpProfile.AeadAes128Gcm : null;
        var dtls = new DtlsTransport(certificate, role, expectedFingerprint, only);
        _transports.Add(transport, dtls);
        dtls.Start(Now);
        Drain(transport, dtls);
    }

    public bool Receive(TransportId transport, ReadOnlySpan<byte> datagram)
    {
        if (_transports.TryGetValue(transport, out var dtls))
        {
            dtls.Receive(Now, datagram);
            Drain(transport, dtls);
        }

        return true;
    }

    public void Close(TransportId transport)
    {
        if (transport == Broken)
        {
            throw new InvalidOperationException("Asked for by the test.");
        }

        if (_transports.Remove(transport, out var dtls))
        {
            dtls.Close();
            Drain(transport, dtls);
            dtls.Dispose();
        }
    }

    public void Tick()
    {
        foreach (var (transport, dtls) in _transports)
        {
            if (dtls.NextTick <= Now)
            {
                dtls.Tick(Now);
                Drain(transport, dtls);
            }
        }
    }

    public void Dispose()
    {
        foreach (var dtls in _transports.Values)
        {
            dtls.Dispose();
        }
    }

    private void Drain(TransportId transport, DtlsTransport dtls)
    {
        List<byte[]> flight = [];
        while (dtls.TryTakeOutgoing(_datagram, out var length))
        {
            flight.Add(_datagram[..length]);
        }

        var isOpen = dtls.State is DtlsState.Handshaking or DtlsState.Connected;
        var isNew = isOpen && dtls.Keys is not null && _connected.Add(transport);
        var isProven = isOpen && dtls.IsProven && _proven.Add(transport);
        if (isNew)
        {
            Results.Enqueue(new DtlsConnected(transport, new SrtpSession(dtls.Keys!), isProven) { LastFlight = flight });
        }
        else
        {
            flight.ForEach(datagram => Results.Enqueue(new DtlsSend(transport, datagram)));
        }

        switch (dtls.State)
        {
            case DtlsState.Connected when isProven && !isNew:
                Results.Enqueue(new DtlsProven(transport));
                break;
            case DtlsState.Closed:
                Results.Enqueue(new DtlsClosed(transport, CloseReason.ClosedByPeer));
                break;
            case DtlsState.Failed:
                var reason = dtls.Failure == DtlsFailure.WrongFingerprint ? CloseReason.WrongFingerprint : CloseReason.HandshakeFailed;
                Results.Enqueue(new DtlsClosed(transport, reason));
                break;
        }
    }
}
