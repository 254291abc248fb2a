using System.Buffers.Binary;
using Streaming.Rtc.Stun;

namespace Streaming.Rtc.Tests.Stun;

/// <summary>Whatever arrives, reading it throws nothing, reads nothing outside, and believes nothing that was changed.</summary>
public class StunReaderPropertyTests
{
    private const int Inputs = 100_000;
    private static readonly byte[][] Valid = [Rfc5769.SampleRequest, Rfc5769.IPv4Response, Rfc5769.IPv6Response, Nominating(), Refusing()];

    [Fact]
    public void RandomBytesAreReadOrRefused()
    {
        using var guarded = new GuardedMemory();
        var random = new Random(5769);
        for (var round = 0; round < Inputs; round++)
        {
            var bytes = guarded.Tail(random.Next(200));
            random.NextBytes(bytes);
            ReadEverything(bytes);
        }
    }

    [Fact]
    public void RandomAttributesUnderAValidHeaderAreReadOrRefused()
    {
        using var guarded = new GuardedMemory();
        var random = new Random(8489);
        var read = 0;
        for (var round = 0; round < Inputs; round++)
        {
            var message = guarded.Tail(StunFormat.HeaderLength + (4 * random.Next(50)));
            random.NextBytes(message);
            WriteHeader(message);
            for (var at = StunFormat.HeaderLength; at + 4 <= message.Length;)
            {
                // Mostly types that mean something and lengths that nearly fit, so that the walk gets deep.
                var type = random.Next(4) == 0 ? random.Next(0x10000) : Types[random.Next(Types.Length)];
                var length = random.Next(8) == 0 ? random.Next(40) : UsualLengths[random.Next(UsualLengths.Length)];
                BinaryPrimitives.WriteUInt16BigEndian(message[at..], (ushort)type);
                BinaryPrimitives.WriteUInt16BigEndian(message[(at + 2)..], (ushort)length);
                at += 4 + StunFormat.Padded(length);
            }

            if (ReadEverything(message)) read++;
        }

        Assert.InRange(read, Inputs / 100, Inputs);
    }

    [Fact]
    public void NoMutatedMessageIsBelieved()
    {
        using var guarded = new GuardedMemory();
        var random = new Random(8445);
        var read = 0;
        for (var round = 0; round < Inputs; round++)
        {
            var original = Valid[round % Valid.Length];
            var message = guarded.Copy(original);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                message[random.Next(message.Length)] ^= (byte)(1 << random.Next(8));
            }

            if (!ReadEverything(message)) continue;
            read++;
            AssertNothingChangedIsBelieved(message);
        }

        Assert.InRange(read, Inputs / 10, Inputs);
    }

    [Fact]
    public void NoTruncatedOrSplicedMessageIsBelieved()
    {
        using var guarded = new GuardedMemory();
        var random = new Random(7675);
        var read = 0;
        for (var round = 0; round < Inputs; round++)
        {
            var original = Valid[round % Valid.Length];
            var other = Valid[random.Next(Valid.Length)];
            var kept = round % 2 == 0 ? random.Next(original.Length + 1) : 4 * random.Next(5, (original.Length / 4) + 1);
            var tail = random.Next(3) == 0 ? 4 * random.Next(other.Length / 4) : 0;
            var message = guarded.Tail(kept + tail);
            original.AsSpan(0, kept).CopyTo(message);
            other.AsSpan(other.Length - tail).CopyTo(message[kept..]);
            // Half of them with a header that owns up to the new length: only those get past it.
            if (random.Next(2) == 0 && kept >= 4) BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)(message.Length - 20));

            if (!ReadEverything(message)) continue;
            read++;
            AssertNothingChangedIsBelieved(message);
        }

        Assert.InRange(read, Inputs / 100, Inputs);
    }

    private static readonly int[] Types = [.. Enum.GetValues<StunAttribute>().Select(type => (int)type)];
    private static readonly int[] UsualLengths = [0, 4, 4, 8, 8, 9, 20, 20];

    private static void WriteHeader(Span<byte> message)
    {
        message[0] &= 0x3F;
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)(message.Length - StunFormat.HeaderLength));
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], StunFormat.MagicCookie);
    }

    /// <summary>
    /// Integrity may hold only if what it covers is what was signed: all up to the attribute, but for the length in the header. FINGERPRINT
    /// and what else stands behind the attribute are not covered; a splice of two messages may happen to be one of them.
    /// </summary>
    private static void AssertNothingChangedIsBelieved(ReadOnlySpan<byte> message)
    {
        Assert.True(StunReader.TryRead(message, out var reader));
        if (!reader.VerifyMessageIntegrity(Rfc5769.Password)) return;
        foreach (var signed in Valid)
        {
            var covered = signed.Length - 8;
            if (message.Length < covered || !message[..2].SequenceEqual(signed.AsSpan(0, 2))) continue;
            if (message[4..covered].SequenceEqual(signed.AsSpan(4, covered - 4))) return;
        }

        Assert.Fail($"Believed, though nobody signed it: {Convert.ToHexString(message)}");
    }

    /// <summary>Touches every property; false when the message was refused.</summary>
    private static bool ReadEverything(ReadOnlySpan<byte> bytes)
    {
        if (!StunReader.TryRead(bytes, out var message)) return false;
        Assert.Equal(bytes.Length, message.Length);
        Assert.True(Enum.IsDefined(message.Class));
        Assert.Equal(12, message.TransactionId.Length);
        _ = message.UseCandidate;
        _ = message.IsBinding;
        _ = message.Priority;
        _ = message.IceControlled;
        _ = message.IceControlling;
        Assert.True(message.ErrorCode is 0 or (>= 300 and <= 699));
        if (message.TrySplitUsername(out var receiver, out var sender))
        {
            Assert.Equal(message.Username.Length, receiver.Length + 1 + sender.Length);
        }

        message.TryGetXorMappedAddress(out _);
        Span<ushort> unknown = stackalloc ushort[8];
        Assert.Equal(message.HasUnknownRequiredAttribute(out var first), message.CopyUnknownRequiredAttributes(unknown) > 0);
        Assert.Equal(first, unknown[0]);
        Assert.False(message.VerifyMessageIntegrity("another password, of nobody"u8));
        Assert.False(message.VerifyFingerprint() && !message.HasFingerprint);
        return true;
    }

    private static byte[] Nominating()
    {
        var buffer = new byte[256];
        var writer = StunWriter.Request(buffer, Rfc5769.TransactionId);
        writer.AddUsername("server:client"u8);
        writer.AddIceControlling(42);
        writer.AddUseCandidate();
        writer.AddPriority(1);
        return buffer[..writer.Finish(Rfc5769.Password)];
    }

    private static byte[] Refusing()
    {
        var buffer = new byte[256];
        var writer = StunWriter.ErrorResponse(buffer, Rfc5769.TransactionId);
        writer.AddErrorCode(420);
        writer.AddUnknownAttributes([3, 4, 5]);
        return buffer[..writer.Finish(Rfc5769.Password)];
    }
}
