using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sdp;

public class CodecTableTests
{
    [Theory]
    [InlineData("opus/48000/2", "", Codec.Opus, "")]
    [InlineData("OPUS/48000/2", "sprop-stereo=0", Codec.Opus, "")]
    [InlineData("VP8/90000", "max-fs=12288;max-fr=60", Codec.Vp8, "")]
    [InlineData("VP9/90000", "", Codec.Vp9, "0")]
    [InlineData("VP9/90000", "profile-id=2", Codec.Vp9, "2")]
    [InlineData("AV1/90000", "", Codec.Av1, "0")]
    [InlineData("AV1/90000", "level-idx=5; profile=1; tier=0", Codec.Av1, "1")]
    [InlineData("H264/90000", "", Codec.H264, "4200/0")]
    [InlineData("h264/90000", "packetization-mode=1;profile-level-id=42e01f", Codec.H264, "42e0/1")]
    [InlineData("H264/90000", "Profile-Level-Id=42E01F", Codec.H264, "42e0/0")]
    [InlineData("H264/90000", "profile-level-id=42c016;packetization-mode=1", Codec.H264, "42e0/1")]
    [InlineData("H264/90000", "profile-level-id=4d801f;packetization-mode=1", Codec.H264, "42e0/1")]
    [InlineData("H264/90000", "profile-level-id=58c01f;packetization-mode=1", Codec.H264, "42e0/1")]
    [InlineData("H264/90000", "profile-level-id=4d001f;packetization-mode=1", Codec.H264, "4d00/1")]
    [InlineData("H264/90000", "profile-level-id=640c1f;packetization-mode=0", Codec.H264, "640c/0")]
    public void ProfilesAreNormalised(string encoding, string parameters, Codec codec, string profile)
    {
        Assert.Equal(new MediaFormat(codec, profile), Read(encoding, parameters));
    }

    [Theory]
    [InlineData("opus/48000/1", "")]
    [InlineData("opus/16000/2", "")]
    [InlineData("VP8/48000", "")]
    [InlineData("red/90000", "")]
    [InlineData("rtx/90000", "apt=96")]
    [InlineData("H265/90000", "")]
    [InlineData("H264/90000", "profile-level-id=42e0")]
    [InlineData("H264/90000", "profile-level-id=42e0zz")]
    [InlineData("H264/90000", "profile-level-id=42e01f;packetization-mode=2")]
    [InlineData("VP9/90000", "profile-id=4")]
    [InlineData("AV1/90000", "profile=x")]
    public void WhatIsNotForwardedIsNotRead(string encoding, string parameters) => Assert.Null(Read(encoding, parameters));

    [Theory]
    [InlineData(Codec.Opus, "", Codec.Opus, "", true)]
    [InlineData(Codec.Vp8, "", Codec.Vp8, "", true)]
    [InlineData(Codec.Vp8, "", Codec.Vp9, "", false)]
    [InlineData(Codec.Vp9, "0", Codec.Vp9, "0", true)]
    [InlineData(Codec.Vp9, "0", Codec.Vp9, "2", false)]
    [InlineData(Codec.Av1, "0", Codec.Av1, "0", true)]
    [InlineData(Codec.Av1, "1", Codec.Av1, "0", false)]
    [InlineData(Codec.H264, "42e0/1", Codec.H264, "42e0/1", true)]
    [InlineData(Codec.H264, "42e0/1", Codec.H264, "4200/1", true)]
    [InlineData(Codec.H264, "4200/1", Codec.H264, "42e0/1", false)]
    [InlineData(Codec.H264, "42e0/1", Codec.H264, "42e0/0", false)]
    [InlineData(Codec.H264, "42e0/1", Codec.H264, "4d00/1", false)]
    [InlineData(Codec.H264, "4d00/1", Codec.H264, "4d00/1", true)]
    public void WhoUnderstandsWhom(Codec sent, string sentProfile, Codec receivable, string receivableProfile, bool matches) =>
        Assert.Equal(matches, CodecTable.Matches(new MediaFormat(sent, sentProfile), new MediaFormat(receivable, receivableProfile)));

    [Theory]
    [InlineData(Codec.Opus, "")]
    [InlineData(Codec.Vp8, "")]
    [InlineData(Codec.Vp9, "2")]
    [InlineData(Codec.Av1, "1")]
    [InlineData(Codec.H264, "42e0/1")]
    [InlineData(Codec.H264, "640c/0")]
    public void WhatWeWriteReadsBackAsTheSameFormat(Codec codec, string profile)
    {
        var format = new MediaFormat(codec, profile);
        var map = CodecTable.ToRtpMap(format, new PayloadType(96));

        Assert.True(CodecTable.TryRead(map, new FormatParameters(CodecTable.ToParameters(format) ?? ""), out var read, out _));
        Assert.Equal(format, read);
    }

    [Fact]
    public void AnAnswerRepeatsOnlyWhatBothEndsMustAgreeOn()
    {
        var parameters = new FormatParameters(
            "sprop-parameter-sets=Z0LAFtoFB+hAAAADAEAAAAwj4sZUAA==;packetization-mode=1;profile-level-id=42e01f;x=1");

        Assert.True(CodecTable.TryRead(new RtpMap(96, "H264", 90_000, 1), parameters, out _, out var answer));
        Assert.Equal("packetization-mode=1;profile-level-id=42e01f", answer);
    }

    private static MediaFormat? Read(string encoding, string parameters)
    {
        var parts = encoding.Split('/');
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var map = new RtpMap(96, parts[0], int.Parse(parts[1], culture), parts.Length > 2 ? int.Parse(parts[2], culture) : 1);
        return CodecTable.TryRead(map, new FormatParameters(parameters), out var format, out _) ? format : null;
    }
}
