using Streaming.Rtc.Rtp;
using Streaming.Rtc.Sdp;
using Streaming.Rtc.Sfu;

namespace Streaming.Rtc.Tests.Sdp;

/// <summary>Simulcast of publishers (RFC 8853): what is offered by the page's own table, and what else may stand there.</summary>
public class SimulcastAnswerTests
{
    private const string Line = "a=simulcast:send l;m;h";
    private const string Rids = "a=rid:l send\r\na=rid:m send\r\na=rid:h send\r\n";

    [Fact]
    public void ChromiumsThreeLayersAreTakenInTheOffersOrder()
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumLayers));

        var camera = Offers.Sections(answer)[2];
        Assert.Equal(["a=rid:l recv", "a=rid:m recv", "a=rid:h recv", "a=simulcast:recv l;m;h"], camera[^4..]);
        Assert.Equal(
            [
                "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
                "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
                "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
                "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
            ],
            camera.Where(line => line.StartsWith("a=extmap", StringComparison.Ordinal)));
        Assert.Equal((4, 10, 11, 3), (parameters.MidExtension, parameters.RidExtension, parameters.RepairedRidExtension, parameters.TransportNumberExtension));
        Assert.Equal([TrackSource.Voice, TrackSource.Camera, TrackSource.Screen], parameters.Tracks.Select(track => track.Source));
        Assert.Equal([0, 3, 0], parameters.Tracks.Select(track => track.Rids.Count));
        Assert.Equal(["l", "m", "h"], parameters.Tracks[1].Rids);
        Assert.Null(parameters.Tracks[1].Ssrc);
    }

    [Fact]
    public void TheScreenBesideThemIsOneStream()
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumLayers));

        Assert.DoesNotContain(Offers.Sections(answer)[3], line => line.Contains("rid", StringComparison.Ordinal) || line.Contains("stream-id", StringComparison.Ordinal));
        Assert.NotNull(parameters.Tracks[2].Ssrc);
        Assert.NotNull(parameters.Tracks[2].RetransmissionSsrc);
    }

    [Fact]
    public void WhoOffersAnotherOrderGetsIt()
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumSimulcast));

        Assert.EndsWith("a=rid:h recv\r\na=rid:l recv\r\na=simulcast:recv h;l\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(["h", "l"], parameters.Tracks[1].Rids);
    }

    [Theory]
    [InlineData("a=simulcast:send ~l;m;~h", "~l;m;~h")]            // what the sender has paused stays so
    [InlineData("a=simulcast:send l;m,h", "l;m")]                  // of alternatives the first
    [InlineData("a=simulcast:send l;x,~h", "l;~h")]                // that there is
    [InlineData("a=simulcast:send l;x;h", "l;h")]                  // RFC 8853 §5.2: no rid line, no stream
    [InlineData("a=simulcast:send l;l;h", "l;h")]
    [InlineData("a=simulcast:send h", "h")]
    [InlineData("a=simulcast:recv x;y send h;l", "h;l")]
    [InlineData("a=simulcast:send l;m;h recv x", "l;m;h")]
    public void WhatIsTakenIsSaid(string line, string taken)
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumLayers, Line, line));

        Assert.Contains($"a=simulcast:recv {taken}\r\n", answer, StringComparison.Ordinal);
        string[] rids = taken.Replace("~", "", StringComparison.Ordinal).Split(';');
        Assert.Equal(rids, parameters.Tracks[1].Rids);
        Assert.Equal(
            rids.Select(rid => $"a=rid:{rid} recv"),
            Offers.Sections(answer)[2].Where(said => said.StartsWith("a=rid", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("a=rid:m send pt=96", "a=rid:m recv pt=96")]
    [InlineData("a=rid:m send pt=98,96;max-width=640;max-fps=15", "a=rid:m recv pt=96;max-width=640;max-fps=15")]
    [InlineData("a=rid:m send max-br=350000", "a=rid:m recv max-br=350000")]
    public void RestrictionsThatTheSenderKeepsAreRepeated(string line, string answered)
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumLayers, "a=rid:m send", line));

        Assert.Contains(answered + "\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(["l", "m", "h"], parameters.Tracks[1].Rids);
    }

    [Theory]
    [InlineData("a=rid:m send pt=98")]              // not VP8
    [InlineData("a=rid:m send pt")]
    [InlineData("a=rid:m send depend=l")]           // a layer above another is no stream of its own
    [InlineData("a=rid:m send max-magic=7")]
    [InlineData("a=rid:m recv")]
    [InlineData("a=rid:m")]
    [InlineData("a=rid:m send\r\na=rid:m send")]    // RFC 8851 §6.3.2: neither counts
    public void ARidLineThatCannotBeKeptToIsLeftOutWithItsStream(string line)
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumLayers, "a=rid:m send", line));

        Assert.Contains("a=simulcast:recv l;h\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("a=rid:m", answer, StringComparison.Ordinal);
        Assert.Equal(["l", "h"], parameters.Tracks[1].Rids);
    }

    [Fact]
    public void AtMostFourAreTaken()
    {
        var rids = string.Concat(Enumerable.Range(0, 6).Select(i => $"a=rid:r{i} send\r\n"));
        var offer = Offers.Read(Offers.ChromiumLayers, Rids, rids).Replace(Line, "a=simulcast:send r0;r1;r2;r3;r4;r5", StringComparison.Ordinal);

        Assert.Equal(["r0", "r1", "r2", "r3"], Answer(offer).Parameters.Tracks[1].Rids);
    }

    [Theory]
    [InlineData("a=simulcast:send l;m;h;")]
    [InlineData("a=simulcast:send")]
    [InlineData("a=simulcast:send l m")]
    [InlineData("a=simulcast:send l;m send h")]
    [InlineData("a=simulcast:sending l;m;h")]
    [InlineData("a=simulcast:send l;~~m")]
    [InlineData("a=simulcast:send l;12345678901234567")]
    [InlineData("a=simulcast:send l;m\r\na=simulcast:send l;h")]
    public void ALineThatCannotBeReadIsNamed(string line)
    {
        Assert.False(PublishAnswer.TryMake(Offers.Read(Offers.ChromiumLayers, Line, line), Offers.Local, out _, out _, out var refusal));

        Assert.Equal(SdpRefusalKind.Invalid, refusal.Kind);
        Assert.Equal(
            $"The video section with a=mid:1 has \"{line.Split("\r\n")[^1]}\"; give it one line like a=simulcast:send l;m;h.", refusal.Sentence);
    }

    [Theory]
    [InlineData("a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id")]
    [InlineData("a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id")]
    [InlineData(" VP8/90000")]              // the next codec has its layers in one stream, or none
    public void WithoutWhatTellsThemApartThereIsOneStream(string withheld)
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumLayers, withheld, withheld.Replace('r', 'x').Replace('V', 'x')));

        Assert.DoesNotContain("simulcast", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("a=rid", answer, StringComparison.Ordinal);
        Assert.Empty(parameters.Tracks[1].Rids);
    }

    [Fact]
    public void WhoOffersNoTransportFeedbackIsToldABitrate()
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumLayers, "transport-cc\r\n", "x-cc\r\n"));

        Assert.Equal(0, parameters.TransportNumberExtension);
        Assert.DoesNotContain("transport", answer, StringComparison.Ordinal);
        Assert.Contains("a=rtcp-fb:96 goog-remb", Offers.Sections(answer)[2]);
        Assert.Contains("a=rtcp-fb:96 goog-remb", Offers.Sections(answer)[3]);
    }

    [Fact]
    public void ASectionThatOffersNoFeedbackGoesWithoutNumbers()
    {
        var (answer, parameters) = Answer(Offers.Read(Offers.ChromiumLayers, "a=rtcp-fb:111 transport-cc\r\n", ""));

        Assert.Equal(3, parameters.TransportNumberExtension);
        Assert.DoesNotContain(Offers.Sections(answer)[1], line => line.Contains("transport", StringComparison.Ordinal));
        Assert.Contains("a=rtcp-fb:96 transport-cc", Offers.Sections(answer)[2]);
        Assert.DoesNotContain("goog-remb", answer, StringComparison.Ordinal);
    }

    private static (string Answer, PublishParameters Parameters) Answer(string offer)
    {
        Assert.True(PublishAnswer.TryMake(offer, Offers.Local, out var answer, out var parameters, out var refusal), refusal?.Sentence);
        return (answer, parameters);
    }
}
