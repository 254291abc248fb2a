using Streaming.Rtc.Dtls;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Dtls;

public sealed class DtlsTransportTests
{
    [Theory]
    [InlineData(null, null, SrtpProfile.AeadAes128Gcm)]
    [InlineData(null, SrtpProfile.AesCm128HmacSha1Tag80, SrtpProfile.AesCm128HmacSha1Tag80)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80, null, SrtpProfile.AesCm128HmacSha1Tag80)]
    [InlineData(SrtpProfile.AeadAes128Gcm, null, SrtpProfile.AeadAes128Gcm)]
    public void BothEndsAgreeOnKeysThatFitEachOther(SrtpProfile? server, SrtpProfile? client, SrtpProfile expected)
    {
        using var link = new DtlsLink(serverProfile: server, clientProfile: client);
        Assert.Null(link.Server.Keys);
        link.Connect();

        Assert.True(link.BothConnected);
        Assert.Equal(expected, link.Server.Keys!.Profile);
        Assert.Equal(expected, link.Client.Keys!.Profile);
        Assert.Equal(Instant.Never, link.Server.NextTick);
        Assert.Equal(Instant.Never, link.Client.NextTick);
        AssertKeysFit(link);
    }

    [Fact]
    public void AHandshakeWithoutLossIsOneDatagramPerFlight()
    {
        using var link = new DtlsLink();
        link.Connect();
        Assert.Equal(
            [link.Client, link.Server, link.Client, link.Server],
            link.Sent.Select(sent => sent.From));
        Assert.Equal(default, link.Now);
    }

    [Fact]
    public void EveryAssociationHasItsOwnKeys()
    {
        using var first = new DtlsLink();
        using var second = new DtlsLink();
        first.Connect();
        second.Connect();
        Assert.False(first.Server.Keys!.LocalKey.SequenceEqual(second.Server.Keys!.LocalKey));
        Assert.False(first.Server.Keys!.LocalKey.SequenceEqual(first.Server.Keys!.RemoteKey));
    }

    [Fact]
    public void NothingIsSentBeforeTheStart()
    {
        using var link = new DtlsLink();
        Assert.False(link.Client.TryTakeOutgoing(new byte[1_500], out _));
        Assert.Equal(Instant.Never, link.Server.NextTick);
    }

    [Fact]
    public void OneContextServesManyAssociationsAtOnce()
    {
        var links = Enumerable.Range(0, 20).Select(seed => new DtlsLink(seed)).ToArray();
        foreach (var link in links)
            link.Start();
        foreach (var link in links)
            link.Run(TimeSpan.FromSeconds(1));
        foreach (var link in links)
        {
            AssertKeysFit(link);
            link.Dispose();
        }
    }

    [Fact]
    public void AnAssociationMayMoveBetweenThreads()
    {
        using var link = new DtlsLink();
        link.Start();
        while (!link.BothConnected)
        {
            var before = link.Sent.Count;
            var thread = new Thread(() => link.Run(TimeSpan.FromSeconds(1), () => link.Sent.Count > before || link.BothConnected));
            thread.Start();
            thread.Join();
        }

        AssertKeysFit(link);
    }

    [Fact]
    public void AWrongFingerprintAtTheServerConnectsNeitherEnd()
    {
        using var link = new DtlsLink(serverExpects: new byte[32]);
        link.Connect();
        Assert.Equal((DtlsState.Failed, DtlsFailure.WrongFingerprint), (link.Server.State, link.Server.Failure));
        Assert.Equal((DtlsState.Failed, DtlsFailure.ProtocolError), (link.Client.State, link.Client.Failure));
        Assert.Null(link.Server.Keys);
        Assert.Null(link.Client.Keys);
    }

    [Fact]
    public void AWrongFingerprintAtTheClientConnectsNeitherEnd()
    {
        using var link = new DtlsLink(clientExpects: DtlsLink.ClientCertificate.Fingerprint);
        link.Connect();
        Assert.Equal((DtlsState.Failed, DtlsFailure.WrongFingerprint), (link.Client.State, link.Client.Failure));
        Assert.Equal((DtlsState.Failed, DtlsFailure.ProtocolError), (link.Server.State, link.Server.Failure));
        Assert.Null(link.Server.Keys);
        Assert.Null(link.Client.Keys);
    }

    [Fact]
    public void TheAlertForAWrongFingerprintIsBadCertificate()
    {
        using var link = new DtlsLink(clientExpects: new byte[32]);
        link.Connect();
        var alert = link.Sent.Last(sent => sent.From == link.Client).Datagram;
        Assert.Equal([21, 2, 42], [alert[0], alert[13], alert[14]]);
    }

    [Fact]
    public void AFingerprintThatDiffersInItsLastBitIsWrong()
    {
        var almost = DtlsLink.ClientCertificate.Fingerprint.ToArray();
        almost[31] ^= 1;
        using var link = new DtlsLink(serverExpects: almost);
        link.Connect();
        Assert.Equal(DtlsFailure.WrongFingerprint, link.Server.Failure);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(33)]
    public void AFingerprintOfAnotherLengthIsRefused(int length) =>
        Assert.Throws<ArgumentException>(() => new DtlsTransport(DtlsLink.ServerCertificate, DtlsRole.Server, new byte[length]));

    [Fact]
    public void WithoutACommonSrtpProfileNothingIsConnected()
    {
        using var link = new DtlsLink(serverProfile: SrtpProfile.AeadAes128Gcm, clientProfile: SrtpProfile.AesCm128HmacSha1Tag80);
        link.Connect();
        Assert.Equal(DtlsFailure.NoCommonSrtpProfile, link.Server.Failure);
        Assert.Equal(DtlsState.Failed, link.Client.State);
        Assert.Null(link.Server.Keys);
        Assert.Null(link.Client.Keys);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ClosingOneEndClosesTheOther(bool serverCloses)
    {
        using var link = new DtlsLink();
        link.Connect();
        var (closing, other) = serverCloses ? (link.Server, link.Client) : (link.Client, link.Server);
        closing.Close();
        link.Run(TimeSpan.FromSeconds(1));

        Assert.Equal((DtlsState.Closed, DtlsState.Closed), (closing.State, other.State));
        Assert.Equal(DtlsFailure.None, other.Failure);
        closing.Close();
        Assert.False(closing.TryTakeOutgoing(new byte[1_500], out _));
    }

    [Fact]
    public void AfterClosingAndDisposingEverythingIsIgnored()
    {
        var link = new DtlsLink();
        link.Connect();
        var datagram = link.Sent[0].Datagram;
        link.Server.Close();
        link.Server.Receive(link.Now, datagram);
        link.Dispose();
        link.Server.Receive(link.Now, datagram);
        link.Server.Tick(link.Now);
        link.Server.Close();
        link.Client.Close();
        link.Dispose();
        Assert.Equal((DtlsState.Closed, DtlsState.Closed), (link.Server.State, link.Client.State));
    }

    internal static void AssertKeysFit(DtlsLink link)
    {
        Assert.True(link.BothConnected);
        using var outbound = new OutboundSrtp(link.Server.Keys!);
        using var inbound = new InboundSrtp(link.Client.Keys!);
        using var back = new OutboundSrtp(link.Client.Keys!);
        using var received = new InboundSrtp(link.Server.Keys!);
        foreach (var (from, to) in ((OutboundSrtp, InboundSrtp)[])[(outbound, inbound), (back, received)])
        {
            byte[] header = [0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5];
            var datagram = new byte[12 + 5 + from.RtpOverhead];
            from.Open(new Ssrc(5)).Protect(header, "hello"u8, datagram);
            Assert.True(to.TryUnprotect(datagram, out var length, out _));
            Assert.Equal("hello"u8, datagram.AsSpan(12..length));
        }
    }
}
