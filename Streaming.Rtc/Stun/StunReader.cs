using System.Buffers.Binary;
using System.Security.Cryptography;
using static Streaming.Rtc.Stun.StunFormat;

namespace Streaming.Rtc.Stun;

/// <summary>A STUN message (RFC 8489 §5), read where it lies.</summary>
/// <remarks>
/// <see cref="TryRead"/> walks the attributes once and keeps where each lies; every property after that is safe to read. Of a repeated
/// attribute the first counts (§14). What follows MESSAGE-INTEGRITY is ignored, FINGERPRINT excepted (§14.5): nobody vouches for it.
/// </remarks>
internal readonly ref struct StunReader
{
    private readonly ReadOnlySpan<byte> _message;
    private readonly StunAttributeMap _at;

    private StunReader(ReadOnlySpan<byte> message, StunAttributeMap at)
    {
        _message = message;
        _at = at;
    }

    /// <summary>Reads a message.</summary>
    /// <param name="message">One whole datagram, at most <see cref="MaxMessageLength"/> bytes; the reader is valid as long as it is.</param>
    /// <param name="reader">The message, when this returns true.</param>
    /// <returns>
    /// False when it is no STUN, when its length is not exactly what its header says, when an attribute runs over the end or has a length
    /// that its type cannot have, or when anything follows FINGERPRINT.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out StunReader reader)
    {
        reader = default;
        if (message.Length is < HeaderLength or > MaxMessageLength) return false;
        if (message[0] > 0x3F) return false;
        if (BinaryPrimitives.ReadUInt32BigEndian(message[4..]) != MagicCookie) return false;
        if (BinaryPrimitives.ReadUInt16BigEndian(message[2..]) != message.Length - HeaderLength) return false;
        if (!StunAttributeMap.TryMake(message, out var at)) return false;

        reader = new StunReader(message, at);
        return true;
    }

    /// <summary>Request, indication or one of the two responses.</summary>
    public StunClass Class => (StunClass)(((Type >> 7) & 0b10) | ((Type >> 4) & 0b01));

    /// <summary>Whether the method is Binding, the only one that ICE uses.</summary>
    public bool IsBinding => ((Type & 0x000F) | ((Type & 0x00E0) >> 1) | ((Type & 0x3E00) >> 2)) == BindingMethod;

    /// <summary>The 12 bytes that tie a response to its request.</summary>
    public ReadOnlySpan<byte> TransactionId => _message.Slice(8, TransactionIdLength);

    /// <summary>How long the message is, in bytes.</summary>
    public int Length => _message.Length;

    /// <summary>USERNAME; empty when there is none.</summary>
    public ReadOnlySpan<byte> Username => _at.Username == 0 ? default : Value(_at.Username);

    /// <summary>PRIORITY (RFC 8445 §7.1.1).</summary>
    public uint? Priority => _at.Priority == 0 ? null : BinaryPrimitives.ReadUInt32BigEndian(Value(_at.Priority));

    /// <summary>Whether USE-CANDIDATE is there: the controlling agent nominates this path (RFC 8445 §7.1.2).</summary>
    public bool UseCandidate => _at.UseCandidate != 0;

    /// <summary>The tie-breaker of a sender that believes itself controlling (RFC 8445 §7.1.3).</summary>
    public ulong? IceControlling => _at.IceControlling == 0 ? null : BinaryPrimitives.ReadUInt64BigEndian(Value(_at.IceControlling));

    /// <summary>The tie-breaker of a sender that believes itself controlled (RFC 8445 §7.1.3).</summary>
    public ulong? IceControlled => _at.IceControlled == 0 ? null : BinaryPrimitives.ReadUInt64BigEndian(Value(_at.IceControlled));

    /// <summary>The code of ERROR-CODE, 300–699; 0 when there is none or it is out of that range.</summary>
    public int ErrorCode
    {
        get
        {
            if (_at.ErrorCode == 0) return 0;
            var value = Value(_at.ErrorCode);
            var (hundreds, rest) = (value[2] & 0b111, value[3]);
            return hundreds is >= 3 and <= 6 && rest < 100 ? (hundreds * 100) + rest : 0;
        }
    }

    /// <summary>Whether MESSAGE-INTEGRITY is there. It says nothing until it is verified.</summary>
    public bool HasMessageIntegrity => _at.MessageIntegrity != 0;

    /// <summary>Whether FINGERPRINT is there.</summary>
    public bool HasFingerprint => _at.Fingerprint != 0;

    /// <summary>Splits the user name of a check: the receiver's fragment, a colon, the sender's (RFC 8445 §7.2.2).</summary>
    public bool TrySplitUsername(out ReadOnlySpan<byte> receiver, out ReadOnlySpan<byte> sender)
    {
        receiver = sender = default;
        var username = Username;
        var colon = username.IndexOf((byte)':');
        if (colon < 1 || colon == username.Length - 1) return false;
        receiver = username[..colon];
        sender = username[(colon + 1)..];
        return true;
    }

    /// <summary>Reads XOR-MAPPED-ADDRESS (RFC 8489 §14.2).</summary>
    public bool TryGetXorMappedAddress(out TransportAddress address)
    {
        address = default;
        if (_at.XorMappedAddress == 0) return false;
        var value = Value(_at.XorMappedAddress);
        var port = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(value[2..]) ^ (MagicCookie >> 16));
        if (value is [_, FamilyIPv4, _, _, _, _, _, _])
        {
            address = TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(value[4..]) ^ MagicCookie, port);
            return true;
        }

        if (value[1] != FamilyIPv6 || value.Length != 20) return false;
        Span<byte> plain = stackalloc byte[16];
        for (var index = 0; index < plain.Length; index++) plain[index] = (byte)(value[4 + index] ^ _message[4 + index]);
        address = TransportAddress.FromIPv6(plain, port);
        return true;
    }

    /// <summary>Whether MESSAGE-INTEGRITY is there and was made with <paramref name="key"/>: HMAC-SHA1, compared in constant time.</summary>
    /// <param name="key">The password's bytes (short-term credentials, RFC 8489 §9.1.1).</param>
    public bool VerifyMessageIntegrity(ReadOnlySpan<byte> key)
    {
        if (!HasMessageIntegrity) return false;
        var covered = _message[..(_at.MessageIntegrity - AttributeHeaderLength)];
        Span<byte> computed = stackalloc byte[IntegrityLength];
        StunIntegrity.Compute(covered, key, computed);
        return CryptographicOperations.FixedTimeEquals(computed, Value(_at.MessageIntegrity));
    }

    /// <summary>Whether FINGERPRINT is there and right.</summary>
    public bool VerifyFingerprint() =>
        HasFingerprint
        && BinaryPrimitives.ReadUInt32BigEndian(Value(_at.Fingerprint))
            == StunFingerprint.Compute(_message[..(_at.Fingerprint - AttributeHeaderLength)]);

    /// <summary>Whether there is an attribute that must be understood and is not: answered with 420 (RFC 8489 §6.3.1).</summary>
    /// <param name="type">The first such type; 0 when there is none.</param>
    public bool HasUnknownRequiredAttribute(out ushort type)
    {
        type = _at.FirstUnknownRequired;
        return _at.HasUnknownRequired;
    }

    /// <summary>Lists the attributes that must be understood and are not, as many as fit.</summary>
    /// <param name="types">Gets the types, in the order of the message.</param>
    /// <returns>How many were written.</returns>
    public int CopyUnknownRequiredAttributes(Span<ushort> types)
    {
        var (count, at) = (0, HeaderLength);
        var end = HasMessageIntegrity ? _at.MessageIntegrity : _message.Length;
        while (_at.HasUnknownRequired && at < end && count < types.Length)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(_message[at..]);
            if (StunAttributeMap.IsUnknownRequired(type)) types[count++] = type;
            at += AttributeHeaderLength + Padded(BinaryPrimitives.ReadUInt16BigEndian(_message[(at + 2)..]));
        }

        return count;
    }

    private ushort Type => BinaryPrimitives.ReadUInt16BigEndian(_message);

    private ReadOnlySpan<byte> Value(int at) => _message.Slice(at, BinaryPrimitives.ReadUInt16BigEndian(_message[(at - 2)..]));
}
