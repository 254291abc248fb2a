using System.Net;
using System.Net.Sockets;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Net;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Stun;

namespace Streaming.Rtc.Tests.Net;

/// <summary>The least that connects to a worker: a socket, checks, and a handshake. Moves only while <see cref="RunUntil"/> runs.</summary>
internal sealed class LoopbackPeer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Socket _socket;
    private readonly SocketAddress _worker;
    private readonly DtlsCertificate _certificate = DtlsCertificate.Generate();
    private readonly IceCredentials _ours = IceCredentials.Generate();
    private readonly IceCredentials _workers = IceCredentials.Generate();
    private readonly IceController _ice;
    private readonly byte[] _datagram = new byte[2048];
    private bool _handshaking;

    public LoopbackPeer(IPEndPoint worker, ReadOnlyMemory<byte> fingerprint)
    {
        // Not connected: a worker that has stopped would else be an error of this socket, in front of the goodbye that it left.
        _socket = BoundSocket.Open(worker.Address, 0);
        _worker = worker.Serialize();
        _ice = new IceController(_ours, _workers, TransportAddress.From(worker), tieBreaker: 1);
        Dtls = new DtlsTransport(_certificate, DtlsRole.Client, fingerprint);
        Parameters = new PeerParameters(_workers, _ours, _certificate.Fingerprint);
    }

    /// <summary>What a worker must be told to admit this peer.</summary>
    public PeerParameters Parameters { get; }

    public DtlsTransport Dtls { get; }

    /// <summary>Connects and reacts until <paramref name="done"/>.</summary>
    public void RunUntil(Func<bool> done)
    {
        var start = Clock.Now();
        if (_ice.NextTick == Instant.Never)
        {
            _ice.Start(start);
        }

        while (!done())
        {
            Assert.True(Clock.Now() - start < Patience, $"It does not happen: DTLS is {Dtls.State} ({Dtls.Failure}), nominated: {_ice.IsNominated}.");
            SendWhatIsDue(Clock.Now());
            if (_socket.Poll(TimeSpan.FromMilliseconds(5), SelectMode.SelectRead))
            {
                Receive(Clock.Now(), _datagram.AsSpan(0, _socket.ReceiveFrom(_datagram, SocketFlags.None, _worker)));
            }
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        Dtls.Dispose();
        _certificate.Dispose();
    }

    private void Send(ReadOnlySpan<byte> datagram) => _socket.SendTo(datagram, SocketFlags.None, _worker);

    private void SendWhatIsDue(Instant now)
    {
        if (_ice.Tick(now, _datagram) is > 0 and var check)
        {
            Send(_datagram.AsSpan(0, check));
        }

        if (_ice.IsConnected && !_handshaking)
        {
            _handshaking = true;
            Dtls.Start(now);
        }

        if (Dtls.NextTick <= now)
        {
            Dtls.Tick(now);
        }

        while (Dtls.TryTakeOutgoing(_datagram, out var length))
        {
            Send(_datagram.AsSpan(0, length));
        }
    }

    private void Receive(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (StunReader.TryRead(datagram, out var response))
        {
            _ice.Receive(now, response);
        }
        else if (datagram is [>= 20 and < 64, ..])
        {
            Dtls.Receive(now, datagram);
        }
    }
}
