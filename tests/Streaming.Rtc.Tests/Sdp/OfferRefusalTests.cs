using Streaming.Rtc.Sdp;

namespace Streaming.Rtc.Tests.Sdp;

public class OfferRefusalTests
{
    [Theory]
    [InlineData("a=ice-ufrag:Kx7p\r\n", "", "no a=ice-ufrag with a=ice-pwd")]
    [InlineData("a=ice-pwd:0vT3b9QmZr5sWn8yLc2dHf\r\n", "", "no a=ice-ufrag with a=ice-pwd")]
    [InlineData("a=ice-ufrag:Kx7p", "a=ice-ufrag:K", "Line 9 is \"a=ice-ufrag:K\"")]
    [InlineData("a=fingerprint:sha-256 ", "a=x-fingerprint:", "no a=fingerprint with sha-256")]
    [InlineData("a=fingerprint:sha-256 ", "a=fingerprint:sha-512 ", "no a=fingerprint with sha-256")]
    [InlineData("a=fingerprint:sha-256 4A:", "a=fingerprint:sha-256 4A", "Line 12 is \"a=fingerprint:sha-256 4AAD")]
    [InlineData("a=setup:actpass\r\n", "", "no a=setup; offer a=setup:actpass")]
    [InlineData("a=setup:actpass", "a=setup:holdconn", "a=setup:holdconn, with which no connection is made; offer a=setup:actpass")]
    [InlineData("a=group:BUNDLE 0 1\r\n", "", "a=mid:0 is not in a=group:BUNDLE")]
    [InlineData("a=group:BUNDLE 0 1", "a=group:BUNDLE 0", "The video section with a=mid:1 is not in a=group:BUNDLE")]
    [InlineData("a=sendonly", "a=recvonly", "a=mid:0 is a=recvonly; who publishes offers a=sendonly")]
    [InlineData("a=sendonly", "a=inactive", "a=mid:0 is a=inactive; who publishes offers a=sendonly")]
    [InlineData("a=rtcp-mux\r\n", "", "a=mid:0 has no a=rtcp-mux")]
    [InlineData("a=mid:0\r\n", "", "m=audio section has no a=mid")]
    [InlineData("a=mid:0\r\n", "a=mid:01234567890123456\r\n", "a=mid:0 (1 to 16")]
    [InlineData("a=mid:1\r\n", "a=mid:0\r\n", "this mid was given before")]
    [InlineData("UDP/TLS/RTP/SAVPF", "RTP/AVP", "uses \"RTP/AVP\"; offer UDP/TLS/RTP/SAVPF")]
    [InlineData("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n", "The offer is a=ice-lite, and so are we")]
    [InlineData("a=ssrc:2171036255 ", "a=ssrc:2171036254 ", "names one SSRC for two streams")]
    [InlineData("111", "96", "One payload type stands for two codecs")]
    public void AnOfferThatCannotBeConnectedIsInvalid(string old, string replacement, string sentence)
    {
        var offer = Offers.Read(Offers.ObsPublish, old, replacement);

        var refusal = RefusePublish(offer);

        Assert.Equal(SdpRefusalKind.Invalid, refusal.Kind);
        Assert.Contains(sentence, refusal.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void AnOfferWithoutSectionsIsInvalid()
    {
        var refusal = RefusePublish(
            Offers.Read(Offers.ObsPublish, "m=audio 9", "m=audio 0").Replace("m=video", "m=image", StringComparison.Ordinal));

        Assert.Equal(SdpRefusalKind.Invalid, refusal.Kind);
        Assert.Equal("The offer has no audio or video section; offer at least one.", refusal.Sentence);
    }

    [Fact]
    public void WithoutACommonCodecThereIsNoAnswer()
    {
        var refusal = RefusePublish(
            Offers.Read(Offers.ObsPublish, "H264/90000", "H265/90000").Replace("opus", "speex", StringComparison.Ordinal));

        Assert.Equal(SdpRefusalKind.NoCommonCodec, refusal.Kind);
        Assert.Contains("offer Opus for audio and VP8, H.264, VP9 or AV1 for video", refusal.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void ATooLongOfferIsTooLarge() =>
        Assert.Equal(SdpRefusalKind.TooLarge, RefusePublish(Offers.Read(Offers.ObsPublish) + new string('x', SdpParser.MaxLength)).Kind);

    [Theory]
    [InlineData("a=recvonly", "a=sendonly", "a=mid:audio0 is a=sendonly; who watches offers a=recvonly")]
    [InlineData("a=setup:actpass", "a=setup:holdconn", "a=setup:holdconn")]
    [InlineData("a=rtcp-mux\r\n", "", "no a=rtcp-mux")]
    [InlineData("a=group:BUNDLE audio0 video1", "a=group:BUNDLE video1", "a=mid:audio0 is not in a=group:BUNDLE")]
    [InlineData("101", "96", "One payload type stands for two codecs")]
    public void AWatchersOfferIsCheckedAlike(string old, string replacement, string sentence)
    {
        var offer = Offers.Read(Offers.GStreamerWatch, old, replacement);

        Assert.False(WatchAnswer.TryMake(offer, Offers.Local, "c", null, out var answer, out var parameters, out var refusal));

        Assert.Null(answer);
        Assert.Null(parameters);
        Assert.Equal(SdpRefusalKind.Invalid, refusal.Kind);
        Assert.Contains(sentence, refusal.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=sendonly", "a=sendrecv")]
    [InlineData("a=sendonly\r\n", "")]
    [InlineData("a=setup:actpass", "a=setup:active")]
    public void WhatIsUnusualButRightIsAnswered(string old, string replacement)
    {
        var offer = Offers.Read(Offers.ObsPublish, old, replacement);

        Assert.True(PublishAnswer.TryMake(offer, Offers.Local, out var answer, out _, out var refusal), refusal?.Sentence);
        Assert.All(Offers.Parse(answer), media => Assert.Equal(MediaDirection.RecvOnly, media.Direction));
    }

    private static SdpRefusal RefusePublish(string offer)
    {
        Assert.False(PublishAnswer.TryMake(offer, Offers.Local, out var answer, out var parameters, out var refusal));
        Assert.Null(answer);
        Assert.Null(parameters);
        return refusal;
    }
}
