using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Net;
using Streaming.Rtc.Sfu;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Net;

public sealed class DtlsAssociationsTests : IDisposable
{
    private static readonly TransportId Peer = new(7);
    private readonly DtlsCertificate _ours = DtlsCertificate.Generate();
    private readonly DtlsCertificate _theirs = DtlsCertificate.Generate();
    private readonly DtlsTransport _client;
    private readonly DtlsAssociations _associations;
    private readonly Queue<RtcCommand> _posted = [];
    private readonly byte[] _datagram = new byte[2048];
    private Instant _now = new(TimeSpan.TicksPerDay);

    public DtlsAssociationsTests()
    {
        _associations = new DtlsAssociations(_ours, _posted.Enqueue, NullLogger.Instance);
        _client = new DtlsTransport(_theirs, DtlsRole.Client, _ours.Fingerprint);
    }

    public void Dispose()
    {
        _associations.CloseAll();
        _client.Dispose();
        _theirs.Dispose();
        _ours.Dispose();
    }

    [Fact]
    public void AHandshakeGivesKeysOnceAndTheAssociationStays()
    {
        Connect();

        Assert.Equal(DtlsState.Connected, _client.State);
        Assert.Single(_posted.OfType<DtlsConnected>(), connected => connected.Transport == Peer && connected.IsProven);
        Assert.DoesNotContain(_posted, command => command is DtlsProven);
        Assert.Equal(1, _associations.Count);
        Assert.False(_associations.AreTimersRunning);
    }

    [Fact]
    public void TheKeysAreSetWhenTheHandshakeIsTold()
    {
        Connect();
        using var session = Assert.Single(_posted.OfType<DtlsConnected>()).Session;
        using var client = new SrtpSession(_client.Keys!);

        byte[] report = [0x80, 201, 0, 1, 0, 0, 0, 7], protectedReport = new byte[64];
        var length = session.Outbound.ProtectRtcp(report, protectedReport);
        Assert.True(client.Inbound.TryUnprotectRtcp(protectedReport.AsSpan(0, length), out _, out _));
        length = client.Outbound.ProtectRtcp(report, protectedReport);
        Assert.True(session.Inbound.TryUnprotectRtcp(protectedReport.AsSpan(0, length), out _, out _));
    }

    /// <summary>Whoever has our last flight may send at once, and what we send at once must not come before it.</summary>
    [Fact]
    public void TheKeysComeTogetherWithTheFlightThatTellsThePeerThatTheHandshakeIsDone()
    {
        _associations.Open(_now, Peer, DtlsRole.Server, _theirs.Fingerprint);
        _client.Start(_now);
        DeliverToServer();
        while (_posted.TryDequeue(out var flight))
        {
            _client.Receive(_now, Assert.IsType<DtlsSend>(flight).Datagram);
        }

        DeliverToServer();
        Assert.NotEmpty(Assert.IsType<DtlsConnected>(Assert.Single(_posted)).LastFlight);
    }

    [Fact]
    public void KeysThatCannotBeSetCloseTheTransport()
    {
        var associations = new DtlsAssociations(_ours, _posted.Enqueue, NullLogger.Instance, (GcmKind)9);
        associations.Open(_now, Peer, DtlsRole.Server, _theirs.Fingerprint);
        _client.Start(_now);
        Pump(associations);

        Assert.Equal([new DtlsClosed(Peer, CloseReason.InternalError)], _posted);
        Assert.Equal(0, associations.Count);
    }

    [Fact]
    public void AFlightThatWasLostIsSentAgain()
    {
        _associations.Open(_now, Peer, DtlsRole.Server, _theirs.Fingerprint);
        _client.Start(_now);
        DeliverToServer();
        Assert.NotEmpty(_posted);
        _posted.Clear();   // lost

        _associations.Tick(_now);
        Assert.Empty(_posted);
        _now += TimeSpan.FromMilliseconds(200);
        _associations.Tick(_now);

        Assert.All(_posted, command => Assert.IsType<DtlsSend>(command));
        Assert.NotEmpty(_posted);
        Pump();
        Assert.Equal(DtlsState.Connected, _client.State);
    }

