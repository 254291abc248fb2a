using System.Security.Cryptography;
using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Srtp;

/// <summary>Every way of doing AES-GCM against the published vectors and against the framework's.</summary>
public sealed class GcmKeyTests
{
    private const int Tag = GcmKey.TagLength;

    private static readonly int[] Edges =
        [.. new[] { 0, 16, 32, 48, 64, 80, 96, 112, 128, 144, 240, 256, 272, 384, 512, 1_024, 1_088, 1_152 }.SelectMany(at => new[] { at - 1, at, at + 1 }).Where(at => at >= 0)];

    // McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B, test cases 1 to 4.
    [Theory]
    [InlineData("00000000000000000000000000000000", "000000000000000000000000", "", "", "58E2FCCEFA7E3061367F1D57A4E7455A")]
    [InlineData("00000000000000000000000000000000", "000000000000000000000000", "", "00000000000000000000000000000000",
        "0388DACE60B6A392F328C2B971B2FE78AB6E47D42CEC13BDF53A67B21257BDDF")]
    [InlineData("FEFFE9928665731C6D6A8F9467308308", "CAFEBABEFACEDBADDECAF888", "",
        "D9313225F88406E5A55909C5AFF5269A86A7A9531534F7DA2E4C303D8A318A721C3C0C95956809532FCF0E2449A6B525B16AEDF5AA0DE657BA637B391AAFD255",
        "42831EC2217774244B7221B784D0D49CE3AA212F2C02A4E035C17E2329ACA12E21D514B25466931C7D8F6A5AAC84AA051BA30B396A0AAC973D58E091473F5985"
        + "4D5C2AF327CD64A62CF35ABD2BA6FAB4")]
    [InlineData("FEFFE9928665731C6D6A8F9467308308", "CAFEBABEFACEDBADDECAF888", "FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2",
        "D9313225F88406E5A55909C5AFF5269A86A7A9531534F7DA2E4C303D8A318A721C3C0C95956809532FCF0E2449A6B525B16AEDF5AA0DE657BA637B39",
        "42831EC2217774244B7221B784D0D49CE3AA212F2C02A4E035C17E2329ACA12E21D514B25466931C7D8F6A5AAC84AA051BA30B396A0AAC973D58E091"
        + "5BC94FBC3221A5DB94FAE95AE7121A47")]
    public void ThePublishedVectorsComeOut(string key, string nonce, string associated, string plaintext, string expected)
    {
        foreach (var way in GcmChoice.Machine.Ways)
        {
            if (!way.IsSupported)
                continue;

            using var gcm = way.SetKey(Convert.FromHexString(key), encrypts: true);
            var output = new byte[expected.Length / 2];
            gcm.Encrypt(GcmNonce.Read(Convert.FromHexString(nonce)), Convert.FromHexString(associated), Convert.FromHexString(plaintext), output);
            Assert.Equal((way.Kind, expected), (way.Kind, Convert.ToHexString(output)));
        }
    }

    [Theory]
    [ClassData(typeof(GcmKinds))]
    public void RandomPacketsAgreeWithTheFrameworkAndOneForgedBitIsRefused(GcmKind kind)
    {
        var random = new Random(38);
        for (var round = 0; round < 40; round++)
        {
            using var rig = new Rig(kind, random);
            for (var i = 0; i < 150; i++)
            {
                var length = i % 2 == 0 ? Edges[random.Next(Edges.Length)] : random.Next(1_501);
                rig.Check(length, associatedLength: i % 5 == 0 ? random.Next(200) : 12 + random.Next(61));
            }
        }
    }

    [Theory]
    [ClassData(typeof(GcmKinds))]
    public void EveryLengthOfPayloadAgreesWithTheFramework(GcmKind kind)
    {
        using var rig = new Rig(kind, new Random(39));
        for (var length = 0; length <= 600; length++)
            rig.Check(length, associatedLength: (length % 3) switch { 0 => 12, 1 => 20, _ => length % 89 });
        rig.Check(SrtpCipher.MaxPayload, associatedLength: 12);
        rig.Check(SrtpCipher.MaxPayload - 1, associatedLength: 72);
    }

