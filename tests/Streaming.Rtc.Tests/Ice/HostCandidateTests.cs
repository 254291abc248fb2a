using System.Net;
using Streaming.Rtc.Ice;

namespace Streaming.Rtc.Tests.Ice;

public class HostCandidateTests
{
    [Theory]
    [InlineData(65_535, 2_130_706_431u)]
    [InlineData(65_534, 2_130_706_175u)]
    [InlineData(0, 2_113_929_471u)]
    public void ThePriorityFollowsTheFormulaOfRfc8445(int localPreference, uint priority)
    {
        Assert.Equal(priority, new HostCandidate(Address("127.0.0.1:1"), (ushort)localPreference).Priority);
    }

    [Theory]
    [InlineData("127.0.0.1:18443", " 1 udp 2130706431 127.0.0.1 18443 typ host")]
    [InlineData("[2001:db8::1]:443", " 1 udp 2130706431 2001:db8::1 443 typ host")]
    public void ACandidateIsWrittenAndReadBack(string endpoint, string end)
    {
        var candidate = new HostCandidate(Address(endpoint));
        Assert.StartsWith("candidate:", candidate.ToSdp(), StringComparison.Ordinal);
        Assert.EndsWith(end, candidate.ToSdp(), StringComparison.Ordinal);
        foreach (var line in new[] { candidate.ToSdp(), "a=" + candidate.ToSdp() + "\r\n" })
        {
            Assert.True(HostCandidate.TryParse(line, out var parsed));
            Assert.Equal(candidate, parsed);
        }
    }

    [Fact]
    public void ACandidateForTcpIsPassiveAndLessWantedThanAnyForUdp()
    {
        var candidate = HostCandidate.Tcp(Address("192.0.2.1:443"), place: 1);
        // RFC 6544 §4.2: 2^24 · 90 + 2^8 · (2^13 · 4 + 8190) + 255
        Assert.EndsWith(" 1 tcp 1520434943 192.0.2.1 443 typ host tcptype passive", candidate.ToSdp(), StringComparison.Ordinal);
        Assert.True(HostCandidate.TryParse(candidate.ToSdp(), out var parsed));
        Assert.Equal(candidate, parsed);
        Assert.True(parsed.IsTcp);
        Assert.InRange(candidate.Priority, 0u, new HostCandidate(Address("192.0.2.1:443"), localPreference: 0).Priority - 1);
        Assert.NotEqual(candidate.ToSdp().Split(' ')[0], new HostCandidate(Address("192.0.2.1:443")).ToSdp().Split(' ')[0]);
    }

    [Fact]
    public void CandidatesShareAFoundationWhenTheyShareAnAddress()
    {
        static string Foundation(string endpoint) => new HostCandidate(Address(endpoint)).ToSdp().Split(' ')[0];

        Assert.Equal(Foundation("192.0.2.1:1"), Foundation("192.0.2.1:2"));
        Assert.NotEqual(Foundation("192.0.2.1:1"), Foundation("192.0.2.2:1"));
        Assert.NotEqual(Foundation("192.0.2.1:1"), Foundation("[2001:db8::1]:1"));
    }