    [Fact]
    public void APeerThatNeverComesIsGivenUp()
    {
        _associations.Open(_now, Peer, DtlsRole.Server, _theirs.Fingerprint);
        Assert.True(_associations.AreTimersRunning);

        _now += DtlsTransport.HandshakeTimeout + TimeSpan.FromSeconds(1);
        _associations.Tick(_now);

        Assert.Equal(new DtlsClosed(Peer, CloseReason.HandshakeFailed), Assert.Single(_posted));
        Assert.Equal(0, _associations.Count);
        Assert.False(_associations.AreTimersRunning);
    }

    [Fact]
    public void AForeignCertificateIsRefusedByName()
    {
        _associations.Open(_now, Peer, DtlsRole.Server, new byte[32]);
        _client.Start(_now);
        Pump();

        Assert.Contains(new DtlsClosed(Peer, CloseReason.WrongFingerprint), _posted);
        Assert.DoesNotContain(_posted, command => command is DtlsConnected);
        Assert.NotEqual(DtlsState.Connected, _client.State);
        Assert.Equal(0, _associations.Count);
    }

    [Fact]
    public void AFingerprintOfAnotherLengthClosesThatTransportOnly()
    {
        _associations.Open(_now, new TransportId(8), DtlsRole.Server, new byte[20]);
        Connect();

        Assert.Contains(new DtlsClosed(new TransportId(8), CloseReason.InternalError), _posted);
        Assert.Equal(DtlsState.Connected, _client.State);
    }

    [Fact]
    public void APeerThatSaysGoodbyeIsClosedByPeer()
    {
        Connect();
        _client.Close();
        Pump();

        Assert.Contains(new DtlsClosed(Peer, CloseReason.ClosedByPeer), _posted);
        Assert.Equal(0, _associations.Count);
    }

    [Fact]
    public void ClosingSaysGoodbyeAndReportsNothing()
    {
        Connect();
        _posted.Clear();
        _associations.Close(Peer);
        _associations.Close(Peer);

        Assert.IsType<DtlsSend>(Assert.Single(_posted));
        Pump();
        Assert.Equal(DtlsState.Closed, _client.State);
        Assert.Equal(0, _associations.Count);
    }

    [Fact]
    public void WhereThePeerWaitsForTheHelloItGoesAtOnceAndTheKeysWithOurLastFlight()
    {
        using var server = new DtlsTransport(_theirs, DtlsRole.Server, _ours.Fingerprint);
        _associations.Open(_now, Peer, DtlsRole.Client, _theirs.Fingerprint);
        Give(server);
        TakeFrom(server);

        var connected = Assert.IsType<DtlsConnected>(Assert.Single(_posted));
        Assert.NotEmpty(connected.LastFlight);
        using var session = connected.Session;
        Assert.True(_associations.AreTimersRunning);   // the peer's last word is still to come
        Give(server);
        Assert.Equal((DtlsState.Connected, SrtpProfile.AeadAes128Gcm), (server.State, server.Keys!.Profile));
        byte[] report = [0x80, 201, 0, 1, 0, 0, 0, 7], protectedReport = new byte[64];
        using var theirs = new SrtpSession(server.Keys);
        var length = session.Outbound.ProtectRtcp(report, protectedReport);
        Assert.True(theirs.Inbound.TryUnprotectRtcp(protectedReport.AsSpan(0, length), out _, out _));

        TakeFrom(server);
        Assert.False(_associations.AreTimersRunning);
        Assert.Equal([new DtlsProven(Peer)], _posted);
    }

