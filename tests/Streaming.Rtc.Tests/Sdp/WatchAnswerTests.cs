using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sdp;

public class WatchAnswerTests
{
    private static readonly MediaFormat Vp8 = new(Codec.Vp8, "");

    [Fact]
    public void ChromiumWithTwoPicturesGetsVoiceCameraAndScreen()
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumWatchTwo));

        Assert.Equal("cname1", parameters.CanonicalName);
        Assert.Equal("ooL1", parameters.Peer.RemoteIce.Ufrag);
        Assert.Collection(
            parameters.Slots,
            voice => AssertSlot(voice, "0", [TrackSource.Voice], 1001, null),
            camera => AssertSlot(camera, "1", [TrackSource.Camera], 1002, 1003),
            screen => AssertSlot(screen, "2", [TrackSource.Screen], 1004, 1005));
        Assert.Equal(
            ["lesson voice", "lesson camera", "screen screen"], Offers.Parse(answer).Select(media => Assert.Single(media.Msids)));
    }

    [Fact]
    public void ASinglePictureIsTheScreenWhileThereIsOne()
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumWatchOne));

        Assert.Collection(
            parameters.Slots,
            voice => AssertSlot(voice, "0", [TrackSource.Voice], 1001, null),
            picture => AssertSlot(picture, "1", [TrackSource.Screen, TrackSource.Camera], 1002, 1003));
        Assert.Equal(["lesson picture"], Offers.Parse(answer)[1].Msids);
    }

    [Fact]
    public void EveryCodecThatIsForwardedIsAcceptedWithItsRtxVp8First()
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumWatchTwo));

        (Codec, string, byte, byte)[] expected =
        [
            (Codec.Vp8, "", 96, 97),
            (Codec.H264, "42e0/1", 108, 109), (Codec.H264, "4200/1", 102, 103), (Codec.H264, "4d00/1", 116, 117),
            (Codec.H264, "f400/1", 41, 42),
            (Codec.H264, "42e0/0", 114, 115), (Codec.H264, "4200/0", 104, 107), (Codec.H264, "4d00/0", 39, 40),
            (Codec.H264, "f400/0", 43, 44),
            (Codec.Vp9, "0", 98, 99), (Codec.Vp9, "2", 100, 101), (Codec.Vp9, "1", 35, 36), (Codec.Vp9, "3", 37, 38),
            (Codec.Av1, "0", 45, 46), (Codec.Av1, "1", 47, 48),
        ];
        foreach (var slot in parameters.Slots.Skip(1))
        {
            Assert.Equal(expected, slot.Formats.Select(format => (
                format.Format.Codec, format.Format.Profile, format.PayloadType.Value, format.Retransmission!.Value.Value)));
        }

        Assert.Equal(expected.SelectMany(format => new[] { format.Item3, format.Item4 }), Offers.Parse(answer)[1].PayloadTypes);
    }

    [Fact]
    public void TheVoiceIsAnsweredLineByLine()
    {
        var (answer, _) = Answer(Offers.Read(Offers.ChromiumWatchOne));

        string[] expected =
        [
            "m=audio 5000 UDP/TLS/RTP/SAVPF 111 63", "c=IN IP4 192.0.2.7", "a=mid:0",
            "a=ice-ufrag:localufr", "a=ice-pwd:localpasswordlocalpass00",
            $"a=fingerprint:sha-256 {Offers.LocalFingerprint}", "a=setup:passive",
            "a=candidate:1 1 udp 2130706431 192.0.2.7 5000 typ host", "a=end-of-candidates",
            "a=sendonly", "a=rtcp-mux", "a=rtcp-rsize", "a=msid:lesson voice",
            "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
            "a=rtpmap:111 opus/48000/2", "a=rtcp-fb:111 transport-cc", "a=fmtp:111 minptime=10;useinbandfec=1",
            "a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111",
            "a=ssrc:1001 cname:cname1", "a=ssrc:1001 msid:lesson voice",
        ];
        Assert.Equal(expected, Offers.Sections(answer)[1]);
    }

    [Theory]
    [InlineData("actpass", "passive", false)]
    [InlineData("active", "passive", false)]
    [InlineData("passive", "active", true)]
    public void WhoWaitsForTheHelloGetsIt(string offered, string answered, bool saysHello)
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumWatchOne, "a=setup:actpass", $"a=setup:{offered}"));

        Assert.All(Offers.Sections(answer).Skip(1), section => Assert.Contains($"a=setup:{answered}", section));
        Assert.Equal(saysHello, parameters.Peer.SaysHello);
    }

    [Fact]
    public void APictureIsAnsweredLineByLine()
    {
        var (answer, _) = Answer(Offers.Read(Offers.GStreamerWatch));

        string[] expected =
        [
            "m=video 5000 UDP/TLS/RTP/SAVPF 101 97", "c=IN IP4 192.0.2.7", "a=mid:video1",
            "a=ice-ufrag:localufr", "a=ice-pwd:localpasswordlocalpass00",
            $"a=fingerprint:sha-256 {Offers.LocalFingerprint}", "a=setup:passive",
            "a=sendonly", "a=rtcp-mux", "a=rtcp-rsize", "a=msid:lesson picture",
            "a=rtpmap:101 VP8/90000", "a=rtcp-fb:101 nack pli",
            "a=rtpmap:97 H264/90000", "a=rtcp-fb:97 nack pli",
            "a=ssrc:1002 cname:cname1", "a=ssrc:1002 msid:lesson picture",
        ];
        Assert.Equal(expected, Offers.Sections(answer)[2]);
    }

    [Fact]
    public void WithoutRtxNothingIsSentAgain()
    {
        var (_, parameters) = Answer(Offers.Read(Offers.GStreamerWatch));

        AssertSlot(parameters.Slots[1], "video1", [TrackSource.Screen, TrackSource.Camera], 1002, null);
        Assert.All(parameters.Slots[1].Formats, format => Assert.Null(format.Retransmission));
    }

    [Fact]
    public void WhatCannotBeSentAgainIsNotPromised()
    {
        // Of all that Chromium offers, VP8 comes without RTX here.
        var picture = Offers.Parse(Answer(Offers.Read(Offers.ChromiumWatchTwo, "a=fmtp:97 apt=96", "a=fmtp:97 apt=95")).Answer)[1];

        Assert.Equal(["ccm fir", "nack pli", "transport-cc"], FeedbackOf(picture, 96));
        Assert.Equal(["ccm fir", "nack", "nack pli", "transport-cc"], FeedbackOf(picture, 108));
    }

    [Fact]
    public void NoWatcherIsAskedForABitrate()
    {
        var offer = Offers.Read(Offers.ChromiumWatchTwo);
        Assert.Contains("goog-remb", offer, StringComparison.Ordinal);
        Assert.DoesNotContain("goog-remb", Answer(offer).Answer, StringComparison.Ordinal);
    }

    [Fact]
    public void TheRtxStreamIsPairedWithItsPicture()
    {
        var camera = Offers.Parse(Answer(Offers.Read(Offers.ChromiumWatchTwo)).Answer)[1];

        var group = Assert.Single(camera.SsrcGroups);
        Assert.Equal("FID", group.Semantics);
        Assert.Equal([1002u, 1003u], group.Ssrcs);
        Assert.Equal(
            [
                new(1002, "cname:cname1"), new(1002, "msid:lesson camera"),
                new(1003, "cname:cname1"), new SsrcAttribute(1003, "msid:lesson camera"),
            ],
            camera.Ssrcs);
    }

    [Fact]
    public void NoHeaderExtensionIsPromisedButTheTransportNumber()
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumWatchTwo));

        Assert.Equal(3, parameters.TransportExtension);
        Assert.All(parameters.Slots, slot => Assert.True(slot.IsNumbered));
        Assert.All(Offers.Parse(answer), media => Assert.Equal([new(3, null, HeaderExtensionUris.TransportCc)], media.Extensions));
    }

    [Fact]
    public void WhoDoesNotTellWhatHasComeGetsNoNumbers()
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumWatchTwo, "transport-cc", "other-cc"));

        Assert.Equal(0, parameters.TransportExtension);
        Assert.All(parameters.Slots, slot => Assert.False(slot.IsNumbered));
        Assert.DoesNotContain("extmap", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void ASectionThatTellsOfSomeFormatsOnlyGetsNoNumbers()
    {
        var (_, parameters) = Answer(Offers.Read(Offers.ChromiumWatchTwo, "a=rtcp-fb:111 transport-cc", "a=rtcp-fb:111 nack"));

        Assert.Equal([false, true, true], parameters.Slots.Select(slot => slot.IsNumbered));
    }

    [Fact]
    public void SsrcsAreDistinctAndNotZeroWhateverTheRandomSourceGives()
    {
        Assert.True(WatchAnswer.TryMake(
            Offers.Read(Offers.ChromiumWatchTwo), Offers.Local, "c", () => uint.MaxValue, out _, out var parameters, out _));

        Assert.Equal([uint.MaxValue, 1, 2, 3, 4], Ssrcs(parameters));
    }

    [Fact]
    public void WithoutASourceOfNumbersSsrcsAreRandom()
    {
        var seen = new HashSet<uint>();
        for (var i = 0; i < 20; i++)
        {
            Assert.True(WatchAnswer.TryMake(Offers.Read(Offers.GStreamerWatch), Offers.Local, "c", null, out _, out var parameters, out _));
            seen.UnionWith(Ssrcs(parameters));
        }

        // Forty numbers out of 2^32: even one pair of equal ones would be a sign of something else than chance.
        Assert.Equal(40, seen.Count);
    }

    [Fact]
    public void AThirdPictureIsRejected()
    {
        var third = Offers.Sections(Offers.Read(Offers.ChromiumWatchTwo))[3].Select(line => line == "a=mid:2" ? "a=mid:3" : line);
        var offer = Offers.Read(Offers.ChromiumWatchTwo, "BUNDLE 0 1 2", "BUNDLE 0 1 2 3") + string.Join("\r\n", third) + "\r\n";

        var (answer, parameters) = Answer(offer);

        Assert.Equal(3, parameters.Slots.Count);
        Assert.Equal(["m=video 0 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", "a=mid:3", "a=inactive"], Offers.Sections(answer)[4]);
    }

    private static (string Answer, WatchParameters Parameters) Answer(string offer)
    {
        var next = 1000u;
        Assert.True(
            WatchAnswer.TryMake(offer, Offers.Local, "cname1", () => ++next, out var answer, out var parameters, out var refusal),
            refusal?.Sentence);
        return (answer, parameters);
    }

    private static IEnumerable<string> FeedbackOf(MediaSection media, byte payloadType) =>
        media.Feedback.Where(feedback => feedback.PayloadType == payloadType).Select(feedback => feedback.Value);

    private static IEnumerable<uint> Ssrcs(WatchParameters parameters) => parameters.Slots.SelectMany(
        slot => slot.RetransmissionSsrc is { } rtx ? new[] { slot.Ssrc.Value, rtx.Value } : [slot.Ssrc.Value]);

    private static void AssertSlot(WatchSlot slot, string mid, TrackSource[] sources, uint ssrc, uint? rtx)
    {
        Assert.Equal((mid, ssrc, rtx), (slot.Mid, slot.Ssrc.Value, slot.RetransmissionSsrc?.Value));
        Assert.Equal(sources, slot.Sources);
        if (sources is not [TrackSource.Voice]) Assert.Equal(Vp8, slot.Formats[0].Format);
    }
}
