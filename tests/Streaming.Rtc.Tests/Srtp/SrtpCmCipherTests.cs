using System.Buffers.Binary;
using System.Security.Cryptography;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Srtp;

[System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "RFC 3711 names HMAC-SHA1.")]
public sealed class SrtpCmCipherTests
{
    // RFC 3711 appendix B.2, with SSRC, rollover counter and sequence number zero.
    [Fact]
    public void TheKeystreamIsThatOfRfc3711()
    {
        var keys = new SrtpSessionKeys(
            Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C"), new byte[20], Convert.FromHexString("F0F1F2F3F4F5F6F7F8F9FAFBFCFD"));
        using var cipher = new SrtpCmCipher(keys, keys);
        var zeros = new byte[0xFF02 * 16];
        var output = new byte[zeros.Length + SrtpCmCipher.Tag];
        cipher.ProtectRtp(new Ssrc(0), 0, new byte[12], zeros, output);

        string Block(int counter) => Convert.ToHexString(output.AsSpan(16 * counter, 16));
        Assert.Equal("E03EAD0935C95E80E166B16DD92B4EB4", Block(0));
        Assert.Equal("D23513162B02D0F72A43A2FE4A5F97AB", Block(1));
        Assert.Equal("41E95B3BB0A2E8DD477901E4FCA894C0", Block(2));
        Assert.Equal("EC8CDF7398607CB0F2D21675EA9EA1E4", Block(0xFEFF));
        Assert.Equal("362B7C3C6773516318A077D7FC5073AE", Block(0xFF00));
        Assert.Equal("6A2CC3787889374FBEB4C81B17BA6C44", Block(0xFF01));
    }

    [Fact]
    public void RandomRtpAgreesWithTheRfcWrittenOut()
    {
        var random = new Random(3711);
        var keys = RandomKeys(random);
        using var cipher = new SrtpCmCipher(keys, RandomKeys(random));

        for (var i = 0; i < 1_000; i++)
        {
            var (header, payload) = (RandomBytes(random, 12 + (4 * random.Next(16))), RandomBytes(random, random.Next(1_500)));
            var ssrc = (uint)random.NextInt64(1L << 32);
            var index = (ulong)random.NextInt64(1L << 48);

            var ciphertext = CounterMode(keys, ssrc, index, payload);
            var rollover = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(rollover, (uint)(index >> 16));
            var tag = HMACSHA1.HashData(keys.Authentication, (byte[])[.. header, .. ciphertext, .. rollover])[..10];

            var output = new byte[payload.Length + SrtpCmCipher.Tag];
            cipher.ProtectRtp(new Ssrc(ssrc), index, header, payload, output);
            Assert.Equal([.. ciphertext, .. tag], output);
            Assert.True(cipher.TryUnprotectRtp(new Ssrc(ssrc), index, header, output));
            Assert.Equal(payload, output[..^10]);
        }
    }

    [Fact]
    public void RandomRtcpAgreesWithTheRfcWrittenOut()
    {
        var random = new Random(3712);
        var keys = RandomKeys(random);
        using var cipher = new SrtpCmCipher(RandomKeys(random), keys);

        for (var i = 0; i < 1_000; i++)
        {
            var (header, payload) = (RandomBytes(random, 8), RandomBytes(random, random.Next(600)));
            var ssrc = (uint)random.NextInt64(1L << 32);
            var index = (uint)random.NextInt64(1L << 31);

            var ciphertext = CounterMode(keys, ssrc, index, payload);
            var word = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(word, 0x8000_0000 | index);
            var tag = HMACSHA1.HashData(keys.Authentication, (byte[])[.. header, .. ciphertext, .. word])[..10];

            var output = new byte[payload.Length + 4 + SrtpCmCipher.Tag];
            cipher.ProtectRtcp(new Ssrc(ssrc), 0x8000_0000 | index, header, payload, output);
            Assert.Equal([.. ciphertext, .. word, .. tag], output);
            Assert.Equal(0x8000_0000 | index, cipher.ReadRtcpWord(output));
            Assert.True(cipher.TryUnprotectRtcp(new Ssrc(ssrc), 0x8000_0000 | index, header, output));
            Assert.Equal(payload, output[..^14]);
        }
    }

    // RFC 3711 §4.1.1 block by block.
    private static byte[] CounterMode(SrtpSessionKeys keys, uint ssrc, ulong index, byte[] input)
    {
        using var aes = Aes.Create();
        aes.SetKey(keys.Encryption);
        byte[] output = [.. input];
        for (var block = 0; 16 * block < input.Length; block++)
        {
            byte[] counter = [.. keys.Salt, (byte)(block >> 8), (byte)block];
            for (var at = 0; at < 4; at++)
                counter[4 + at] ^= (byte)(ssrc >> (24 - (8 * at)));
            for (var at = 0; at < 6; at++)
                counter[8 + at] ^= (byte)(index >> (40 - (8 * at)));

            var keystream = aes.EncryptEcb(counter, PaddingMode.None);
            for (var at = 0; at < 16 && (16 * block) + at < input.Length; at++)
                output[(16 * block) + at] ^= keystream[at];
        }

        return output;
    }

    private static SrtpSessionKeys RandomKeys(Random random) => new(RandomBytes(random, 16), RandomBytes(random, 20), RandomBytes(random, 14));

    private static byte[] RandomBytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
