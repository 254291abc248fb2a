using Streaming.Rtc.Dtls;
using Streaming.Rtc.Ice;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Sfu;

public sealed class FarewellTests : IHandshaker, IDatagramSink
{
    private static readonly TransportAddress Server = TransportAddress.FromIPv4(0x7F00_0001, 18_443);
    private static readonly TransportAddress Peer = TransportAddress.FromIPv4(0x7F00_0001, 40_000);
    private static readonly TransportId Id = new(1);
    private readonly RtcEngine _engine;
    private readonly SendBatch _batch;
    private readonly List<(TransportAddress To, byte[] Datagram)> _sent = [];
    private Instant _now = new(TimeSpan.TicksPerDay);

    public FarewellTests()
    {
        _engine = new RtcEngine(new RtcEngineOptions(), this, new DropCounters());
        _batch = new SendBatch(this);
    }

    [Fact]
    public void ARepeatedFlightOnItsWayDoesNotSwallowTheGoodbye()
    {
        ConnectAndClose();

        _engine.Apply(_now, new DtlsSend(Id, [22]), _batch);   // posted before the handshaker heard of the closing
        _engine.Apply(_now, new DtlsSend(Id, [21]), _batch);   // the close_notify
        _batch.Flush();

        Assert.Equal([(Peer, 22), (Peer, 21)], _sent.Select(sent => (sent.To, (int)sent.Datagram[0])));
    }

    [Fact]
    public void TwoSecondsAfterTheEndNothingLeavesAnyMore()
    {
        ConnectAndClose();

        _now += TimeSpan.FromSeconds(3);
        _engine.Tick(_now, _batch);
        _engine.Apply(_now, new DtlsSend(Id, [21]), _batch);
        _batch.Flush();

        Assert.Empty(_sent);
    }

    void IHandshaker.Open(TransportId transport, DtlsRole role, ReadOnlyMemory<byte> expectedFingerprint)
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
            _sent.Add((datagram.To, batch.Buffer.AsSpan(datagram.Offset, datagram.Length).ToArray()));
        }
    }

    private void ConnectAndClose()
    {
        var (ours, theirs) = (IceCredentials.Generate(), IceCredentials.Generate());
        _engine.Apply(_now, new OpenRoom(new RoomId(1)), _batch);
        var parameters = new WatchParameters(new PeerParameters(ours, theirs, new byte[32]), "class", []);
        _engine.Apply(_now, new AddWatcher(Id, new RoomId(1), parameters, IsObserver: false), _batch);

        var check = new byte[IceController.MaxRequestLength];
        var controller = new IceController(theirs, ours, Server, tieBreaker: 1);
        controller.Start(_now);
        _engine.Receive(_now, Peer, check.AsSpan(0, controller.Tick(_now, check)), _batch);

        var material = new byte[SrtpProfiles.ExporterLength(SrtpProfile.AeadAes128Gcm)];
        _engine.Apply(_now, new DtlsConnected(Id, new SrtpSession(SrtpKeys.FromExporter(SrtpProfile.AeadAes128Gcm, material, DtlsRole.Server))), _batch);
        _engine.Apply(_now, new CloseTransport(Id, CloseReason.Requested), _batch);
        _batch.Flush();
        _sent.Clear();
    }
}
