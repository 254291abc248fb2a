using Streaming.Rtc.Sdp;

namespace Streaming.Rtc.Tests.Sdp;

public class SdpParserTests
{
    private const string Head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

    private const string Video = "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n";

    [Fact]
    public void EveryAttributeOfASectionIsRead()
    {
        var section = Assert.Single(Offers.Parse(Head + Video
            + "c=IN IP6 ::1\r\nb=AS:500\r\na=mid:cam\r\na=recvonly\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"
            + "a=ice-options:trickle\r\n"
            + $"a=fingerprint:SHA-256 {Offers.LocalFingerprint}\r\na=fingerprint:sha-1 00:11\r\na=setup:active\r\n"
            + "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=end-of-candidates\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=bundle-only\r\n"
            + "a=msid:s t\r\na=extmap:4/sendonly urn:x y\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 L16/44100/2\r\na=fmtp:96 a=1; b=2\r\n"
            + "a=rtcp-fb:96 nack pli\r\na=rtcp-fb:* ccm fir\r\na=ssrc-group:FID 1 4294967295\r\na=ssrc:1 cname:x y\r\n"
            + "a=rid:h send\r\na=simulcast:send h;l\r\n"));

        Assert.Equal(
            ("video", 9, "UDP/TLS/RTP/SAVPF", "IN IP6 ::1", "cam"),
            (section.Kind, section.Port, section.Protocol, section.Connection, section.Mid));
        Assert.Equal([96, 97], section.PayloadTypes);
        Assert.Equal(MediaDirection.RecvOnly, section.Direction);
        Assert.True(section is { RtcpMux: true, RtcpReducedSize: true, BundleOnly: true, Receives: true, Sends: false });
        Assert.Equal(
            ("abcd", "0123456789012345678901", "trickle"),
            (section.Transport.IceUfrag, section.Transport.IcePwd, section.Transport.IceOptions));
        Assert.Equal(
            [new Fingerprint("SHA-256", Offers.LocalFingerprint), new Fingerprint("sha-1", "00:11")], section.Transport.Fingerprints);
        Assert.Equal("active", section.Transport.Setup);
        Assert.Equal(["1 1 udp 1 192.0.2.1 9 typ host"], section.Transport.Candidates);
        Assert.True(section.Transport.EndOfCandidates);
        Assert.Equal(["s t"], section.Msids);
        Assert.Equal([new ExtensionMap(4, MediaDirection.SendOnly, "urn:x y")], section.Extensions);
        Assert.Equal([new RtpMap(96, "VP8", 90_000, 1), new RtpMap(97, "L16", 44_100, 2)], section.RtpMaps);
        Assert.Equal([new Fmtp(96, "a=1; b=2")], section.Fmtps);
        Assert.Equal([new RtcpFeedback(96, "nack pli"), new RtcpFeedback(null, "ccm fir")], section.Feedback);
        Assert.Equal([1u, 4294967295u], Assert.Single(section.SsrcGroups).Ssrcs);
        Assert.Equal([new SsrcAttribute(1, "cname:x y")], section.Ssrcs);
        Assert.Equal(["rid:h send", "simulcast:send h;l"], section.OtherAttributes);
    }

    [Fact]
    public void TheSessionLevelHoldsForAllSections()
    {
        var text = Head + "a=group:LS 0 1\r\na=group:BUNDLE 0 1\r\na=group:BUNDLE 2\r\na=ice-lite\r\n"
            + "a=sendonly\r\na=ice-ufrag:abcd\r\na=setup:passive\r\n"
            + "m=audio 9 RTP/SAVPF 0\r\nm=video 9 RTP/SAVPF 96\r\na=inactive\r\n";
        Assert.True(SdpParser.TryParse(text, out var description, out _));

        Assert.Equal(["0", "1"], description.Bundle);
        Assert.True(description.IceLite);
        Assert.Equal(("abcd", "passive"), (description.Transport.IceUfrag, description.Transport.Setup));
        Assert.Equal(["group:LS 0 1", "group:BUNDLE 2"], description.OtherAttributes);
        Assert.Equal([MediaDirection.SendOnly, MediaDirection.Inactive], description.Media.Select(media => media.Direction));
    }

    [Fact]
    public void LinesMayEndInLineFeedAlone() =>
        Assert.Single(Offers.Parse((Head + Video + "a=mid:0\r\n").Replace("\r\n", "\n", StringComparison.Ordinal)));

    [Fact]
    public void TheLastLineMayHaveNoEnd() => Assert.Equal("0", Assert.Single(Offers.Parse(Head + Video + "a=mid:0")).Mid);

