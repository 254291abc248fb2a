using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Srtp;

public sealed class NonceRecordTests
{
    [Fact]
    public void ANonceIsTakenOnceHoweverFarApartItComesAgain()
    {
        var record = new NonceRecord();
        var random = new Random(5);
        var used = new HashSet<UInt128>();
        for (var i = 0; i < 20_000; i++)
        {
            // Three streams that go on, now and then a step back.
            var nonce = ((UInt128)(i % 3) << 64) + (UInt128)(100_000 + i - random.Next(50));
            if (used.Add(nonce))
                record.Add(nonce);
            else
                Assert.Throws<InvalidOperationException>(() => record.Add(nonce));
        }

        Assert.All(used, nonce => Assert.Throws<InvalidOperationException>(() => record.Add(nonce)));
    }

    [Fact]
    public void AMillionPacketsTakeAQuarterOfAMebibyteAndTheMemoryIsBounded()
    {
        var record = new NonceRecord();
        for (UInt128 nonce = 0; nonce < 1 << 20; nonce++)
            record.Add(nonce);
        Assert.Equal(256, record.Pages);

        for (UInt128 page = 256; page < NonceRecord.MostPages + 10; page++)
            record.Add(page << 12);
        Assert.Equal(NonceRecord.MostPages, record.Pages);

        record.Add(0);   // of the oldest page, which is forgotten
        Assert.Throws<InvalidOperationException>(() => record.Add(20 << 12));
        Assert.Throws<InvalidOperationException>(() => record.Add((NonceRecord.MostPages + 9) << 12));
    }

    /// <summary>In a build that keeps records, and only there, the cipher itself refuses.</summary>
    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.AesCm128HmacSha1Tag80)]
    public void ACipherOfARecordingBuildRefusesTheSameIndexTwice(SrtpProfile profile)
    {
        using var cipher = SrtpCipher.Create(profile, new byte[16], new byte[SrtpProfiles.SaltLength(profile)], encrypts: true);
        var (payload, output, rtcp) = (new byte[20], new byte[20 + cipher.TagLength], new byte[20 + cipher.TagLength + 4]);
        void Rtp(uint ssrc, ulong index) => cipher.ProtectRtp(new Ssrc(ssrc), index, new byte[12], payload, output);
        void Rtcp(uint ssrc, uint index) => cipher.ProtectRtcp(new Ssrc(ssrc), SrtpCipher.EncryptedFlag | index, new byte[8], payload, rtcp);

        Rtp(1, 5);
        Rtp(1, 6);
        Rtp(1, 5 + (1 << 16));     // the same sequence number after a rollover
        Rtp(1, 5 + (1UL << 32));
        Rtp(2, 5);
        Rtcp(1, 5);
        Rtcp(2, 5);
        foreach (Action again in new[] { () => Rtp(1, 5), () => Rtp(1, 5 + (1 << 16)), () => Rtp(2, 5), () => Rtcp(1, 5), () => Rtcp(2, 5) })
            Assert.Equal(NonceRecord.IsKept, Record.Exception(again) is InvalidOperationException);
    }
}
