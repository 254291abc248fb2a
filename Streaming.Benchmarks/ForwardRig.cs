using System.Text;
using Streaming.Rtc;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;
using Streaming.Rtc.Stun;

namespace Streaming.Benchmarks;

/// <summary>The engine with one teacher and many students, without sockets: packets go in encrypted and leave encrypted into nowhere.</summary>
internal sealed class ForwardRig : IDatagramSink, IHandshaker, IDisposable
{
    private static readonly TransportAddress Teacher = TransportAddress.FromIPv4(0x7F00_0001, 1);
    private static readonly NegotiatedFormat Vp8 = new(new MediaFormat(Codec.Vp8, ""), new PayloadType(96), new PayloadType(97));
    private readonly RtcEngine _engine;
    private readonly SendBatch _batch;
    private readonly OutboundSrtp _teacherOut;
    private readonly OutboundSrtpStream _teacherStream;
    private readonly byte[] _payload;
    private readonly byte[] _datagram = new byte[2048];
    private Instant _now = new(TimeSpan.TicksPerDay);
    private SequenceNumber _number = new(1);
    private uint _timestamp;

    public ForwardRig(int viewers, SrtpProfile profile = SrtpProfile.AeadAes128Gcm, int payloadSize = 1_088)
    {
        _batch = new SendBatch(this);
        _engine = new RtcEngine(new RtcEngineOptions(), this, new DropCounters());
        _payload = new byte[payloadSize];
        new Random(1).NextBytes(_payload);
        var room = new RoomId(1);
        _engine.Apply(_now, new OpenRoom(room), _batch);

        var teacherKeys = Keys(profile, 1);
        _teacherOut = new OutboundSrtp(teacherKeys.Client);
        _teacherStream = _teacherOut.Open(new Ssrc(1));
        var teacherPeer = Peer();
        var track = new PublishedTrack("1", TrackSource.Camera, [Vp8], new Ssrc(1), new Ssrc(2));
        Admit(new AddPublisher(new TransportId(1), room, new PublishParameters(teacherPeer, 0, [track])), 1, teacherPeer, Teacher, teacherKeys.Server);
        for (var i = 0; i < viewers; i++)
        {
            var peer = Peer();
            var slot = new WatchSlot("1", [TrackSource.Camera], [Vp8], new Ssrc(10), new Ssrc(11));
            var address = TransportAddress.FromIPv4(0x7F00_0001, (ushort)(2 + i));
            Admit(
                new AddWatcher(new TransportId(2 + i), room, new WatchParameters(peer, "bench", [slot]), IsObserver: false),
                2 + i, peer, address, Keys(profile, 2 + i).Server);
        }

        Forward(keyFrame: true);
        if (_engine.Counters.Members.PacketsForwarded != viewers)
        {
            throw new InvalidOperationException($"{_engine.Counters.Members.PacketsForwarded} of {viewers} viewers got the first packet.");
        }
    }

    /// <summary>Datagrams that left, since the start.</summary>
    public long Sent { get; private set; }

    /// <summary>One packet from the teacher to every viewer.</summary>
    public void Forward(bool keyFrame = false)
    {
        _payload[0] = 0x10;                               // VP8 descriptor: start of partition 0
        _payload[1] = (byte)(keyFrame ? 0x00 : 0x01);     // payload header: P bit
        _timestamp += 3_000;
        _number += 1;
        _now += TimeSpan.FromMilliseconds(4);
        var header = RtpWriter.WriteHeader(_datagram, marker: true, Vp8.PayloadType, _number, _timestamp, new Ssrc(1));
        var length = _teacherStream.Protect(_datagram.AsSpan(0, header), _payload, _datagram);
        _engine.Receive(_now, Teacher, _datagram.AsSpan(0, length), _batch);
        _engine.EndRound(_now, _batch);
        _batch.Flush();
    }

    public void Send(SendBatch batch) => Sent += batch.Count;

    public void Open(TransportId transport, ReadOnlyMemory<byte> expectedFingerprint)
    {
    }

    public bool Receive(TransportId transport, ReadOnlySpan<byte> datagram) => true;

    public void Close(TransportId transport)
    {
    }

    public void Dispose() => _teacherOut.Dispose();

    private static PeerParameters Peer() => new(IceCredentials.Generate(), IceCredentials.Generate(), new byte[32]);

    // The DTLS exporter's output is any bytes here; both ends take theirs from it by role.
    private static (SrtpKeys Client, SrtpKeys Server) Keys(SrtpProfile profile, int seed)
    {
        var material = new byte[profile == SrtpProfile.AeadAes128Gcm ? 56 : 60];
        new Random(seed).NextBytes(material);
        return (SrtpKeys.FromExporter(profile, material, DtlsRole.Client), SrtpKeys.FromExporter(profile, material, DtlsRole.Server));
    }

    private void Admit(RtcCommand command, int id, PeerParameters peer, TransportAddress from, SrtpKeys keys)
    {
        _engine.Apply(_now, command, _batch);
        var writer = StunWriter.Request(_datagram, "abcdefghijkl"u8);
        writer.AddUsername(Encoding.ASCII.GetBytes($"{peer.LocalIce.Ufrag}:{peer.RemoteIce.Ufrag}"));
        writer.AddPriority(1);
        writer.AddIceControlling(1);
        writer.AddUseCandidate();
        var length = writer.Finish(Encoding.ASCII.GetBytes(peer.LocalIce.Password));
        _engine.Receive(_now, from, _datagram.AsSpan(0, length), _batch);
        _engine.Apply(_now, new DtlsConnected(new TransportId(id), new SrtpSession(keys)), _batch);
        _batch.Flush();
    }
}
