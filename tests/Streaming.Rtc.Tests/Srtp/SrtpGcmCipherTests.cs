using System.Buffers.Binary;
using System.Security.Cryptography;
using Streaming.Rtc.Rtp;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Srtp;

public sealed class SrtpGcmCipherTests
{
    // RFC 7714 §16 and §17 give session keys, not master keys.
    private static readonly SrtpSessionKeys RfcKeys = new(
        Convert.FromHexString("000102030405060708090A0B0C0D0E0F"), [], Convert.FromHexString("517569642070726F2071756F"));

    // §16.1.1.
    private const string RtpPlain =
        "8040F17B8041F8D35501A0B247616C6C696120657374206F6D6E69732064697669736120696E207061727465732074726573";

    private const string RtpProtected =
        "8040F17B8041F8D35501A0B2F24DE3A3FB34DE6CACBA861C9D7E4BCABE633BD50D294E6F42A5F47A51C7D19B36DE3ADF8833"
        + "899D7F27BEB16A9152CF765EE4390CCE";

    // §17.1. The packet that the subsections use; the one in the section's introduction is another.
    private const string RtcpPlain =
        "81C8000D4D6172734E5450314E545032525450200000042A0000E9304C756E61DEADBEEFDEADBEEFDEADBEEFDEADBEEFDEADBEEF";

    private const string RtcpProtected =
        "81C8000D4D61727363E94885DCDAB67CA727D7662F6B7E997FF5C0F76C06F32DC676A5F1730D6FDA4CE09B4686303DED0BB9275B"
        + "C84AA45896CF4D2FC5ABF87245D9EADE800005D4";

    [Theory]
    [ClassData(typeof(GcmKinds))]
    public void RtpIsProtectedAsInRfc7714(GcmKind gcm)
    {
        using var cipher = new SrtpGcmCipher(RfcKeys, RfcKeys, encrypts: true, gcm);
        var plain = Convert.FromHexString(RtpPlain);
        var output = new byte[plain.Length - 12 + 16];
        cipher.ProtectRtp(new Ssrc(0x5501A0B2), 0xF17B, plain.AsSpan(0, 12), plain.AsSpan(12), output);
        Assert.Equal(RtpProtected[24..], Convert.ToHexString(output));
    }

    [Theory]
    [ClassData(typeof(GcmKinds))]
    public void RtpIsUnprotectedAsInRfc7714(GcmKind gcm)
    {
        using var cipher = new SrtpGcmCipher(RfcKeys, RfcKeys, encrypts: false, gcm);
        var packet = Convert.FromHexString(RtpProtected);
        Assert.True(cipher.TryUnprotectRtp(new Ssrc(0x5501A0B2), 0xF17B, packet.AsSpan(0, 12), packet.AsSpan(12)));
        Assert.Equal(RtpPlain, Convert.ToHexString(packet[..^16]));
    }

    [Theory]
    [ClassData(typeof(GcmKinds))]
    public void RtcpIsProtectedAsInRfc7714(GcmKind gcm)
    {
        using var cipher = new SrtpGcmCipher(RfcKeys, RfcKeys, encrypts: true, gcm);
        var plain = Convert.FromHexString(RtcpPlain);
        var output = new byte[plain.Length - 8 + 20];
        cipher.ProtectRtcp(new Ssrc(0x4D617273), 0x800005D4, plain.AsSpan(0, 8), plain.AsSpan(8), output);
        Assert.Equal(RtcpProtected[16..], Convert.ToHexString(output));
    }

    [Theory]
    [ClassData(typeof(GcmKinds))]
    public void RtcpIsUnprotectedAsInRfc7714(GcmKind gcm)
    {
        using var cipher = new SrtpGcmCipher(RfcKeys, RfcKeys, encrypts: false, gcm);
        var packet = Convert.FromHexString(RtcpProtected);
        var word = cipher.ReadRtcpWord(packet.AsSpan(8));
        Assert.Equal(0x800005D4, word);
        Assert.True(cipher.TryUnprotectRtcp(new Ssrc(0x4D617273), word, packet.AsSpan(0, 8), packet.AsSpan(8)));
        Assert.Equal(RtcpPlain, Convert.ToHexString(packet[..^20]));
    }

    [Theory]
    [ClassData(typeof(GcmKinds))]
    public void RandomPacketsAgreeWithTheFrameworksAesGcm(GcmKind gcm)
    {
        var random = new Random(7714);
        var keys = RandomKeys(random);
        using var cipher = new SrtpGcmCipher(keys, RandomKeys(random), encrypts: true, gcm);
        using var opener = new SrtpGcmCipher(keys, RandomKeys(random), encrypts: false, gcm);
        using var reference = new AesGcm(keys.Encryption, 16);

        for (var i = 0; i < 4_000; i++)
        {
            var header = new byte[12 + (4 * random.Next(16))];
            var payload = new byte[random.Next(1_500)];
            random.NextBytes(header);
            random.NextBytes(payload);
            var ssrc = (uint)random.NextInt64(1L << 32);
            var index = (ulong)random.NextInt64(1L << 48);

            var nonce = new byte[12];
            BinaryPrimitives.WriteUInt32BigEndian(nonce.AsSpan(2), ssrc);
            BinaryPrimitives.WriteUInt32BigEndian(nonce.AsSpan(6), (uint)(index >> 16));
            BinaryPrimitives.WriteUInt16BigEndian(nonce.AsSpan(10), (ushort)index);
            for (var at = 0; at < nonce.Length; at++)
                nonce[at] ^= keys.Salt[at];

            var expected = new byte[payload.Length + 16];
            reference.Encrypt(nonce, payload, expected.AsSpan(0, payload.Length), expected.AsSpan(payload.Length), header);

            var output = new byte[expected.Length];
            cipher.ProtectRtp(new Ssrc(ssrc), index, header, payload, output);
            Assert.Equal(expected, output);
            Assert.True(opener.TryUnprotectRtp(new Ssrc(ssrc), index, header, output));
            Assert.Equal(payload, output[..^16]);
        }
    }

    private static SrtpSessionKeys RandomKeys(Random random)
    {
        var keys = new SrtpSessionKeys(new byte[16], [], new byte[12]);
        random.NextBytes(keys.Encryption);
        random.NextBytes(keys.Salt);
        return keys;
    }
}
