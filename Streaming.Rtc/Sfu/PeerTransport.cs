using Streaming.Rtc.Dtls;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;
using Streaming.Rtc.Stun;

namespace Streaming.Rtc.Sfu;

/// <summary>One peer connection: its path (ICE), its keys (DTLS-SRTP), and what both kinds of peer share.</summary>
/// <remarks>Belongs to one <see cref="RtcEngine"/>; only its RTC worker calls it.</remarks>
internal abstract class PeerTransport(TransportId id, Room room, PeerParameters peer, RtcEngine engine, Instant admitted) : IDisposable
{
    /// <summary>Addresses remembered per peer; a phone that changes networks needs two.</summary>
    private const int MaxAddresses = 8;

    private readonly IceLiteAgent _ice = new(peer.LocalIce, peer.RemoteIce);
    private readonly List<TransportAddress> _addresses = [];
    private InboundSrtp? _inbound;
    private OutboundSrtp? _outbound;
    private TokenBucket _dtlsBudget = new(capacity: 128, perSecond: 64);   // a handshake takes some twenty datagrams
    private bool _handshakeStarted;
    private Instant? _answeredAt;
    private bool _isProven;

    /// <summary>Its id.</summary>
    public TransportId Id => id;

    /// <summary>The class it belongs to.</summary>
    public Room Room => room;

    /// <summary>When <see cref="Expired"/> and <see cref="Tick"/> have something to look at, at the earliest: to look at a peer for nothing costs as much memory as a packet.</summary>
    public Instant Due { get; protected set; } = Instant.LongAgo;

    /// <summary>Whether it may have something that does not wait for the grid.</summary>
    public bool IsRestless { get; protected set; }

    /// <summary>Whether it watches unseen.</summary>
    public virtual bool IsObserver => false;

    /// <summary>Whether keys are there and media can flow.</summary>
    public bool IsConnected => _outbound is not null;

    /// <summary>The SSRC of the voice that we send to it; zero when it gets none.</summary>
    public Ssrc Voice { get; init; }

    /// <summary>Where to send. Only once a check was verified, so only when connected or handshaking.</summary>
    public TransportAddress Remote => _ice.Remote ?? default;

    /// <summary>The key under which checks for it arrive.</summary>
    public string LocalUfrag => peer.LocalIce.Ufrag;

    /// <summary>Addresses that a verified check came from.</summary>
    public IReadOnlyList<TransportAddress> Addresses => _addresses;

    /// <summary>Where its drops are counted: observers' apart from everybody else's.</summary>
    public DropCounters Drops => IsObserver ? engine.Counters.ObserverDrops : engine.Drops;

    /// <summary>From our first flight of the handshake to the one that gave us keys: a round trip, and on the way some two kilobytes, or one where we say hello.</summary>
    protected TimeSpan HandshakeTook { get; private set; }

    /// <summary>The engine's books.</summary>
    protected RtcEngine Engine => engine;

    /// <summary>When <see cref="Expired"/> has to be asked next.</summary>
    protected Instant NextLook => _isProven ? _ice.ConsentExpires : Instant.LongAgo;

    /// <summary>Outgoing encryption; only when connected.</summary>
    protected OutboundSrtp Outbound => _outbound!;

    /// <summary>From here on it is this peer's fault when something throws.</summary>
    public void TakeTurn() => engine.Current = this;

    /// <summary>Whether a payload fits a datagram, encrypted and behind the longest header that we write.</summary>
    public bool Fits(int payload) => TransportNumber.HeaderLength + payload + _outbound!.RtpOverhead <= SendBatch.MaxDatagram;

    /// <summary>Queues the protected packet in the batch's open slot.</summary>
    /// <param name="length">What protecting returned.</param>
    /// <param name="batch">What leaves.</param>
    /// <returns>False when its number had been used, and it is dropped.</returns>
    public bool TryCommit(int length, SendBatch batch)
    {
        if (length == 0)
        {
            Drops.Count(DropReason.NumberUsedTwice);
            return false;
        }

        batch.Commit(length);
        return true;
    }

    /// <summary>Answers a STUN check.</summary>
    public void ReceiveCheck(Instant now, in StunReader request, TransportAddress from, SendBatch batch)
    {
        if (engine.IsHeldByAnother(now, from, this))
        {
            Drops.Count(DropReason.UnknownAddress);   // ICE does not sign where a check comes from: anybody could claim it, or move there
            return;
        }

        var wasTcp = Remote.IsTcp;
        var response = batch.Next(from);
        var verdict = _ice.Receive(now, request, from, response, out var length, out var dropped);
        if (length > 0)
        {
            batch.Commit(length);
        }

        if (verdict == IceVerdict.Dropped)
        {
            Drops.Count(dropped);
            return;
        }

        engine.Claim(now, from, this);
        Remember(from);
        if (from.IsTcp)
        {
            batch.CheckedByTcp(from, new TcpPeer(Voice, IsObserver));
        }

        if (verdict != IceVerdict.Kept)
        {
            engine.PathMoved(this, wasTcp);
        }

        if (!_handshakeStarted)
        {
            // A hello, ours or the peer's, may be on its way before anything is nominated.
            _handshakeStarted = true;
            engine.Handshaker.Open(id, peer.SaysHello ? DtlsRole.Client : DtlsRole.Server, peer.RemoteFingerprint);
        }
    }

