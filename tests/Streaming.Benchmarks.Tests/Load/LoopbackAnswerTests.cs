using Streaming.Benchmarks.Load;

namespace Streaming.Benchmarks.Tests.Load;

public sealed class LoopbackAnswerTests
{
    [Fact]
    public void AnAnswerAtLoopbackIsTaken()
    {
        var answer = LoopbackAnswer.Read(Answer("candidate:1 1 udp 2130706431 127.0.0.1 5004 typ host", "candidate:2 1 tcp 2130706430 127.0.0.1 9 typ host tcptype active"));
        Assert.Equal(5004, answer.Server.Port);
        Assert.Equal("127.0.0.1", $"{answer.Server.ToIPEndPoint().Address}");
    }

    [Fact]
    public void AnAnswerThatWaitsForTricklingIsRefused() =>
        Assert.Contains("trickle", Refused(Answer()), StringComparison.Ordinal);

    [Theory]
    [InlineData("candidate:1 1 udp 2130706431 192.0.2.1 5004 typ host")]
    [InlineData("candidate:1 1 udp 2130706431 ::1 5004 typ host")]
    [InlineData("candidate:1 1 udp 2130706431 a.example.org 5004 typ host")]
    [InlineData("candidate:1 1 udp 2130706431 127.0.0.1.example.org 5004 typ host")]
    public void AnyOtherAddressIsRefusedEvenBesideLoopback(string other)
    {
        Assert.Contains("not at 127.0.0.1", Refused(Answer(other)), StringComparison.Ordinal);
        Assert.Contains("not at 127.0.0.1", Refused(Answer("candidate:1 1 udp 2130706431 127.0.0.1 5004 typ host", other)), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoAnswerIsRefused() => Assert.Contains("cannot be used", Refused("<html>"), StringComparison.Ordinal);

    private static string Refused(string sdp) => Assert.Throws<LoadException>(() => LoopbackAnswer.Read(sdp)).Message;

    private static string Answer(params string[] candidates) => string.Join("\r\n",
    [
        "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 127.0.0.1", "a=mid:0", "a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx",
        $"a=fingerprint:sha-256 {string.Join(':', Enumerable.Repeat("AB", 32))}", "a=setup:passive", "a=rtcp-mux", "a=sendonly", "a=rtpmap:111 opus/48000/2",
        .. candidates.Select(candidate => $"a={candidate}"), "",
    ]);
}