    [Theory]
    [ClassData(typeof(GcmKinds))]
    public void EveryLengthOfHeaderAgreesWithTheFramework(GcmKind kind)
    {
        using var rig = new Rig(kind, new Random(40));
        for (var length = 0; length <= 300; length++)
            rig.Check(length: 50, length);
    }

    [Theory]
    [ClassData(typeof(GcmKinds))]
    public void EveryBitOfAPacketIsAuthenticated(GcmKind kind)
    {
        var random = new Random(41);
        using var rig = new Rig(kind, random);
        foreach (var length in new[] { 0, 20, 200 })
        {
            var (associated, packet) = rig.Make(length, 20);
            for (var bit = 0; bit < (associated.Length + packet.Length) * 8; bit++)
            {
                byte[] header = [.. associated], forged = [.. packet];
                (bit / 8 < header.Length ? header.AsSpan(bit / 8) : forged.AsSpan((bit / 8) - header.Length))[0] ^= (byte)(1 << (bit % 8));
                Assert.False(rig.TryDecrypt(header, forged));
            }

            Assert.True(rig.TryDecrypt(associated, packet));
        }
    }

    /// <summary>Each span ends at a page that nobody may touch, and in the second round begins behind one.</summary>
    [Theory]
    [ClassData(typeof(GcmKinds))]
    public void NothingOutsideTheSpansIsReadOrWritten(GcmKind kind)
    {
        using GuardedMemory headers = new(4_096), plaintexts = new(4_096), outputs = new(4_096);
        using var rig = new Rig(kind, new Random(42));
        for (var length = 0; length < 400; length++)
        {
            var associatedLength = length % 2 == 0 ? 12 : 12 + (length % 77);
            var (associated, packet) = rig.Make(length, associatedLength);
            foreach (var atTheEnd in new[] { true, false })
            {
                Span<byte> Place(GuardedMemory memory, int size) => atTheEnd ? memory.Tail(size) : memory.Tail(4_096)[..size];

                var header = Place(headers, associatedLength);
                associated.CopyTo(header);
                var plaintext = Place(plaintexts, length);
                rig.Plaintext.CopyTo(plaintext);
                var output = Place(outputs, length + Tag);
                outputs.Tail(4_096).Fill(0xA5);
                rig.Encryptor.Encrypt(rig.Nonce, header, plaintext, output);
                Assert.True(output.SequenceEqual(packet));
                Assert.Equal(-1, (atTheEnd ? outputs.Tail(4_096)[..^output.Length] : outputs.Tail(4_096)[output.Length..]).IndexOfAnyExcept((byte)0xA5));

                Assert.True(rig.Decryptor.TryDecrypt(rig.Nonce, header, output[..length], output[length..]));
                Assert.True(output[..length].SequenceEqual(plaintext));
                Assert.Equal(-1, (atTheEnd ? outputs.Tail(4_096)[..^output.Length] : outputs.Tail(4_096)[output.Length..]).IndexOfAnyExcept((byte)0xA5));
            }
        }
    }

    [Theory]
    [ClassData(typeof(GcmKinds))]
    public void WhatIsTooLongOrHasNoRoomIsRefused(GcmKind kind)
    {
        using var rig = new Rig(kind, new Random(43));
        var tooLong = new byte[SrtpCipher.MaxPayload + 1];
        var thrown = Assert.Throws<ArgumentException>(() => rig.Encryptor.Encrypt(default, [], tooLong, new byte[tooLong.Length + Tag]));
        Assert.Contains("4001 bytes are too long for a packet; 4000 are the most.", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => rig.Decryptor.TryDecrypt(default, [], tooLong, new byte[Tag]));
        Assert.Throws<ArgumentException>(() => rig.Encryptor.Encrypt(default, [], new byte[10], new byte[10 + Tag - 1]));
        Assert.Throws<ArgumentException>(() => rig.Decryptor.TryDecrypt(default, [], new byte[10], new byte[Tag - 1]));
    }