    /// <summary>Hands a DTLS datagram to the handshake.</summary>
    public void ReceiveDtls(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (!DtlsRecords.AreValid(datagram))
        {
            Drops.Count(DropReason.DtlsMalformed);
        }
        else if (!_dtlsBudget.TryTake(now) || !engine.Handshaker.Receive(id, datagram))
        {
            Drops.Count(DropReason.DtlsOverflow);
        }
    }

    /// <summary>Sends a datagram of the handshake.</summary>
    public void SendDtls(Instant now, ReadOnlySpan<byte> datagram, SendBatch batch)
    {
        _answeredAt ??= now;
        batch.Add(Remote, datagram);
    }

    /// <summary>Takes what the finished handshake has made ready; it is this transport's from now on.</summary>
    public void Connect(Instant now, DtlsConnected connected, SendBatch batch)
    {
        var session = connected.Session;
        if (IsConnected)
        {
            session.Dispose();
            return;
        }

        _inbound = session.Inbound;
        _outbound = session.Outbound;
        _isProven = connected.IsProven;
        HandshakeTook = now - (_answeredAt ?? now);
        foreach (var datagram in connected.LastFlight)
        {
            SendDtls(now, datagram, batch);
        }

        OnConnected(now, batch);
    }

    /// <summary>The peer has shown that it has the keys.</summary>
    public void Prove() => _isProven = true;

    /// <summary>Stop 3 of a packet's path: authenticate and decrypt in place, then to its track.</summary>
    public void ReceiveRtp(Instant now, Span<byte> datagram, SendBatch batch)
    {
        if (_inbound is null)
        {
            Drops.Count(DropReason.SrtpTooEarly);
            return;
        }

        if (!_inbound.TryUnprotect(datagram, out var length, out var dropped))
        {
            Drops.Count(dropped);
            return;
        }

        Prove();
        if (!RtpReader.TryRead(datagram[..length], out var packet))
        {
            Drops.Count(DropReason.RtpMalformed);
            return;
        }

        dropped = OnRtp(now, packet, batch);
        if (dropped != DropReason.None)
        {
            Drops.Count(dropped);
        }
    }

    /// <summary>Authenticates RTCP and walks through the compound.</summary>
    public void ReceiveRtcp(Instant now, Span<byte> datagram, SendBatch batch)
    {
        if (_inbound is null)
        {
            Drops.Count(DropReason.SrtpTooEarly);
            return;
        }

        if (!_inbound.TryUnprotectRtcp(datagram, out var length, out var dropped))
        {
            Drops.Count(dropped);
            return;
        }

        Prove();
        if (!RtcpReader.TryRead(datagram[..length], out var compound))
        {
            Drops.Count(DropReason.RtcpMalformed);
            return;
        }

        OnCompound();
        while (compound.TryNext(out var packet))
        {
            OnRtcp(now, packet, batch);
        }
    }

    /// <summary>Why the transport has to be closed now, if it has to.</summary>
    public CloseReason? Expired(Instant now)
    {
        // Checks alone do not keep a peer that may never have got our last flight: it would be sent what it cannot read for as long as it checks.
        if (!_isProven)
        {
            return now - admitted > engine.Options.ConnectTimeout ? CloseReason.NeverConnected : null;
        }

        return now > _ice.ConsentExpires ? CloseReason.ConsentExpired : null;   // RFC 7675 §5.1: 30 s
    }

    /// <summary>Sends what is due.</summary>
    public abstract void Tick(Instant now, SendBatch batch);

    /// <inheritdoc/>
    public void Dispose()
    {
        _inbound?.Dispose();
        _outbound?.Dispose();
        _inbound = null;
        _outbound = null;
    }

    /// <summary>Encrypts and queues a finished RTCP compound.</summary>
    protected void SendRtcp(ReadOnlySpan<byte> compound, SendBatch batch)
    {
        if (_outbound is null || compound.IsEmpty)
        {
            return;
        }

        var slot = batch.Next(Remote);
        batch.Commit(_outbound.ProtectRtcp(compound, slot));
    }

    /// <summary>Media can flow from now on.</summary>
    protected abstract void OnConnected(Instant now, SendBatch batch);

    /// <summary>Takes an authentic RTP packet.</summary>
    protected abstract DropReason OnRtp(Instant now, in RtpReader packet, SendBatch batch);

    /// <summary>An authentic RTCP compound begins.</summary>
    protected virtual void OnCompound()
    {
    }

    /// <summary>Takes one packet of an authentic RTCP compound.</summary>
    protected abstract void OnRtcp(Instant now, in RtcpPacket packet, SendBatch batch);

    // The one checked last lies last.
    private void Remember(TransportAddress from)
    {
        if (!_addresses.Remove(from) && _addresses.Count == MaxAddresses)
        {
            var oldest = _addresses.FindIndex(address => address != Remote);
            engine.Forget(_addresses[oldest], this);
            _addresses.RemoveAt(oldest);
        }

        _addresses.Add(from);
    }
}