    [Fact]
    public void ADataChannelIsKeptAsItIs()
    {
        var section = Assert.Single(Offers.Parse(Head + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=sctp-port:5000\r\n"));

        Assert.Equal(["webrtc-datachannel"], section.Formats);
        Assert.Empty(section.PayloadTypes);
        Assert.Equal(["sctp-port:5000"], section.OtherAttributes);
    }

    [Theory]
    [InlineData("", "Line 1 is \"\", but a line is one small letter")]
    [InlineData("v=1\r\n", "Line 1 is \"v=1\", but a description begins with v=0.")]
    [InlineData("v=0\r\ns=-\r\n", "Line 2 is \"s=-\", but the second line is the origin")]
    [InlineData("v=0\r\no=- 1 1 IN IP4\r\n", "Line 2 is \"o=- 1 1 IN IP4\", but an origin has six fields")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\nt=0 0\r\n", "Line 3 is \"t=0 0\", but the third line is the session's name")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n", "The SDP ends at line 2 without t=0 0")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nm=audio 9 RTP/SAVPF 0\r\n", "The SDP ends at line 4 without t=0 0")]
    public void ABadBeginningIsNamed(string text, string sentence)
    {
        Assert.False(SdpParser.TryParse(text, out var description, out var error));
        Assert.Null(description);
        Assert.StartsWith(sentence, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=rtpmap:96", "a=rtpmap:96 VP8/90000")]
    [InlineData("a=rtpmap:128 VP8/90000", "a=rtpmap:96 VP8/90000")]
    [InlineData("a=rtpmap:96 VP8", "a=rtpmap:96 VP8/90000")]
    [InlineData("a=rtpmap:96 VP8/0", "a=rtpmap:96 VP8/90000")]
    [InlineData("a=rtpmap:96 opus/48000/2/1", "a=rtpmap:96 VP8/90000")]
    [InlineData("a=rtpmap:-1 VP8/90000", "a=rtpmap:96 VP8/90000")]
    [InlineData("a=fmtp:97", "a=fmtp:97 apt=96")]
    [InlineData("a=rtcp-fb:+ nack", "a=rtcp-fb:96 nack pli")]
    [InlineData("a=rtcp-fb:96", "a=rtcp-fb:96 nack pli")]
    [InlineData("a=extmap:0 urn:x", "a=extmap:4 urn:")]
    [InlineData("a=extmap:4/both urn:x", "a=extmap:4 urn:")]
    [InlineData("a=extmap:4", "a=extmap:4 urn:")]
    [InlineData("a=ssrc:4294967296 cname:x", "a=ssrc:2231627014 cname:a")]
    [InlineData("a=ssrc:1", "a=ssrc:2231627014 cname:a")]
    [InlineData("a=ssrc-group:FID", "a=ssrc-group:FID 2231627014")]
    [InlineData("a=ssrc-group:FID 1 x", "a=ssrc-group:FID 2231627014")]
    [InlineData("a=mid:", "a=mid:0 (1 to 16")]
    [InlineData("a=mid:a b", "a=mid:0 (1 to 16")]
    [InlineData("a=mid:12345678901234567", "a=mid:0 (1 to 16")]
    [InlineData("a=ice-ufrag:abc", "a=ice-ufrag:8hhY")]
    [InlineData("a=ice-pwd:short", "a=ice-pwd:asd88")]
    [InlineData("a=setup:maybe", "a=setup:actpass")]
    [InlineData("a=fingerprint:sha-256 00:11", "a=fingerprint:sha-256")]
    [InlineData("a=", "an attribute is a=name")]
    [InlineData("a=b c", "an attribute is a=name")]
    [InlineData("x=1", "after an m= stand only")]
    [InlineData("t=0 0", "after an m= stand only")]
    [InlineData("nonsense", "a line is one small letter")]
    [InlineData("a=x:\u0001", "a line has no control characters")]
    [InlineData("a=x\rb=y", "a line has no control characters")]
    [InlineData("m=video", "a section begins like")]
    [InlineData("m=video 65536 RTP/SAVPF 96", "a section begins like")]
    [InlineData("m=video 9 RTP/SAVPF 128", "a section begins like")]
    [InlineData("m=video 9 RTP/SAVPF 96 96", "a section begins like")]
    public void ABadLineIsNamedWithItsNumberAndWhatWouldBeRight(string line, string right)
    {
        Assert.False(SdpParser.TryParse(Head + Video + line + "\r\na=rtcp-mux\r\n", out _, out var error));
        Assert.StartsWith($"Line 6 is \"{line.Replace('\r', '?').Replace('\u0001', '?')}\", but ", error, StringComparison.Ordinal);
        Assert.Contains(right, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=rtpmap:96 VP8/90000\r\na=rtpmap:96 VP9/90000", 7)]
    [InlineData("a=mid:0\r\nm=video 9 RTP/SAVPF 96\r\na=mid:0", 8)]
    public void WhatMayStandOnceIsRefusedTheSecondTime(string lines, int number)
    {
        Assert.False(SdpParser.TryParse(Head + Video + lines, out _, out var error));
        Assert.StartsWith($"Line {number} is ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void AQuotedLineIsCutShort()
    {
        Assert.False(SdpParser.TryParse(Head + Video + "a=ice-ufrag:" + new string('-', 9_000), out _, out var error));
        Assert.InRange(error.Length, 60, 300);
    }

    [Theory]
    [InlineData("a=x\r\n", SdpParser.MaxAttributes, 512)]
    [InlineData("m=a 9 RTP/SAVPF 0\r\n", SdpParser.MaxMediaSections - 1, 63)]
    [InlineData("i=\r\n", SdpParser.MaxLines - 5, 1995)]
    public void SizesAreReadUpToTheLimitAndNoFurther(string line, int fits, int documented)
    {
        Assert.Equal(documented, fits);
        var text = Head + Video + string.Concat(Enumerable.Repeat(line, fits));
        Assert.True(SdpParser.TryRead(text, out _, out var none), none?.Sentence);

        Assert.False(SdpParser.TryRead(text + line, out _, out var refusal));
        Assert.Equal(SdpRefusalKind.TooLarge, refusal.Kind);
        Assert.Contains("no more are read", refusal.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void ATextOf32768CharactersIsReadAndALongerOneIsNot()
    {
        var text = Head + "a=x:";
        text += new string('y', 32_768 - text.Length);
        Assert.True(SdpParser.TryRead(text, out _, out _));

        Assert.False(SdpParser.TryRead(text + "y", out _, out var refusal));
        Assert.Equal(SdpRefusalKind.TooLarge, refusal.Kind);
        Assert.Equal("The SDP has 32769 characters; at most 32768 are read.", refusal.Sentence);
    }
}
