using Streaming.Client.Peers;
using Streaming.Rtc;
using Streaming.Rtc.Sfu;

namespace Streaming.Client.Tests.Peers;

public class HeadlessPeerTests
{
    [Fact]
    public void APublisherConnectsAndSaysWhen()
    {
        using var wire = Wire.Connected(HeadlessPeer.Publisher(new HeadlessPeerOptions { Seed = 1 }));
        Assert.InRange((wire.Peer.ConnectedAt - wire.Peer.StartedAt)!.Value.TotalMilliseconds, 20, 60);
        Assert.Equal([TrackSource.Voice, TrackSource.Camera], wire.Peer.Sent.Select(track => track.Source));
        Assert.All(wire.Peer.Sent, track => Assert.True(track.IsAccepted));
        Assert.Empty(wire.Peer.Received);
        Assert.Equal(0, wire.Peer.Drops.Total);
    }

    [Fact]
    public void AWatcherConnectsToItsSlots()
    {
        using var wire = Wire.Connected(HeadlessPeer.Watcher(new HeadlessPeerOptions { Seed = 2 }));
        Assert.Equal([false, true, true], wire.Peer.Received.Select(track => track.IsVideo));
        Assert.Equal(wire.Server.Watcher!.Slots.Select(slot => slot.Ssrc), wire.Peer.Received.Select(track => track.Ssrc));
        Assert.Empty(wire.Peer.Sent);
    }

    [Fact]
    public void TheConnectionOutlivesAMinuteOfConsentChecks()
    {
        using var wire = Wire.Connected(HeadlessPeer.Watcher(new HeadlessPeerOptions { Seed = 3 }));
        wire.Run(TimeSpan.FromSeconds(60));
        Assert.Equal(HeadlessPeerState.Connected, wire.Peer.State);
    }

    [Fact]
    public void AServerThatIsNotThereIsAFailureAfterThirtySeconds()
    {
        using var wire = new Wire(HeadlessPeer.Watcher());
        wire.Server.IsThere = false;
        wire.Peer.Accept(wire.Now, wire.Server.Answer(wire.Peer.Offer));
        wire.Run(TimeSpan.FromSeconds(29));
        Assert.Equal(HeadlessPeerState.Connecting, wire.Peer.State);
        wire.Run(TimeSpan.FromSeconds(2));
        Assert.Equal(HeadlessPeerState.Failed, wire.Peer.State);
        Assert.Contains("ICE", wire.Peer.Failure, StringComparison.Ordinal);
        Assert.Equal(Instant.Never, wire.Peer.NextTick);
    }

    [Fact]
    public void AServerThatFallsSilentIsAFailureAfterThirtySeconds()
    {
        using var wire = Wire.Connected(HeadlessPeer.Watcher());
        wire.Server.IsThere = false;
        wire.Run(TimeSpan.FromSeconds(31));
        Assert.Equal(HeadlessPeerState.Failed, wire.Peer.State);
    }

    [Fact]
    public void AForeignCertificateIsNotTrusted()
    {
        using var wire = new Wire(HeadlessPeer.Watcher());
        wire.Peer.Accept(wire.Now, wire.Server.AnswerWithForeignCertificate(wire.Peer.Offer));
        wire.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(HeadlessPeerState.Failed, wire.Peer.State);
        Assert.Contains("WrongFingerprint", wire.Peer.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void AGoodbyeOfTheServerClosesThePeer()
    {
        using var wire = Wire.Connected(HeadlessPeer.Publisher());
        wire.Server.Close();
        wire.Run(TimeSpan.FromMilliseconds(50));
        Assert.Equal(HeadlessPeerState.Closed, wire.Peer.State);
        Assert.False(wire.Peer.Sent[0].Send(wire.Now, [1, 2, 3], 0, marker: true));
    }

    [Fact]
    public void AnAnswerThatCannotBeUsedSaysWhy()
    {
        using var peer = HeadlessPeer.Watcher();
        Assert.Throws<FormatException>(() => peer.Accept(default, "v=0"));
        using var server = new TinyServer();
        var answer = server.Answer(peer.Offer, candidate: "1 1 udp 2130706431 media.example 5000 typ host");
        Assert.Contains("candidate", Assert.Throws<FormatException>(() => peer.Accept(default, answer)).Message, StringComparison.Ordinal);
        Assert.Equal(HeadlessPeerState.New, peer.State);
    }

    [Fact]
    public void NoiseIsCountedAndChangesNothing()
    {
        using var wire = Wire.Connected(HeadlessPeer.Watcher(new HeadlessPeerOptions { Seed = 4 }));
        var random = new Random(4);
        var noise = new byte[2_100];
        for (var i = 0; i < 20_000; i++)
        {
            var datagram = noise.AsSpan(0, random.Next(noise.Length));
            random.NextBytes(datagram);
            if (i % 3 == 0 && datagram.Length > 2)
            {
                (datagram[0], datagram[1]) = ((byte)0x80, (byte)random.Next(256));   // looks like media
            }

            wire.Peer.Receive(wire.Now, datagram);
        }

        Assert.Equal(HeadlessPeerState.Connected, wire.Peer.State);
        Assert.All(wire.Peer.Received, track => Assert.Equal(0, track.Packets));
        Assert.True(wire.Peer.Drops[DropReason.SrtpAuthentication] > 1_000);
        Assert.True(wire.Peer.Drops[DropReason.UnknownProtocol] > 1_000);
    }

    [Fact]
    public void TheSameSeedMakesTheSameOfferButForTheCertificate()
    {
        using var a = HeadlessPeer.Publisher(new HeadlessPeerOptions { Seed = 7 });
        using var b = HeadlessPeer.Publisher(new HeadlessPeerOptions { Seed = 7 });
        using var c = HeadlessPeer.Publisher(new HeadlessPeerOptions { Seed = 8 });
        Assert.Equal(a.Offer, b.Offer);
        Assert.NotEqual(a.Offer, c.Offer);
    }
}
