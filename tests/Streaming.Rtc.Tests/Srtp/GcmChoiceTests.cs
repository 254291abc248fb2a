using Streaming.Rtc.Srtp;

namespace Streaming.Rtc.Tests.Srtp;

/// <summary>A way that is wrong is found before anything is sent by it, and the next one is taken.</summary>
public sealed class GcmChoiceTests
{
    private static readonly GcmWay Sound = new(GcmKind.OpenSsl, true, "OpenSSL", (key, encrypts) => new OpenSslGcmKey(key, encrypts));

    public enum Fault
    {
        FlipsABitOfLongPackets,
        FlipsABitOfTheTag,
        TakesEverything,
        TakesNothing,
        SpoilsWhatItDecrypts,
        LooksPastTheHeadersFirstBlocks,
        EncryptsWrongInPlace,
        Throws,
    }

    [Fact]
    public void WhatThisMachineHasPassesTheSelfTest()
    {
        var seen = 0;
        foreach (var way in GcmChoice.Machine.Ways)
        {
            Assert.Null(way.Failure);
            Assert.Equal(way.IsSupported, GcmChoice.Machine.Problem(way.Kind) is null);
            seen++;
        }

        Assert.Equal(3, seen);
        Assert.Null(GcmChoice.Machine.Problem(GcmKind.Auto));
    }

    [Theory]
    [InlineData(Fault.FlipsABitOfLongPackets, "it encrypts differently, at ")]
    [InlineData(Fault.FlipsABitOfTheTag, "it encrypts differently, at 0 bytes and 12 of header")]
    [InlineData(Fault.TakesEverything, "it accepts a packet with a forged bit, at ")]
    [InlineData(Fault.TakesNothing, "it does not decrypt what is genuine, at ")]
    [InlineData(Fault.SpoilsWhatItDecrypts, "it does not decrypt what is genuine, at ")]
    [InlineData(Fault.LooksPastTheHeadersFirstBlocks, "it encrypts differently, at ")]
    [InlineData(Fault.EncryptsWrongInPlace, "it encrypts differently in place, at ")]
    [InlineData(Fault.Throws, "it threw NotSupportedException: Not today")]
    public void AWayWithAFaultIsNotUsedAndTheNextOneIs(Fault fault, string failure)
    {
        var choice = new GcmChoice(new GcmWay(GcmKind.Wide, true, "luck", (key, encrypts) => new Faulty(key, encrypts, fault)), Sound);

        Assert.StartsWith(failure, choice.Ways[0].Failure, StringComparison.Ordinal);
        Assert.Equal(GcmKind.OpenSsl, choice.Resolve(GcmKind.Auto));
        using (var key = choice.SetKey(GcmKind.Auto, new byte[16], encrypts: true))
            Assert.IsType<OpenSslGcmKey>(key);
        Assert.StartsWith("which has failed its self-test: it ", choice.Problem(GcmKind.Wide), StringComparison.Ordinal);
        Assert.Throws<PlatformNotSupportedException>(() => choice.SetKey(GcmKind.Wide, new byte[16], encrypts: true));
    }

    [Fact]
    public void AMachineWithoutTheInstructionsTakesTheNextWayAndIsNotTested()
    {
        var choice = new GcmChoice(
            new GcmWay(GcmKind.Wide, false, "AVX-512", (_, _) => throw new InvalidOperationException("Must not be called.")), Sound);

        Assert.Equal(GcmKind.OpenSsl, choice.Resolve(GcmKind.Auto));
        Assert.Equal("which needs AVX-512", choice.Problem(GcmKind.Wide));
        var thrown = Assert.Throws<PlatformNotSupportedException>(() => choice.Resolve(GcmKind.Wide));
        Assert.Equal("AES-GCM is to be done by Wide, which needs AVX-512.", thrown.Message);
    }

    [Fact]
    public void AWayThatNobodyHasIsAProblem()
    {
        var choice = new GcmChoice(Sound);
        Assert.Equal("which is no way of doing AES-GCM", choice.Problem((GcmKind)9));
        Assert.Null(choice.Problem(GcmKind.OpenSsl));
        Assert.Equal(GcmKind.OpenSsl, choice.Resolve(GcmKind.OpenSsl));
    }

    [Fact]
    public void WithoutAnyWayNothingStarts()
    {
        var choice = new GcmChoice(new GcmWay(GcmKind.OpenSsl, true, "OpenSSL", (key, encrypts) => new Faulty(key, encrypts, Fault.Throws)));
        Assert.Equal("and no way of doing AES-GCM has passed its self-test", choice.Problem(GcmKind.Auto));
        Assert.Throws<PlatformNotSupportedException>(() => choice.Resolve(GcmKind.Auto));
    }

    /// <summary>Right but for one thing.</summary>
    private sealed class Faulty(ReadOnlySpan<byte> key, bool encrypts, Fault fault) : GcmKey
    {
        private readonly OpenSslGcmKey _sound = new(key, encrypts);

        internal override void Encrypt(GcmNonce nonce, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plaintext, Span<byte> output)
        {
            if (fault == Fault.Throws)
                throw new NotSupportedException("Not today.");

            var isInPlace = plaintext.Overlaps(output);
            _sound.Encrypt(nonce, fault == Fault.LooksPastTheHeadersFirstBlocks ? associated[..Math.Min(64, associated.Length)] : associated, plaintext, output);
            output[^1] ^= (byte)(fault == Fault.FlipsABitOfTheTag ? 1 : 0);
            output[0] ^= (byte)((fault == Fault.FlipsABitOfLongPackets && plaintext.Length > 1_000) || (fault == Fault.EncryptsWrongInPlace && isInPlace) ? 1 : 0);
        }

        internal override bool TryDecrypt(GcmNonce nonce, ReadOnlySpan<byte> associated, Span<byte> payload, ReadOnlySpan<byte> tag)
        {
            var isGenuine = _sound.TryDecrypt(nonce, associated, payload, tag);
            if (fault == Fault.SpoilsWhatItDecrypts && payload.Length > 100)
                payload[^1] ^= 1;
            return fault == Fault.TakesEverything || (isGenuine && fault != Fault.TakesNothing);
        }

        public override void Dispose() => _sound.Dispose();
    }
}
