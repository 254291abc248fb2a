using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Srtp;

public sealed class InboundSrtpTests
{
    public static readonly TheoryData<SrtpProfile> Profiles = [SrtpProfile.AeadAes128Gcm, SrtpProfile.AesCm128HmacSha1Tag80];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void WhatIsProtectedComesOutAsItWas(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        foreach (var size in (int[])[0, 1, 15, 16, 17, 160, 1_200])
        {
            var plain = pair.Rtp((ushort)(100 + size), size);
            Assert.Equal(DropReason.None, pair.Receive(pair.Protect(plain), out var received));
            Assert.Equal(plain, received);

            var report = pair.Rtcp(size);
            Assert.Equal(DropReason.None, pair.ReceiveRtcp(pair.ProtectRtcp(report), out var receivedReport));
            Assert.Equal(report, receivedReport);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void CsrcsAndExtensionStayReadableAndAreAuthenticated(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        byte[] header = [0x92, 96, 0, 7, 1, 2, 3, 4, 0xDE, 0xCA, 0xFB, 0xAD, 1, 1, 1, 1, 2, 2, 2, 2, 0xBE, 0xDE, 0, 2, 0x10, 9, 0, 0, 0, 0, 0, 0];
        byte[] payload = [.. Enumerable.Range(0, 50).Select(i => (byte)i)];
        var datagram = new byte[header.Length + payload.Length + pair.Outbound.RtpOverhead];
        pair.Outbound.Open(SrtpPair.Voice).Protect(header, payload, datagram);

        Assert.Equal(header, datagram[..header.Length]);
        byte[] forged = [.. datagram];
        forged[25] ^= 1;
        Assert.Equal(DropReason.SrtpAuthentication, pair.Receive(forged));
        Assert.Equal(DropReason.None, pair.Receive(datagram, out var plain));
        Assert.Equal([.. header, .. payload], plain);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void OneFlippedBitAnywhereIsRefusedAndMovesNothing(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        Assert.Equal(DropReason.None, pair.Receive(pair.Protect(pair.Rtp(40_000))));
        var datagram = pair.Protect(pair.Rtp(40_001, 30));
        for (var bit = 0; bit < 8 * datagram.Length; bit++)
        {
            byte[] forged = [.. datagram];
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            var reason = pair.Receive(forged);

            // The first byte decides the shape, the sequence number what counts as too old; all else is for the tag to tell.
            if (bit / 8 is 0)
                Assert.True(reason is DropReason.SrtpAuthentication or DropReason.SrtpMalformed, $"bit {bit}: {reason}");
            else if (bit / 8 is 2 or 3)
                Assert.True(reason is DropReason.SrtpAuthentication or DropReason.SrtpReplay, $"bit {bit}: {reason}");
            else
                Assert.Equal(DropReason.SrtpAuthentication, reason);
        }

        Assert.Equal(DropReason.None, pair.Receive(datagram));
        Assert.Equal(DropReason.SrtpReplay, pair.Receive(datagram));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void OneFlippedBitInRtcpIsRefusedAndMovesNothing(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        for (var i = 0; i < 200; i++)
            Assert.Equal(DropReason.None, pair.ReceiveRtcp(pair.ProtectRtcp(pair.Rtcp())));

        var datagram = pair.ProtectRtcp(pair.Rtcp());
        var word = profile == SrtpProfile.AeadAes128Gcm ? datagram.Length - 4 : datagram.Length - 14;
        for (var bit = 0; bit < 8 * datagram.Length; bit++)
        {
            byte[] forged = [.. datagram];
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            var reason = pair.ReceiveRtcp(forged);
            if (bit is 6 or 7)
                Assert.Equal(DropReason.SrtpMalformed, reason);
            else if (bit / 8 - word is >= 0 and < 4)
                Assert.True(reason is DropReason.SrtpAuthentication or DropReason.SrtpReplay, $"bit {bit}: {reason}");
            else
                Assert.Equal(DropReason.SrtpAuthentication, reason);
        }

        Assert.Equal(DropReason.None, pair.ReceiveRtcp(datagram));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ACopyIsRefusedAndSoIsWhatIsTooOld(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var sent = Enumerable.Range(1, 2_000).Select(i => pair.Protect(pair.Rtp((ushort)i))).ToArray();
        Assert.Equal(DropReason.None, pair.Receive(sent[1_999]));
        Assert.Equal(DropReason.SrtpReplay, pair.Receive(sent[1_999]));
        Assert.Equal(DropReason.None, pair.Receive(sent[1_999 - 1_023]));
        Assert.Equal(DropReason.SrtpReplay, pair.Receive(sent[1_999 - 1_023]));
        Assert.Equal(DropReason.SrtpReplay, pair.Receive(sent[1_999 - 1_024]));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ACopyOfRtcpIsRefusedAndSoIsWhatIsTooOld(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var sent = Enumerable.Range(0, 300).Select(_ => pair.ProtectRtcp(pair.Rtcp())).ToArray();
        Assert.Equal(DropReason.None, pair.ReceiveRtcp(sent[299]));
        Assert.Equal(DropReason.SrtpReplay, pair.ReceiveRtcp(sent[299]));
        Assert.Equal(DropReason.None, pair.ReceiveRtcp(sent[299 - 127]));
        Assert.Equal(DropReason.SrtpReplay, pair.ReceiveRtcp(sent[299 - 128]));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ReorderedPacketsPassAroundEveryWrapOfTheSequenceNumber(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var random = new Random(5);
        ushort next = 30_000;
        for (var round = 0; round < 800; round++)
        {
            // Blocks of up to 500 packets, a third of them lost on the way, the rest in any order: three wraps in all.
            var skipped = random.Next(0, 300);
            next += (ushort)skipped;
            var block = Enumerable.Range(0, random.Next(1, 12)).Select(_ => pair.Rtp(next++)).ToArray();
            var onTheWay = block.Select(plain => (plain, datagram: pair.Protect(plain))).Where(_ => random.Next(3) > 0).ToArray();
            random.Shuffle(onTheWay);
            foreach (var (plain, datagram) in onTheWay)
            {
                Assert.Equal(DropReason.None, pair.Receive(datagram, out var received));
                Assert.Equal(plain, received);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void AStreamResumesAfterAPauseThatSkipsNearlyHalfTheCircle(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        ushort at = 100;
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(DropReason.None, pair.Receive(pair.Protect(pair.Rtp(at))));
            at += 32_767;
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ALatePacketFromBeforeTheWrapIsProtectedUnderTheOldRolloverCounter(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        ushort[] order = [20_000, 52_000, 65_530, 3, 65_533, 4, 65_535, 0, 10];
        foreach (var sequenceNumber in order)
            Assert.Equal(DropReason.None, pair.Receive(pair.Protect(pair.Rtp(sequenceNumber))));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void WhatWouldLieBeforeTheFirstPacketIsTooOld(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        Assert.Equal(DropReason.None, pair.Receive(pair.Protect(pair.Rtp(3))));
        Assert.Equal(DropReason.SrtpReplay, pair.Receive(pair.Rtp(65_535)));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ASixtyFifthStreamIsRefusedAndTheOthersGoOn(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        for (uint i = 0; i < 64; i++)
        {
            Assert.Equal(DropReason.None, pair.Receive(pair.Protect(pair.Rtp(1, ssrc: new Ssrc(i)))));
            Assert.Equal(DropReason.None, pair.ReceiveRtcp(pair.ProtectRtcp(pair.Rtcp(ssrc: new Ssrc(i)))));
        }

        Assert.Equal(DropReason.RtpUnknownSsrc, pair.Receive(pair.Protect(pair.Rtp(1, ssrc: new Ssrc(64)))));
        Assert.Equal(DropReason.RtpUnknownSsrc, pair.ReceiveRtcp(pair.ProtectRtcp(pair.Rtcp(ssrc: new Ssrc(64)))));
        for (uint i = 0; i < 64; i++)
            Assert.Equal(DropReason.None, pair.Receive(pair.Protect(pair.Rtp(2, ssrc: new Ssrc(i)))));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ForgeriesUnderNewSsrcsTakeNoPlace(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        for (uint i = 0; i < 200; i++)
            Assert.Equal(DropReason.SrtpAuthentication, pair.Receive(pair.Rtp(1, ssrc: new Ssrc(i))));

        for (uint i = 0; i < 64; i++)
            Assert.Equal(DropReason.None, pair.Receive(pair.Protect(pair.Rtp(1, ssrc: new Ssrc(1_000 + i)))));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void ClearedEncryptionFlagIsRefusedEvenUnderAValidTag(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        var keys = new byte[SrtpProfiles.ExporterLength(profile)];
        new Random(1).NextBytes(keys);
        var plain = pair.Rtcp();
        foreach (var (word, expected) in ((uint, DropReason)[])[(5, DropReason.SrtpAuthentication), (0x8000_0005, DropReason.None)])
        {
            // One cipher for each: the index is the same.
            using var cipher = SrtpCipher.Create(profile, keys.AsSpan(0, 16), keys.AsSpan(32, SrtpProfiles.SaltLength(profile)), encrypts: true);
            var datagram = new byte[plain.Length + pair.Outbound.RtcpOverhead];
            plain.AsSpan(0, 8).CopyTo(datagram);
            cipher.ProtectRtcp(SrtpPair.Voice, word, plain.AsSpan(0, 8), plain.AsSpan(8), datagram.AsSpan(8));
            Assert.Equal(expected, pair.ReceiveRtcp(datagram));
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void WhatIsLongerThanAnyPacketIsMalformed(SrtpProfile profile)
    {
        using var pair = new SrtpPair(profile);
        Assert.Equal(DropReason.None, pair.Receive(pair.Protect(pair.Rtp(1, SrtpCipher.MaxPayload))));
        Assert.Equal(DropReason.None, pair.ReceiveRtcp(pair.ProtectRtcp(pair.Rtcp(SrtpCipher.MaxPayload - 8))));

        byte[] rtp = [.. pair.Rtp(2, SrtpCipher.MaxPayload + 1), .. new byte[pair.Outbound.RtpOverhead]];
        byte[] rtcp = [.. pair.Rtcp(SrtpCipher.MaxPayload + 1), .. new byte[pair.Outbound.RtcpOverhead]];
        Assert.Equal(DropReason.SrtpMalformed, pair.Receive(rtp));
        Assert.Equal(DropReason.SrtpMalformed, pair.ReceiveRtcp(rtcp));
    }

    [Fact]
    public void TheOtherDirectionsKeysDoNotFit()
    {
        using var pair = new SrtpPair(SrtpProfile.AeadAes128Gcm, seed: 1);
        using var other = new SrtpPair(SrtpProfile.AeadAes128Gcm, seed: 2);
        Assert.Equal(DropReason.SrtpAuthentication, other.Receive(pair.Protect(pair.Rtp(1))));
    }
}
