using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Rtc.Dtls;
using Streaming.Rtc.Net;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Net;

public sealed class HandshakeThreadTests : IDisposable
{
    private static readonly TransportId Peer = new(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly DtlsCertificate _ours = DtlsCertificate.Generate();
    private readonly DtlsCertificate _theirs = DtlsCertificate.Generate();
    private readonly BlockingCollection<RtcCommand> _posted = [];
    private readonly HandshakeThread _thread;
    private readonly DtlsTransport _client;
    private readonly byte[] _datagram = new byte[2048];

    public HandshakeThreadTests()
    {
        _thread = new HandshakeThread("dtls-test", _ours, _posted.Add, NullLogger.Instance, idleInterval: TimeSpan.FromHours(1));   // it has to be woken
        _client = new DtlsTransport(_theirs, DtlsRole.Client, _ours.Fingerprint);
    }

    public void Dispose()
    {
        _thread.Dispose();
        _client.Dispose();
        _posted.Dispose();
        _theirs.Dispose();
        _ours.Dispose();
    }

    [Fact]
    public void AClientConnectsAndIsToldGoodbyeAtTheEnd()
    {
        _thread.Start();
        _thread.Open(Peer, DtlsRole.Server, _theirs.Fingerprint);
        _client.Start(Clock.Now());
        var result = Pump();
        Assert.Equal(Peer, Assert.IsType<DtlsConnected>(result).Transport);

        _thread.Dispose();
        while (_posted.TryTake(out var command))
        {
            _client.Receive(Clock.Now(), Assert.IsType<DtlsSend>(command).Datagram);
        }

        Assert.Equal(DtlsState.Closed, _client.State);
    }

    [Fact]
    public void AFlightIsRepeatedWithoutBeingAskedFor()
    {
        _thread.Start();
        _thread.Open(Peer, DtlsRole.Server, _theirs.Fingerprint);
        _client.Start(Clock.Now());
        Assert.True(_client.TryTakeOutgoing(_datagram, out var length));
        Assert.True(_thread.Receive(Peer, _datagram.AsSpan(0, length)));

        var lost = Assert.IsType<DtlsSend>(Take()).Datagram;
        var again = Assert.IsType<DtlsSend>(Take()).Datagram;
        Assert.Equal(lost.Length, again.Length);

        _client.Receive(Clock.Now(), again);
        Assert.IsType<DtlsConnected>(Pump());
    }

    [Fact]
    public void ClosingFreesTheAssociationOnTheThread()
    {
        _thread.Start();
        _thread.Open(Peer, DtlsRole.Server, _theirs.Fingerprint);
        _client.Start(Clock.Now());
        Pump();
        _thread.Close(Peer);

        _client.Receive(Clock.Now(), Assert.IsType<DtlsSend>(Take()).Datagram);
        Assert.Equal(DtlsState.Closed, _client.State);
    }

    [Fact]
    public void AThreadThatWaitsIsWokenByWhateverComes()
    {
        _thread.Start();
        for (var i = 0; i < 20; i++)
        {
            var peer = new TransportId(100 + i);
            using var client = new DtlsTransport(_theirs, DtlsRole.Client, _ours.Fingerprint);
            _thread.Open(peer, DtlsRole.Server, _theirs.Fingerprint);
            client.Start(Clock.Now());
            Assert.IsType<DtlsConnected>(Pump(peer, client));
            Thread.Yield();   // no timer runs from here on: now it waits, or is about to

            _thread.Close(peer);
            Assert.Equal(peer, Assert.IsType<DtlsSend>(Take()).Transport);
        }
    }

    [Fact]
    public void AFullQueueRefusesDatagramsButNoOpeningAndNoClosing()
    {
        for (var i = 0; i < HandshakeThread.QueueLimit; i++)
        {
            Assert.True(_thread.Receive(Peer, [22]));
        }

        Assert.False(_thread.Receive(Peer, [22]));
        _thread.Open(Peer, DtlsRole.Server, _theirs.Fingerprint);
        _thread.Start();   // works the queue off

        _client.Start(Clock.Now());
        Assert.IsType<DtlsConnected>(Pump());
    }

    // Carries datagrams both ways until the thread has told a result and the client knows of it.
    private RtcCommand Pump() => Pump(Peer, _client);

    private RtcCommand Pump(TransportId peer, DtlsTransport client)
    {
        RtcCommand? result = null;
        while (result is null || client.State == DtlsState.Handshaking)
        {
            while (client.TryTakeOutgoing(_datagram, out var length))
            {
                while (!_thread.Receive(peer, _datagram.AsSpan(0, length)))
                {
                    Thread.Yield();
                }
            }

            var command = Take();
            if (command is DtlsSend send)
            {
                client.Receive(Clock.Now(), send.Datagram);
                continue;
            }

            result = command;
            foreach (var datagram in (command as DtlsConnected)?.LastFlight ?? [])
            {
                client.Receive(Clock.Now(), datagram);
            }
        }

        return result;
    }

    private RtcCommand Take()
    {
        Assert.True(_posted.TryTake(out var command, Patience), "The thread posts nothing.");
        return command;
    }
}
