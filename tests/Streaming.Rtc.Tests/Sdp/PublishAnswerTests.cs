using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sdp;

public class PublishAnswerTests
{
    private static readonly MediaFormat Opus = new(Codec.Opus, "");
    private static readonly MediaFormat Vp8 = new(Codec.Vp8, "");

    [Fact]
    public void ChromiumIsAnsweredLineByLine()
    {
        var (answer, _) = Answer(Offers.Read(Offers.ChromiumPublish));

        string[] session = 
            ["v=0", "o=- 77 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=ice-lite", "a=group:BUNDLE 0 1 2", "a=msid-semantic: WMS *"];
        string[] transport =
        [
            "a=ice-ufrag:localufr", "a=ice-pwd:localpasswordlocalpass00",
            $"a=fingerprint:sha-256 {Offers.LocalFingerprint}", "a=setup:passive",
        ];
        string[] extensions =
        [
            "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
        ];
        string[] voice =
        [
            "m=audio 5000 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 192.0.2.7", "a=mid:0", .. transport,
            "a=candidate:1 1 udp 2130706431 192.0.2.7 5000 typ host", "a=end-of-candidates",
            "a=recvonly", "a=rtcp-mux", "a=rtcp-rsize", .. extensions,
            "a=rtpmap:111 opus/48000/2", "a=rtcp-fb:111 transport-cc", "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1;stereo=0;sprop-stereo=0;maxaveragebitrate=24000",
        ];
        string[] camera =
        [
            "m=video 5000 UDP/TLS/RTP/SAVPF 96 97", "c=IN IP4 192.0.2.7", "a=mid:1", .. transport,
            "a=recvonly", "a=rtcp-mux", "a=rtcp-rsize", .. extensions,
            "a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 ccm fir", "a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli", "a=rtcp-fb:96 transport-cc",
            "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96",
        ];
        string[] screen = [.. camera.Select(line => line == "a=mid:1" ? "a=mid:2" : line)];
        Assert.Equal([.. session, .. voice, .. camera, .. screen], Offers.Lines(answer));
    }

