using Streaming.Rtc.Dtls;

namespace Streaming.Rtc.Tests.Dtls;

/// <summary>What a client may send before the server has had the last word.</summary>
public sealed class EarlyKeysTests
{
    private static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void AClientHasItsKeysARoundTripAfterItsHelloAndIsConnectedARoundTripLater()
    {
        using var link = new DtlsLink { Delay = OneWay };
        link.Start();
        link.Run(TimeSpan.FromMinutes(1), () => link.Client.Keys is not null);
        Assert.Equal((OneWay * 2, DtlsState.Handshaking), (link.Now - default(Instant), link.Client.State));
        Assert.Null(link.Server.Keys);
        var early = link.Client.Keys;

        link.Run(TimeSpan.FromMinutes(1), () => link.BothConnected);
        Assert.Equal(OneWay * 4, link.Now - default(Instant));
        Assert.Same(early, link.Client.Keys);
        DtlsTransportTests.AssertKeysFit(link);
    }

    [Fact]
    public void TheServerIsReadyForWhatFollowsTheClientsLastFlight()
    {
        using var link = new DtlsLink { Delay = OneWay };
        link.Start();
        link.Run(TimeSpan.FromMinutes(1), () => link.Client.Keys is not null);
        link.Run(TimeSpan.FromMinutes(1), () => link.Server.Keys is not null);
        Assert.Equal(OneWay * 3, link.Now - default(Instant));
        Assert.Equal(link.Client.Keys!.LocalKey, link.Server.Keys!.RemoteKey);
        Assert.Equal(link.Client.Keys.RemoteSalt, link.Server.Keys.LocalSalt);
    }

    [Fact]
    public void AnotherPeersCertificateGivesNoKeys()
    {
        using var link = new DtlsLink(clientExpects: new byte[32]);
        link.Connect();
        Assert.Null(link.Client.Keys);
        Assert.Equal(DtlsFailure.WrongFingerprint, link.Client.Failure);
    }

    [Fact]
    public void AClientThatNeverHearsTheLastWordKeepsItsKeys()
    {
        using var link = new DtlsLink();
        link.Filter = (from, _) => from != link.Server || link.Client.Keys is null;
        link.Start();
        link.Run(DtlsTransport.HandshakeTimeout - TimeSpan.FromSeconds(1));
        Assert.Equal(DtlsState.Handshaking, link.Client.State);
        link.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(DtlsTransport.HandshakeTimeout, link.Now - default(Instant));
        Assert.Equal((DtlsState.Connected, DtlsState.Connected), (link.Client.State, link.Server.State));
        DtlsTransportTests.AssertKeysFit(link);
        Assert.Equal((Instant.Never, false), (link.Client.NextTick, link.Client.IsProven));
    }

    /// <summary>Anybody can claim to come from the peer's address, and what is not encrypted anybody can write.</summary>
    [Fact]
    public void WhoeverWasConnectedWithoutTheLastWordIsNotEndedByAnybodysAlert()
    {
        using var link = new DtlsLink();
        link.Filter = (from, _) => from != link.Server || link.Client.Keys is null;
        link.Start();
        link.Run(TimeSpan.FromMinutes(1));
        byte[] forged = [21, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 2, 40];   // fatal: handshake_failure
        Assert.True(DtlsRecords.AreValid(forged));
        link.Client.Receive(link.Now, forged);
        Assert.Equal(DtlsState.Connected, link.Client.State);
        DtlsTransportTests.AssertKeysFit(link);

        link.Sent.Clear();
        link.Client.Close();
        link.Collect();
        Assert.Equal(DtlsState.Closed, link.Client.State);
        Assert.Empty(link.Sent);
    }

    [Fact]
    public void OnALongWayTheLastFlightIsNotRepeatedBeforeItsAnswerCanBeThere()
    {
        using var link = new DtlsLink { Delay = OneWay };
        link.Connect();
        Assert.True(link.BothConnected);

        Assert.Single(link.Sent, sent => sent.From == link.Client && DtlsRecords.HaveEncryptedHandshake(sent.Datagram));
    }
}
