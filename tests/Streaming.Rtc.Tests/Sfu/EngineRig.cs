using Streaming.Rtc.Dtls;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Rtcp;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Sfu;

/// <summary>An engine whose peers are told their keys instead of shaking hands: for what needs many of them, or one that misbehaves.</summary>
internal sealed class EngineRig : IHandshaker, IDatagramSink
{
    private static readonly TransportAddress Server = TransportAddress.FromIPv4(0x7F00_0001, 18_443);
    private static readonly byte[] Material = new byte[SrtpProfiles.ExporterLength(SrtpProfile.AeadAes128Gcm)];
    private static readonly NegotiatedFormat Vp8 = new(new MediaFormat(Codec.Vp8, ""), new PayloadType(96), new PayloadType(97));
    private readonly SendBatch _batch;
    private readonly byte[] _datagram = new byte[1500];

    public EngineRig()
    {
        Engine = new RtcEngine(new RtcEngineOptions(), this, new DropCounters());
        _batch = new SendBatch(this);
        Apply(new OpenRoom(Room));
    }

    public RoomId Room { get; } = new(1);

    public RtcEngine Engine { get; }

    public Instant Now { get; set; } = new(TimeSpan.TicksPerDay);

    public List<(TransportAddress To, byte[] Datagram)> Sent { get; } = [];

    public Peer Publisher(int id, Ssrc ssrc)
    {
        var peer = new Peer(id);
        Apply(new AddPublisher(peer.Id, Room, new PublishParameters(peer.Parameters, 0, [new PublishedTrack("0", TrackSource.Camera, [Vp8], ssrc, null)])));
        return Connect(peer);
    }

    public Peer Watcher(int id, int slots = 1, bool connects = true)
    {
        var peer = new Peer(id);
        var made = Enumerable.Range(0, slots).Select(slot => new WatchSlot(
            $"{slot}", [TrackSource.Camera], [Vp8], new Ssrc((uint)(1 + (2 * slot))), new Ssrc((uint)(2 + (2 * slot)))));
        Apply(new AddWatcher(peer.Id, Room, new WatchParameters(peer.Parameters, "class", [.. made]), IsObserver: false));
        return connects ? Connect(peer) : peer;
    }

    /// <summary>The server's side of what every peer here has.</summary>
    public static SrtpSession Session() => new(SrtpKeys.FromExporter(SrtpProfile.AeadAes128Gcm, Material, DtlsRole.Server));

    public void Apply(RtcCommand command)
    {
        Engine.Apply(Now, command, _batch);
        _batch.Flush();
    }

    /// <summary>A genuine check of the peer's arrives from an address.</summary>
    public void Check(Peer peer, TransportAddress from)
    {
        peer.Checks.Start(Now);
        Receive(from, _datagram.AsSpan(0, peer.Checks.Tick(Now, _datagram)));
    }

    public void SendRtp(Peer peer, Ssrc ssrc, ushort number, ReadOnlySpan<byte> payload)
    {
        var header = RtpWriter.WriteHeader(_datagram, true, Vp8.PayloadType, new SequenceNumber(number), 90u * number, ssrc);
        Receive(peer.Address, _datagram.AsSpan(0, peer.Outbound.Open(ssrc).Protect(_datagram.AsSpan(0, header), payload, _datagram)));
    }

    public void SendNack(Peer peer, Ssrc media, ReadOnlySpan<SequenceNumber> numbers)
    {
        var compound = new byte[1400];
        var writer = new RtcpWriter(compound);
        writer.ReceiverReport(new Ssrc(77), []);
        Assert.True(writer.Nack(new Ssrc(77), media, numbers));
        Receive(peer.Address, _datagram.AsSpan(0, peer.Outbound.ProtectRtcp(compound.AsSpan(0, writer.Length), _datagram)));
    }

    public void Tick()
    {
        Engine.Tick(Now, _batch);
        _batch.Flush();
    }

    void IHandshaker.Open(TransportId transport, ReadOnlyMemory<byte> expectedFingerprint)
    {
    }

    bool IHandshaker.Receive(TransportId transport, ReadOnlySpan<byte> datagram) => true;

    void IHandshaker.Close(TransportId transport)
    {
    }

    void IDatagramSink.Send(SendBatch batch)
    {
        foreach (var datagram in batch.Queued)
        {
            Sent.Add((datagram.To, batch.Buffer.AsSpan(datagram.Offset, datagram.Length).ToArray()));
        }
    }

    private void Receive(TransportAddress from, Span<byte> datagram)
    {
        Engine.Receive(Now, from, datagram, _batch);
        Engine.EndRound(Now, _batch);
        _batch.Flush();
    }

    private Peer Connect(Peer peer)
    {
        Check(peer, peer.Address);
        Apply(new DtlsConnected(peer.Id, Session()));
        return peer;
    }

    internal sealed class Peer
    {
        public Peer(int id)
        {
            var (ours, theirs) = (IceCredentials.Generate(), IceCredentials.Generate());
            (Id, Address) = (new TransportId(id), TransportAddress.FromIPv4(0x7F00_0001, (ushort)(20_000 + id)));
            Parameters = new PeerParameters(ours, theirs, new byte[32]);
            Checks = new IceController(theirs, ours, Server, tieBreaker: 1);
            Outbound = new OutboundSrtp(SrtpKeys.FromExporter(SrtpProfile.AeadAes128Gcm, Material, DtlsRole.Client));
        }

        public TransportId Id { get; }

        public TransportAddress Address { get; }

        public PeerParameters Parameters { get; }

        public IceController Checks { get; }

        public OutboundSrtp Outbound { get; }
    }
}
