using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Srtp;

public sealed class OutboundSrtpTests
{
    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm, 16, 20)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80, 10, 14)]
    public void TheOverheadIsThatOfTheProfile(SrtpProfile profile, int rtp, int rtcp)
    {
        using var pair = new SrtpPair(profile);
        Assert.Equal(profile, pair.Outbound.Profile);
        Assert.Equal(rtp, pair.Outbound.RtpOverhead);
        Assert.Equal(rtcp, pair.Outbound.RtcpOverhead);
    }

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80)]
    public void InPlaceAndApartGiveTheSame(SrtpProfile profile)
    {
        using var apart = new SrtpPair(profile, seed: 3);
        using var headerInPlace = new SrtpPair(profile, seed: 3);
        using var allInPlace = new SrtpPair(profile, seed: 3);
        var plain = apart.Rtp(9, 333);
        var expected = apart.Protect(plain);

        var first = new byte[expected.Length];
        plain.AsSpan(0, 12).CopyTo(first);
        headerInPlace.Outbound.Open(SrtpPair.Voice).Protect(first.AsSpan(0, 12), plain.AsSpan(12), first);
        Assert.Equal(expected, first);

        var second = new byte[expected.Length];
        plain.CopyTo(second, 0);
        allInPlace.Outbound.Open(SrtpPair.Voice).Protect(second.AsSpan(0, 12), second.AsSpan(12, 333), second);
        Assert.Equal(expected, second);
    }

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80)]
    public void RtcpInPlaceAndApartGiveTheSame(SrtpProfile profile)
    {
        using var apart = new SrtpPair(profile, seed: 3);
        using var inPlace = new SrtpPair(profile, seed: 3);
        var plain = apart.Rtcp(100);
        var expected = apart.ProtectRtcp(plain);
        var output = new byte[expected.Length];
        plain.CopyTo(output, 0);
        inPlace.Outbound.ProtectRtcp(output.AsSpan(0, plain.Length), output);
        Assert.Equal(expected, output);
    }

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80)]
    public void WhatIsFetchedAheadChangesNothingAndOfKeysThatAreGoneNothingIsRead(SrtpProfile profile)
    {
        using var plain = new SrtpPair(profile);
        var pair = new SrtpPair(profile);
        var stream = pair.Outbound.Open(SrtpPair.Voice);
        for (ushort number = 1; number < 70; number++)
        {
            stream.Touch();
            Assert.Equal(plain.Protect(plain.Rtp(number)), pair.Protect(pair.Rtp(number)));
        }

        pair.Dispose();
        stream.Touch();
    }

    [Fact]
    public void TheSameSsrcIsTheSameStream()
    {
        using var pair = new SrtpPair(SrtpProfile.AeadAes128Gcm);
        Assert.Same(pair.Outbound.Open(new Ssrc(1)), pair.Outbound.Open(new Ssrc(1)));
        Assert.NotSame(pair.Outbound.Open(new Ssrc(1)), pair.Outbound.Open(new Ssrc(2)));
    }

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80)]
    public void WhatIsTooLongForAPacketIsRefusedAndItsNumberStaysFree(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var stream = pair.Outbound.Open(SrtpPair.Voice);
        var (plain, slot) = (pair.Rtp(1, SrtpCipher.MaxPayload + 1), new byte[5_000]);
        var thrown = Assert.Throws<ArgumentException>(() => stream.Protect(plain.AsSpan(0, 12), plain.AsSpan(12), slot));
        Assert.StartsWith("Too long for a packet; 4000 bytes are the most.", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => pair.Outbound.ProtectRtcp(pair.Rtcp(SrtpCipher.MaxPayload), slot));
        Assert.NotEqual(0, stream.Protect(plain.AsSpan(0, 12), plain.AsSpan(12, SrtpCipher.MaxPayload), slot));
    }

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80)]
    public void ADestinationOneByteTooShortIsRefusedBeforeAnythingIsWritten(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var plain = pair.Rtp(1);
        var report = pair.Rtcp();
        var destination = new byte[plain.Length + pair.Outbound.RtpOverhead - 1];
        Assert.Throws<ArgumentException>(
            () => pair.Outbound.Open(SrtpPair.Voice).Protect(plain.AsSpan(0, 12), plain.AsSpan(12), destination));
        Assert.Throws<ArgumentException>(
            () => pair.Outbound.ProtectRtcp(report, destination.AsSpan(0, report.Length + pair.Outbound.RtcpOverhead - 1)));
        Assert.All(destination, b => Assert.Equal(0, b));
    }

    [Fact]
    public void AfterDisposalNothingReachesFreedMemory()
    {
        var pair = new SrtpPair(SrtpProfile.AesCm128HmacSha1Tag80);
        var plain = pair.Rtp(1);
        pair.Dispose();
        pair.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pair.Protect(plain));
        Assert.Throws<ObjectDisposedException>(() => pair.Receive(plain));
    }

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80)]
    public void ANumberThatWasUsedIsNotProtectedAgain(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var output = new byte[200];
        pair.Protect(pair.Rtp(5));
        pair.Protect(pair.Rtp(7));
        pair.Protect(pair.Rtp(6));   // late, and new
        foreach (var number in new ushort[] { 5, 6, 7 })
        {
            var plain = pair.Rtp(number);
            Assert.Equal(0, pair.Outbound.Open(SrtpPair.Voice).Protect(plain.AsSpan(0, 12), plain.AsSpan(12), output));
        }

        Assert.All(output, b => Assert.Equal(0, b));
        Assert.Equal(3, pair.Outbound.Open(SrtpPair.Voice).Packets);
    }

    [Fact]
    public void ANumberSoOldThatNobodyCanTellIsNotProtected()
    {
        using var pair = new SrtpPair(SrtpProfile.AeadAes128Gcm);
        var (first, plain) = (pair.Rtp(3), pair.Rtp(2));
        pair.Protect(first);
        pair.Protect(pair.Rtp(3 + OutboundSrtpStream.Window));
        Assert.Equal(0, pair.Outbound.Open(SrtpPair.Voice).Protect(plain.AsSpan(0, 12), plain.AsSpan(12), new byte[200]));
    }

    [Fact]
    public void PacketsAreCountedUpToANumberWhateverHolesThereAre()
    {
        using var pair = new SrtpPair(SrtpProfile.AeadAes128Gcm);
        var random = new Random(7);
        var stream = pair.Outbound.Open(SrtpPair.Voice);
        var sent = new List<int>();
        for (var number = 30_000; number < 70_000; number++)
        {
            if (random.Next(5) == 0)
                continue;

            pair.Protect(pair.Rtp((ushort)number, payload: 1));
            sent.Add(number);
            if (number % 97 == 0)
            {
                var asked = number - random.Next(3_000);
                Assert.Equal(sent.Count(one => one <= asked), stream.PacketsUpTo(new SequenceNumber((ushort)asked)));
            }
        }
    }

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80)]
    public void NoPacketAllocates(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var stream = pair.Outbound.Open(SrtpPair.Voice);
        var other = pair.Outbound.Open(new Ssrc(77));
        var (header, payload, report) = (pair.Rtp(0)[..12], new byte[1_000], pair.Rtcp());
        var otherHeader = pair.Rtp(0, ssrc: new Ssrc(77))[..12];
        byte[] slot = new byte[1_500], forged = pair.Rtp(9);

        void Round(int i)
        {
            (header[2], header[3]) = (otherHeader[2], otherHeader[3]) = ((byte)(i >> 8), (byte)i);
            var length = stream.Protect(header, payload, slot);
            Assert.True(pair.Inbound.TryUnprotect(slot.AsSpan(0, length), out _, out _));
            length = other.Protect(otherHeader, payload, slot);
            Assert.True(pair.Inbound.TryUnprotect(slot.AsSpan(0, length), out _, out _));
            length = pair.Outbound.ProtectRtcp(report, slot);
            Assert.True(pair.Inbound.TryUnprotectRtcp(slot.AsSpan(0, length), out _, out _));
            Assert.False(pair.Inbound.TryUnprotect(forged, out _, out _));
        }

        for (var i = 1; i < 200; i++)
            Round(i);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 200; i < 2_000; i++)
            Round(i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
