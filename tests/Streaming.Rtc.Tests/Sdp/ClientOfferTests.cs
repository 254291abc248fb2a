using Streaming.Rtc.Ice;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sdp;

/// <summary>Our own client and our answers, back to back.</summary>
public class ClientOfferTests
{
    private static readonly LocalDescription Client = new(
        new IceCredentials("clientuf", "clientpasswordclientpass"), Enumerable.Repeat((byte)2, 32).ToArray(), [], 5);

    [Fact]
    public void WhatTheClientPublishesIsWhatTheServerExpects()
    {
        ClientTrack[] tracks =
        [
            new(TrackSource.Voice, new Ssrc(11)),
            new(TrackSource.Camera, new Ssrc(21), new Ssrc(22)),
            new(TrackSource.Screen, new MediaFormat(Codec.H264, "42e0/1"), new Ssrc(31), new Ssrc(32)),
        ];
        var offer = ClientOffer.Publish(Client, "me", tracks);

        Assert.True(PublishAnswer.TryMake(offer, Offers.Local, out var answer, out var parameters, out var refusal), refusal?.Sentence);

        Assert.Equal(Client.Ice, parameters.Peer.RemoteIce);
        Assert.Equal(Client.Fingerprint.ToArray(), parameters.Peer.RemoteFingerprint.ToArray());
        Assert.Equal(
            tracks.Select(track => (track.Source, track.Format, track.Ssrc, track.RetransmissionSsrc)),
            parameters.Tracks.Select(track => (track.Source, track.Formats[0].Format, track.Ssrc!.Value, track.RetransmissionSsrc)));

        Assert.True(ClientAnswer.TryRead(answer, out var read, out var error), error);
        Assert.Equal(Offers.Local.Ice, read.Ice);
        Assert.Equal(Offers.Local.Fingerprint.ToArray(), read.Fingerprint.ToArray());
        Assert.Equal(["candidate:1 1 udp 2130706431 192.0.2.7 5000 typ host"], read.Candidates);
        Assert.Equal(["0", "1", "2"], read.Sections.Select(section => section.Mid));
        Assert.Equal(parameters.Tracks.SelectMany(track => track.Formats), read.Sections.SelectMany(section => section.Formats));
        Assert.All(read.Sections, section => Assert.Null(section.Ssrc));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LayersAndFeedbackThatTheClientOffersAreAgreed(bool isTaken)
    {
        ClientTrack[] tracks =
        [
            new(TrackSource.Voice, new Ssrc(11)),
            new(TrackSource.Camera, new Ssrc(21), new Ssrc(22)) { Rids = ["l", "m"] },
        ];
        var offer = ClientOffer.Publish(Client, "me", tracks, transportFeedback: true);
        offer = isTaken ? offer : offer.Replace("rtp-stream-id", "x", StringComparison.Ordinal);
        Assert.True(PublishAnswer.TryMake(offer, Offers.Local, out var answer, out var parameters, out var refusal), refusal?.Sentence);
        Assert.True(ClientAnswer.TryRead(answer, out var read, out var error), error);

        var camera = read.Sections[1];
        Assert.Equal(isTaken ? ["l", "m"] : [], parameters.Tracks[1].Rids);
        Assert.Equal(parameters.Tracks[1].Rids, camera.Rids);
        Assert.Equal([true, isTaken, false], new[] { ("l", 0), ("m", 1), ("h", 2) }.Select(layer => camera.Takes(layer.Item1, layer.Item2)));
        Assert.Equal(parameters.RidExtension, camera.ExtensionOf(HeaderExtensionUris.Rid));
        Assert.Equal(parameters.RepairedRidExtension, camera.ExtensionOf(HeaderExtensionUris.RepairedRid));
        Assert.Equal(
            [parameters.TransportNumberExtension, parameters.TransportNumberExtension],
            read.Sections.Select(section => section.ExtensionOf(HeaderExtensionUris.TransportCc)));
        Assert.NotEqual(0, parameters.TransportNumberExtension);
        Assert.Null(parameters.Tracks[1].Ssrc);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public void WhatTheServerWillSendIsWhatTheClientReads(bool voice, int pictures)
    {
        var offer = ClientOffer.Watch(Client, voice, pictures, [new(Codec.Vp8, ""), new(Codec.Vp9, "0"), new(Codec.Av1, "0")]);
        Assert.True(
            WatchAnswer.TryMake(offer, Offers.Local, "srv", null, out var answer, out var parameters, out var refusal), refusal?.Sentence);
        Assert.True(ClientAnswer.TryRead(answer, out var read, out var error), error);

        Assert.Equal((voice ? 1 : 0) + pictures, parameters.Slots.Count);
        Assert.Equal(
            parameters.Slots.Select(slot => (slot.Mid, (Ssrc?)slot.Ssrc, slot.RetransmissionSsrc)),
            read.Sections.Select(section => (section.Mid, section.Ssrc, section.RetransmissionSsrc)));
        Assert.Equal(parameters.Slots.SelectMany(slot => slot.Formats), read.Sections.SelectMany(section => section.Formats));
        Assert.Equal(pictures * 3, parameters.Slots.Skip(voice ? 1 : 0).Sum(slot => slot.Formats.Count));
    }

    [Fact]
    public void WithoutRtxInTheOfferThereIsNoneInTheAnswer()
    {
        var offer = ClientOffer.Watch(Client, voice: false, pictures: 1, retransmission: false);
        Assert.True(WatchAnswer.TryMake(offer, Offers.Local, "srv", null, out var answer, out _, out _));
        Assert.True(ClientAnswer.TryRead(answer, out var read, out _));

        Assert.Null(Assert.Single(read.Sections).RetransmissionSsrc);
        Assert.Null(Assert.Single(read.Sections[0].Formats).Retransmission);
    }

    [Fact]
    public void ARejectedSectionIsReadAsRejected()
    {
        var offer = ClientOffer.Watch(Client, voice: true, pictures: 3);
        Assert.True(WatchAnswer.TryMake(offer, Offers.Local, "srv", null, out var answer, out _, out _));
        Assert.True(ClientAnswer.TryRead(answer, out var read, out _));

        Assert.Equal([true, true, true, false], read.Sections.Select(section => section.IsAccepted));
    }

    [Theory]
    [InlineData("a=setup:passive", "a=setup:active", "not a=setup:passive")]
    [InlineData("m=video 5000", "m=video 0", "accepts no section")]
    [InlineData("a=ice-pwd", "a=x-pwd", "no a=ice-ufrag with a=ice-pwd")]
    [InlineData("v=0", "v=9", "Line 1 is \"v=9\"")]
    public void ABadAnswerIsNamed(string old, string replacement, string sentence)
    {
        Assert.True(WatchAnswer.TryMake(
            ClientOffer.Watch(Client, voice: false, pictures: 1), Offers.Local, "srv", null, out var answer, out _, out _));
        Assert.Contains(old, answer, StringComparison.Ordinal);

        Assert.False(ClientAnswer.TryRead(answer.Replace(old, replacement, StringComparison.Ordinal), out _, out var error));
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }
}