    /// <summary>Whoever answers nothing may never have asked: with a ticket one can claim any address.</summary>
    [Theory]
    [InlineData(false, 7)]
    [InlineData(true, 14)]
    public void AHelloThatNobodyAnswersIsRepeatedAFewTimesOnly(bool isAnswered, int sent)
    {
        _associations.Open(_now, Peer, DtlsRole.Client, _theirs.Fingerprint);
        if (isAnswered)
        {
            _associations.Receive(_now, Peer, [20, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);   // of a flight whose rest is lost
        }

        for (var end = _now + DtlsTransport.HandshakeTimeout; _now < end; _now += TimeSpan.FromMilliseconds(50))
        {
            _associations.Tick(_now);
        }

        Assert.Equal(sent, _posted.OfType<DtlsSend>().Count());
    }

    [Fact]
    public void APeerWhoseLastWordNeverCameIsNotTakenForProven()
    {
        using var server = new DtlsTransport(_theirs, DtlsRole.Server, _ours.Fingerprint);
        _associations.Open(_now, Peer, DtlsRole.Client, _theirs.Fingerprint);
        Give(server);
        TakeFrom(server);
        Assert.False(Assert.Single(_posted.OfType<DtlsConnected>()).IsProven);

        _now += DtlsTransport.HandshakeTimeout + TimeSpan.FromSeconds(1);
        _posted.Clear();
        _associations.Tick(_now);
        Assert.Empty(_posted);
        Assert.False(_associations.AreTimersRunning);
        Assert.Equal(1, _associations.Count);
    }

    [Fact]
    public void AHelloThatCannotBeMadeClosesTheTransportAtOnce()
    {
        OpenSsl.SetOptions(_ours.Context, 1 << 27);   // SSL_OP_NO_DTLSv1_2, and there is no other version
        _associations.Open(_now, Peer, DtlsRole.Client, _theirs.Fingerprint);

        Assert.Equal(new DtlsClosed(Peer, CloseReason.HandshakeFailed), Assert.Single(_posted, command => command is not DtlsSend));
        Assert.Equal((0, false), (_associations.Count, _associations.AreTimersRunning));
    }

    [Fact]
    public void AHelloThatCannotBeTakenToTheWorkerLeavesNothingBehind()
    {
        var associations = new DtlsAssociations(
            _ours, command => _posted.Enqueue(command is DtlsSend ? throw new InvalidOperationException("Asked for by the test.") : command), NullLogger.Instance);
        associations.Open(_now, Peer, DtlsRole.Client, _theirs.Fingerprint);

        Assert.Equal([new DtlsClosed(Peer, CloseReason.InternalError)], _posted);
        Assert.Equal((0, false), (associations.Count, associations.AreTimersRunning));
    }

    [Fact]
    public void AHandshakeThatThePeerRefusesAfterOurKeysWereToldIsClosedOnceAndConnectsNoMore()
    {
        using var server = new DtlsTransport(_theirs, DtlsRole.Server, new byte[32]);   // expects another certificate, and says so when it sees ours
        _associations.Open(_now, Peer, DtlsRole.Client, _theirs.Fingerprint);
        Give(server);
        TakeFrom(server);
        using var session = Assert.Single(_posted.OfType<DtlsConnected>()).Session;
        Assert.Equal(1, _associations.Count);

        Give(server);
        Assert.Equal(DtlsFailure.WrongFingerprint, server.Failure);
        TakeFrom(server);
        Assert.Equal([new DtlsClosed(Peer, CloseReason.HandshakeFailed)], _posted);
        Assert.Equal((0, false), (_associations.Count, _associations.AreTimersRunning));
    }

    [Fact]
    public void AHandshakeWhoseHelloWasChangedOnItsWayIsClosedWhenThePeerSeesIt()
    {
        using var server = new DtlsTransport(_theirs, DtlsRole.Server, _ours.Fingerprint);
        _associations.Open(_now, Peer, DtlsRole.Client, _theirs.Fingerprint);
        var hello = Assert.IsType<DtlsSend>(_posted.Dequeue()).Datagram;
        var suites = hello.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xC0, 0x2B, 0xC0, 0x2C]);
        (hello[suites + 1], hello[suites + 3]) = (0x2C, 0x2B);   // the same, in another order
        server.Receive(_now, hello);
        TakeFrom(server);
        using var session = Assert.Single(_posted.OfType<DtlsConnected>()).Session;