    [Theory]
    [ClassData(typeof(GcmKinds))]
    public void ADisposedKeyEncryptsNothing(GcmKind kind)
    {
        var rig = new Rig(kind, new Random(44));
        rig.Dispose();
        Assert.Throws<ObjectDisposedException>(() => rig.Encryptor.Encrypt(default, new byte[12], new byte[10], new byte[10 + Tag]));
        Assert.Throws<ObjectDisposedException>(() => rig.Decryptor.TryDecrypt(default, new byte[12], new byte[10], new byte[Tag]));
        rig.Dispose();
    }

    [Theory]
    [ClassData(typeof(GcmKinds))]
    public void AKeyHasSixteenBytes(GcmKind kind) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => GcmKinds.SetKey(kind, new byte[24], encrypts: true));

    /// <summary>A key by one way and by the framework, and the last packet.</summary>
    private sealed class Rig : IDisposable
    {
        private readonly Random _random;
        private readonly AesGcm _reference;

        internal Rig(GcmKind kind, Random random)
        {
            _random = random;
            var key = new byte[16];
            random.NextBytes(key);
            _reference = new AesGcm(key, Tag);
            Encryptor = GcmKinds.SetKey(kind, key, encrypts: true);
            Decryptor = GcmKinds.SetKey(kind, key, encrypts: false);
        }

        internal GcmKey Encryptor { get; }

        internal GcmKey Decryptor { get; }

        internal GcmNonce Nonce { get; private set; }

        internal byte[] Plaintext { get; private set; } = [];

        /// <summary>A random packet as the framework encrypts it.</summary>
        internal (byte[] Associated, byte[] Packet) Make(int length, int associatedLength)
        {
            Span<byte> nonce = stackalloc byte[GcmNonce.Length];
            _random.NextBytes(nonce);
            Nonce = GcmNonce.Read(nonce);
            Plaintext = new byte[length];
            _random.NextBytes(Plaintext);
            var (associated, packet) = (new byte[associatedLength], new byte[length + Tag]);
            _random.NextBytes(associated);
            _reference.Encrypt(nonce, Plaintext, packet.AsSpan(0, length), packet.AsSpan(length), associated);
            return (associated, packet);
        }

        /// <summary>One packet: apart and in place, at any alignment, there and back, and with one bit forged.</summary>
        internal void Check(int length, int associatedLength)
        {
            var (associated, packet) = Make(length, associatedLength);
            var slot = new byte[length + Tag + 64].AsSpan(_random.Next(64))[..(length + Tag)];
            var input = new byte[length + 64].AsSpan(_random.Next(64))[..length];
            Plaintext.CopyTo(input);
            Encryptor.Encrypt(Nonce, associated, input, slot);
            Assert.True(slot.SequenceEqual(packet), Describe("apart"));
            Assert.True(input.SequenceEqual(Plaintext), Describe("its input"));

            slot.Clear();
            Plaintext.CopyTo(slot);
            Encryptor.Encrypt(Nonce, associated, slot[..length], slot);
            Assert.True(slot.SequenceEqual(packet), Describe("in place"));

            Assert.True(Decryptor.TryDecrypt(Nonce, associated, slot[..length], slot[length..]), Describe("genuine"));
            Assert.True(slot[..length].SequenceEqual(Plaintext), Describe("decrypted"));

            var bit = _random.Next((associatedLength + packet.Length) * 8);
            (bit / 8 < associatedLength ? associated.AsSpan(bit / 8) : packet.AsSpan((bit / 8) - associatedLength))[0] ^= (byte)(1 << (bit % 8));
            Assert.False(TryDecrypt(associated, packet), Describe($"forged bit {bit}"));

            string Describe(string what) => $"{what}: {length} bytes, {associatedLength} of header";
        }

        internal bool TryDecrypt(byte[] associated, byte[] packet) => Decryptor.TryDecrypt(Nonce, associated, packet.AsSpan(..^Tag), packet.AsSpan(^Tag..));

        public void Dispose()
        {
            Encryptor.Dispose();
            Decryptor.Dispose();
            _reference.Dispose();
        }
    }
}