    [Fact]
    public void ABrowsersLineWithExtensionsIsRead()
    {
        Assert.True(HostCandidate.TryParse(
            "candidate:842163049 1 UDP 2122260223 192.0.2.2 50123 typ host generation 0 ufrag Ab+/ network-id 1 network-cost 10",
            out var candidate));
        Assert.Equal(Address("192.0.2.2:50123"), candidate.Address);
        Assert.Equal(2_122_260_223u, candidate.Priority);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a=")]
    [InlineData("candidate:")]
    [InlineData("candidate:1 1 udp 1 127.0.0.1 1 typ")]
    [InlineData("candidate:1 1 udp 1 127.0.0.1 1")]
    [InlineData("a=a=candidate:1 1 udp 1 127.0.0.1 1 typ host")]
    [InlineData("candidate: 1 udp 1 127.0.0.1 1 typ host")]
    [InlineData("candidate:123456789012345678901234567890123 1 udp 1 127.0.0.1 1 typ host")]
    [InlineData("candidate:a-b 1 udp 1 127.0.0.1 1 typ host")]
    [InlineData("candidate:1 2 udp 1 127.0.0.1 1 typ host")]
    [InlineData("candidate:1 1 tcp 1 127.0.0.1 9 typ host tcptype active")]
    [InlineData("candidate:1 1 tcp 1 127.0.0.1 9 typ host tcptype so")]
    [InlineData("candidate:1 1 tcp 1 127.0.0.1 9 typ host")]
    [InlineData("candidate:1 1 udp 0 127.0.0.1 1 typ host")]
    [InlineData("candidate:1 1 udp 2147483648 127.0.0.1 1 typ host")]
    [InlineData("candidate:1 1 udp -1 127.0.0.1 1 typ host")]
    [InlineData("candidate:1 1 udp 1 127.0.0.1 0 typ host")]
    [InlineData("candidate:1 1 udp 1 127.0.0.1 65536 typ host")]
    [InlineData("candidate:1 1 udp 1 127.0.0.1  1 typ host")]
    [InlineData("candidate:1 1 udp 1 127.0.0.1 1 typ srflx raddr 10.0.0.1 rport 1")]
    [InlineData("candidate:1 1 udp 1 127.0.0.1 1 type host")]
    [InlineData("candidate:1 1 udp 1 7d0c3d5e-1f2b-4c7a-9a39-000000000000.local 1 typ host")]
    [InlineData("candidate:1 1 udp 1 1 1 typ host")]
    [InlineData("candidate:1 1 udp 1 010.0.0.1 1 typ host")]
    [InlineData("candidate:1 1 udp 1 0x7f.0.0.1 1 typ host")]
    [InlineData("candidate:1 1 udp 1 [::1] 1 typ host")]
    [InlineData("candidate:1 1 udp 1 fe80::1%eth0 1 typ host")]
    public void WhatIsNoHostCandidateIsRefused(string line)
    {
        Assert.False(HostCandidate.TryParse(line, out var candidate));
        Assert.Null(candidate);
    }

    [Fact]
    public void RandomAndMutatedLinesAreReadOrRefused()
    {
        using var guarded = new GuardedMemory();
        var random = new Random(8839);
        string[] pieces =
        [
            "a=", "candidate:", "1", " ", "  ", "udp", "UDP", "tcp", "2130706431", "127.0.0.1", "::1", "::ffff:1.2.3.4", "65535", "99999999999",
            "typ", "host", "srflx", "\r\n", "\0", "é", "\ud800", "１", "2001:db8::1", "fe80::1%1", ".", ":", "generation 0",
        ];
        var valid = new HostCandidate(Address("192.0.2.1:5000")).ToSdp();
        var read = 0;
        for (var round = 0; round < 150_000; round++)
        {
            var line = (round % 3) switch
            {
                0 => string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => pieces[random.Next(pieces.Length)])),
                1 => Mutate(valid, random, pieces),
                _ => string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => (char)random.Next(random.Next(2) == 0 ? 128 : 65_536))),
            };
            if (!HostCandidate.TryParse(guarded.Copy(line.AsSpan()), out var candidate)) continue;
            read++;
            Assert.InRange(candidate.Priority, 1u, (uint)int.MaxValue);
            Assert.NotEqual(0, candidate.Address.Port);
            Assert.True(HostCandidate.TryParse(candidate.ToSdp(), out var again));
            Assert.Equal(candidate, again);
        }

        Assert.InRange(read, 5_000, 140_000);
    }

    private static string Mutate(string line, Random random, string[] pieces)
    {
        var at = random.Next(line.Length);
        return random.Next(4) switch
        {
            0 => line[..at],
            1 => line[..at] + (char)(line[at] ^ (1 << random.Next(7))) + line[(at + 1)..],
            2 => line.Insert(at, pieces[random.Next(pieces.Length)]),
            _ => line.Remove(at, Math.Min(random.Next(1, 4), line.Length - at)),
        };
    }

    private static TransportAddress Address(string endpoint) => TransportAddress.From(IPEndPoint.Parse(endpoint));
}
