using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Srtp;

/// <summary>Whatever comes from outside: no exception, no byte read or written outside the datagram, and the genuine stream goes on.</summary>
public sealed class HostileSrtpTests
{
    public static readonly TheoryData<SrtpProfile> Profiles = [SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1Tag80];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void RandomDatagramsNeverPass(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        using var memory = new GuardedMemory(2_048);
        var random = new Random(99);
        for (var i = 0; i < 120_000; i++)
        {
            var datagram = memory.Tail(random.Next(8) == 0 ? random.Next(1_500) : random.Next(80));
            random.NextBytes(datagram);

            // Mostly what looks like RTP, so that the later checks are reached too.
            if (datagram.Length > 0 && random.Next(4) > 0)
                datagram[0] = (byte)(0x80 | (datagram[0] & 0x3F));
            if (datagram.Length > 3 && random.Next(4) == 0)
                (datagram[0], datagram[2], datagram[3]) = (0x90, 0, (byte)random.Next(4));

            Assert.False(pair.Inbound.TryUnprotect(datagram, out var length, out var reason));
            Assert.Equal(0, length);
            Assert.True(reason is DropReason.SrtpMalformed or DropReason.SrtpAuthentication or DropReason.SrtpReplay);

            random.NextBytes(datagram);
            if (datagram.Length > 0 && random.Next(4) > 0)
                datagram[0] = 0x81;
            Assert.False(pair.Inbound.TryUnprotectRtcp(datagram, out length, out reason));
            Assert.Equal(0, length);
            Assert.True(reason is DropReason.SrtpMalformed or DropReason.SrtpAuthentication);
        }

        Assert.Equal(DropReason.None, pair.Receive(pair.Protect(pair.Rtp(1))));
        Assert.Equal(DropReason.None, pair.ReceiveRtcp(pair.ProtectRtcp(pair.Rtcp())));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void MutatedAndTruncatedPacketsNeverPassAndTheStreamGoesOn(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        using var memory = new GuardedMemory(2_048);
        var random = new Random(100);
        for (var i = 0; i < 15_000; i++)
        {
            var genuine = pair.Protect(pair.Rtp((ushort)(i + 1), random.Next(60)));
            var genuineReport = pair.ProtectRtcp(pair.Rtcp(random.Next(60)));
            for (var copy = 0; copy < 4; copy++)
            {
                Assert.False(pair.Inbound.TryUnprotect(Mutate(memory, random, genuine), out _, out _));
                Assert.False(pair.Inbound.TryUnprotectRtcp(Mutate(memory, random, genuineReport), out _, out _));
            }

            Assert.Equal(DropReason.None, pair.Receive(genuine));
            Assert.Equal(DropReason.None, pair.ReceiveRtcp(genuineReport));
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ProtectingWritesNothingOutsideItsDestination(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        using var memory = new GuardedMemory(2_048);
        var stream = pair.Outbound.Open(SrtpPair.Voice);
        for (var size = 0; size < 300; size++)
        {
            var plain = pair.Rtp((ushort)size, size);
            var slot = memory.Tail(plain.Length + pair.Outbound.RtpOverhead);
            plain.CopyTo(slot);
            stream.Protect(slot[..12], slot[12..plain.Length], slot);
            Assert.True(pair.Inbound.TryUnprotect(slot, out var length, out _));
            Assert.Equal(plain, slot[..length]);

            var report = pair.Rtcp(size);
            slot = memory.Tail(report.Length + pair.Outbound.RtcpOverhead);
            pair.Outbound.ProtectRtcp(report, slot);
            Assert.True(pair.Inbound.TryUnprotectRtcp(slot, out length, out _));
            Assert.Equal(report, slot[..length]);
        }
    }

    private static Span<byte> Mutate(GuardedMemory memory, Random random, byte[] genuine)
    {
        if (random.Next(3) == 0)
            return memory.Copy(genuine.AsSpan(0, random.Next(genuine.Length)));

        var datagram = memory.Copy(genuine);
        for (var changes = random.Next(1, 5); changes > 0; changes--)
            datagram[random.Next(random.Next(2) == 0 ? 12 : datagram.Length)] ^= (byte)random.Next(1, 256);
        return datagram.SequenceEqual(genuine) ? datagram[..^1] : datagram;
    }
}