        Give(server);
        TakeFrom(server);
        Assert.Equal([new DtlsClosed(Peer, CloseReason.HandshakeFailed)], _posted);
        Assert.Null(server.Keys);
    }

    [Fact]
    public void APeerWithoutOurProfileIsRefusedWhereItWouldChoose()
    {
        using var server = new DtlsTransport(_theirs, DtlsRole.Server, _ours.Fingerprint, SrtpProfile.AesCm128HmacSha1Tag80);
        _associations.Open(_now, Peer, DtlsRole.Client, _theirs.Fingerprint);
        Give(server);
        TakeFrom(server);

        Assert.Contains(new DtlsClosed(Peer, CloseReason.HandshakeFailed), _posted);
        Assert.DoesNotContain(_posted, command => command is DtlsConnected);
    }

    [Fact]
    public void DatagramsForNobodyAndGarbageAreIgnored()
    {
        _associations.Receive(_now, new TransportId(99), [22, 1, 2, 3]);
        _associations.Open(_now, Peer, DtlsRole.Server, _theirs.Fingerprint);
        _associations.Receive(_now, Peer, [22, 0xFE, 0xFD, 0, 0]);
        Assert.Empty(_posted);

        _client.Start(_now);
        Pump();
        Assert.Equal(DtlsState.Connected, _client.State);
    }

    private void Connect()
    {
        _associations.Open(_now, Peer, DtlsRole.Server, _theirs.Fingerprint);
        _client.Start(_now);
        Pump();
    }

    // Carries datagrams both ways until nobody has anything to say; what is no datagram stays in _posted.
    private void Pump() => Pump(_associations);

    private void Pump(DtlsAssociations associations)
    {
        List<RtcCommand> results = [];
        for (var quiet = false; !quiet;)
        {
            quiet = !DeliverToServer(associations);
            while (_posted.TryDequeue(out var command))
            {
                foreach (var datagram in DatagramsOf(command))
                {
                    _client.Receive(_now, datagram);
                    quiet = false;
                }

                if (command is not DtlsSend)
                {
                    results.Add(command);
                }
            }
        }

        results.ForEach(_posted.Enqueue);
    }

    /// <summary>Carries what we want to send to a peer that waits for it; what else was posted stays.</summary>
    private void Give(DtlsTransport server)
    {
        List<RtcCommand> others = [];
        while (_posted.TryDequeue(out var command))
        {
            foreach (var datagram in DatagramsOf(command))
            {
                server.Receive(_now, datagram);
            }

            if (command is not (DtlsSend or DtlsConnected))
            {
                others.Add(command);
            }
        }

        others.ForEach(_posted.Enqueue);
    }

    private void TakeFrom(DtlsTransport server)
    {
        while (server.TryTakeOutgoing(_datagram, out var length))
        {
            _associations.Receive(_now, Peer, _datagram.AsSpan(0, length));
        }
    }

    private static IReadOnlyList<byte[]> DatagramsOf(RtcCommand command) => command switch
    {
        DtlsSend send => [send.Datagram],
        DtlsConnected connected => connected.LastFlight,
        _ => [],
    };

    private bool DeliverToServer() => DeliverToServer(_associations);

    private bool DeliverToServer(DtlsAssociations associations)
    {
        var any = false;
        while (_client.TryTakeOutgoing(_datagram, out var length))
        {
            associations.Receive(_now, Peer, _datagram.AsSpan(0, length));
            any = true;
        }

        return any;
    }
}