    [Theory]
    [InlineData("actpass", "passive", false)]
    [InlineData("passive", "active", true)]
    public void WhoWaitsForTheHelloGetsIt(string offered, string answered, bool saysHello)
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumPublish, "a=setup:actpass", $"a=setup:{offered}"));

        Assert.All(Offers.Sections(answer).Skip(1), section => Assert.Contains($"a=setup:{answered}", section));
        Assert.Equal(saysHello, parameters.Peer.SaysHello);
    }

    [Fact]
    public void ChromiumsTracksAreVoiceCameraAndScreen()
    {
        var (_, parameters) = Answer(Offers.Read(Offers.ChromiumPublish));

        Assert.Equal(Offers.Local.Ice, parameters.Peer.LocalIce);
        Assert.Equal(new Streaming.Rtc.Ice.IceCredentials("XTKS", "PIwnfMBuvTqnHf6j5sCyy3H3"), parameters.Peer.RemoteIce);
        Assert.Equal(4, parameters.MidExtension);
        Assert.Collection(
            parameters.Tracks,
            voice => AssertTrack(voice, "0", TrackSource.Voice, Format(Opus, 111, null), 1143526298, null),
            camera => AssertTrack(camera, "1", TrackSource.Camera, Format(Vp8, 96, 97), 1941145903, 4225265022),
            screen => AssertTrack(screen, "2", TrackSource.Screen, Format(Vp8, 96, 97), 1723314983, 3234848177));
    }

    [Fact]
    public void TheFingerprintIsReadAsBytes()
    {
        var (_, parameters) = Answer(Offers.Read(Offers.ObsPublish));

        Assert.Equal(
            Convert.FromHexString("4AADB9B13F82183B540212DF3E5D496B19E57CAB4AADB9B13F82183B540212DF"),
            parameters.Peer.RemoteFingerprint.ToArray());
    }

    [Fact]
    public void Sha256IsPickedAmongSeveralFingerprints()
    {
        var (_, parameters) = Answer(Offers.Read(
            Offers.ObsPublish, "a=fingerprint:sha-256 4A", "a=fingerprint:sha-1 00:11\r\na=fingerprint:SHA-256 4a"));

        Assert.Equal(0x4A, parameters.Peer.RemoteFingerprint.Span[0]);
    }

    [Fact]
    public void FirefoxsBundledSectionIsAcceptedAndItsDataChannelIsNot()
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.FirefoxPublish));

        Assert.Contains("a=group:BUNDLE 0 1\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(
            ["m=application 0 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", "a=mid:2"], Offers.Sections(answer)[3]);
        Assert.Equal(3, parameters.MidExtension);
        Assert.Equal("1f2e3d4c", parameters.Peer.RemoteIce.Ufrag);
        Assert.Collection(
            parameters.Tracks,
            voice => AssertTrack(voice, "0", TrackSource.Voice, Format(Opus, 109, null), 1264503561, null),
            camera => AssertTrack(camera, "1", TrackSource.Camera, Format(Vp8, 120, 124), 2950345411, 3421556617));
    }

    [Fact]
    public void ObsSendsH264WithoutRtx()
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ObsPublish));

        AssertTrack(
            parameters.Tracks[1], "1", TrackSource.Camera, Format(new MediaFormat(Codec.H264, "42e0/1"), 96, null), 2171036255, null);
        Assert.Equal(0, parameters.MidExtension);
        Assert.DoesNotContain("extmap", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("rtcp-rsize", answer, StringComparison.Ordinal);
        var video = Offers.Sections(answer)[2];
        Assert.Contains("a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42c01f", video);
        Assert.Equal(
            ["a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli", "a=rtcp-fb:96 goog-remb"],
            video.Where(line => line.StartsWith("a=rtcp-fb", StringComparison.Ordinal)));
    }

    [Fact]
    public void GStreamerOffersVideoFirst()
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.GStreamerPublish));

        Assert.Contains("a=group:BUNDLE video0 audio1\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("a=end-of-candidates", Offers.Sections(answer)[1]);
        Assert.DoesNotContain("a=end-of-candidates", Offers.Sections(answer)[2]);
        Assert.Collection(
            parameters.Tracks,
            camera => AssertTrack(camera, "video0", TrackSource.Camera, Format(Vp8, 98, 99), 3040216718, 2094413203),
            voice => AssertTrack(voice, "audio1", TrackSource.Voice, Format(Opus, 100, null), 1170913464, null));
    }

    [Theory]
    [InlineData("VP8/", Codec.H264, "42e0/1", 108)]
    [InlineData("VP8/ H264/", Codec.Vp9, "0", 98)]
    [InlineData("VP8/ H264/ VP9/", Codec.Av1, "0", 45)]
    public void WithoutVp8TheNextCodecIsTaken(string withheld, Codec codec, string profile, byte payloadType)
    {
        var offer = withheld.Split(' ').Aggregate(
            Offers.Read(Offers.ChromiumPublish), (sdp, name) => sdp.Replace($" {name}90000", " other/90000", StringComparison.Ordinal));
        var (_, parameters) = Answer(offer);

        var format = Assert.Single(parameters.Tracks[1].Formats);
        Assert.Equal((new MediaFormat(codec, profile), payloadType), (format.Format, format.PayloadType.Value));
    }

    [Fact]
    public void ASectionWithoutACommonCodecIsRejectedAndTheOthersLive()
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ObsPublish, "H264/90000", "H265/90000"));

        Assert.Contains("a=group:BUNDLE 0\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(
            ["m=video 0 UDP/TLS/RTP/SAVPF 96", "c=IN IP4 0.0.0.0", "a=mid:1", "a=inactive"], Offers.Sections(answer)[2]);
        Assert.Equal(TrackSource.Voice, Assert.Single(parameters.Tracks).Source);
    }

    [Fact]
    public void WhenTheFirstSectionIsRejectedTheNextCarriesTheCandidates()
    {
        var (answer, _) = Answer(Offers.Read(Offers.ObsPublish, "opus/48000/2", "G722/8000"));

        Assert.DoesNotContain("a=end-of-candidates", Offers.Sections(answer)[1]);
        Assert.Contains("a=end-of-candidates", Offers.Sections(answer)[2]);
    }

    [Fact]
    public void AThirdPictureAndASecondVoiceAreRejected()
    {
        var sections = Offers.Sections(Offers.Read(Offers.ObsPublish));
        var more = string.Concat(new[] { sections[2], sections[2], sections[1] }.Select((lines, index) =>
            string.Join("\r\n", lines.Where(line => !line.Contains("ssrc", StringComparison.Ordinal))
                .Select(line => line.StartsWith("a=mid", StringComparison.Ordinal) ? $"a=mid:x{index}" : line)) + "\r\n"));
        var offer = Offers.Read(Offers.ObsPublish, "BUNDLE 0 1", "BUNDLE 0 1 x0 x1 x2") + more;

        var (answer, parameters) = Answer(offer);

        Assert.Contains("a=group:BUNDLE 0 1 x0\r\n", answer, StringComparison.Ordinal);
        Assert.Equal([TrackSource.Voice, TrackSource.Camera, TrackSource.Screen], parameters.Tracks.Select(track => track.Source));
        Assert.Equal([5000, 5000, 5000, 0, 0], Offers.Parse(answer).Select(media => media.Port));
    }

    [Fact]
    public void AStoppedSectionTakesNoPlace()
    {
        var (_, parameters) = Answer(Offers.Read(Offers.ChromiumPublish, "m=audio 9 ", "m=audio 0 "));

        Assert.Equal([TrackSource.Camera, TrackSource.Screen], parameters.Tracks.Select(track => track.Source));
    }

    [Fact]
    public void AWildcardStandsForEveryFeedback()
    {
        var offer = Offers.Read(
            Offers.ObsPublish, "a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 goog-remb", "a=rtcp-fb:* ccm fir");

        Assert.Equal([new RtcpFeedback(96, "ccm fir")], Offers.Parse(Answer(offer).Answer)[1].Feedback);
    }

    [Theory]
    [InlineData("a=extmap:15 urn:ietf:params:rtp-hdrext:sdes:mid")]
    [InlineData("a=extmap:4/recvonly urn:ietf:params:rtp-hdrext:sdes:mid")]
    public void AMidExtensionThatCannotReachUsIsLeftOut(string line)
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumPublish, "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid", line));

        Assert.Equal(0, parameters.MidExtension);
        Assert.DoesNotContain("sdes:mid", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void PayloadTypesThatLookLikeRtcpAreNotUsed()
    {
        var offer = Offers.Read(Offers.ObsPublish, "SAVPF 96", "SAVPF 72").Replace(":96 ", ":72 ", StringComparison.Ordinal);

        Assert.Equal(TrackSource.Voice, Assert.Single(Answer(offer).Parameters.Tracks).Source);
    }

    [Fact]
    public void AnIPv6CandidateIsRepeatedInTheConnectionLine()
    {
        var local = Offers.Local with { Candidates = ["candidate:1 1 udp 2130706431 2001:db8::7 5000 typ host"] };
        Assert.True(PublishAnswer.TryMake(Offers.Read(Offers.ObsPublish), local, out var answer, out _, out _));

        var voice = Offers.Parse(answer)[0];
        Assert.Equal((5000, "IN IP6 2001:db8::7"), (voice.Port, voice.Connection));
        Assert.Equal(["1 1 udp 2130706431 2001:db8::7 5000 typ host"], voice.Transport.Candidates);
    }

    private static (string Answer, PublishParameters Parameters) Answer(string offer)
    {
        Assert.True(PublishAnswer.TryMake(offer, Offers.Local, out var answer, out var parameters, out var refusal), refusal?.Sentence);
        return (answer, parameters);
    }

    private static NegotiatedFormat Format(MediaFormat format, byte type, byte? rtx) =>
        new(format, new PayloadType(type), rtx is { } value ? new PayloadType(value) : null);

    private static void AssertTrack(PublishedTrack track, string mid, TrackSource source, NegotiatedFormat format, uint? ssrc, uint? rtx)
    {
        Assert.Equal((mid, source, ssrc, rtx), (track.Mid, track.Source, track.Ssrc?.Value, track.RetransmissionSsrc?.Value));
        Assert.Equal([format], track.Formats);
    }
}
