using System.Buffers.Binary;
using static Streaming.Rtc.Stun.StunFormat;

namespace Streaming.Rtc.Stun;

/// <summary>Writes one binding message (RFC 8489 §5) into a buffer: a maker, attributes in any order, then <see cref="Finish"/>.</summary>
/// <remarks>The buffer is the caller's and must be large enough; too small a one is our own fault and throws.</remarks>
internal ref struct StunWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    private StunWriter(Span<byte> buffer, StunClass @class, scoped ReadOnlySpan<byte> transactionId)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(transactionId.Length, TransactionIdLength);
        _buffer = buffer;
        var type = (ushort)(BindingMethod | (((int)@class & 0b10) << 7) | (((int)@class & 0b01) << 4));
        BinaryPrimitives.WriteUInt16BigEndian(buffer, type);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], MagicCookie);
        transactionId.CopyTo(buffer[8..]);
        _length = HeaderLength;
    }

    /// <summary>Begins a binding request.</summary>
    public static StunWriter Request(Span<byte> buffer, scoped ReadOnlySpan<byte> transactionId) => new(buffer, StunClass.Request, transactionId);

    /// <summary>Begins the success response to the request with this transaction.</summary>
    public static StunWriter SuccessResponse(Span<byte> buffer, scoped ReadOnlySpan<byte> transactionId) =>
        new(buffer, StunClass.SuccessResponse, transactionId);

    /// <summary>Begins the error response to the request with this transaction.</summary>
    public static StunWriter ErrorResponse(Span<byte> buffer, scoped ReadOnlySpan<byte> transactionId) =>
        new(buffer, StunClass.ErrorResponse, transactionId);

    /// <summary>Adds USERNAME.</summary>
    public void AddUsername(scoped ReadOnlySpan<byte> username) => username.CopyTo(Add(StunAttribute.Username, username.Length));

    /// <summary>Adds PRIORITY.</summary>
    public void AddPriority(uint priority) => BinaryPrimitives.WriteUInt32BigEndian(Add(StunAttribute.Priority, 4), priority);

    /// <summary>Adds USE-CANDIDATE.</summary>
    public void AddUseCandidate() => Add(StunAttribute.UseCandidate, 0);

    /// <summary>Adds ICE-CONTROLLING.</summary>
    public void AddIceControlling(ulong tieBreaker) =>
        BinaryPrimitives.WriteUInt64BigEndian(Add(StunAttribute.IceControlling, 8), tieBreaker);

    /// <summary>Adds ICE-CONTROLLED.</summary>
    public void AddIceControlled(ulong tieBreaker) =>
        BinaryPrimitives.WriteUInt64BigEndian(Add(StunAttribute.IceControlled, 8), tieBreaker);

    /// <summary>Adds XOR-MAPPED-ADDRESS (§14.2), in the family that the address has.</summary>
    public void AddXorMappedAddress(TransportAddress address)
    {
        var value = Add(StunAttribute.XorMappedAddress, address.IsIPv4 ? 8 : 20);
        value[1] = address.IsIPv4 ? FamilyIPv4 : FamilyIPv6;
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(address.Port ^ (MagicCookie >> 16)));
        if (address.IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(value[4..], address.IPv4 ^ MagicCookie);
            return;
        }

        address.WriteIPv6(value[4..]);
        for (var index = 0; index < 16; index++) value[4 + index] ^= _buffer[4 + index];
    }

    /// <summary>Adds ERROR-CODE without a reason phrase: programs read the number, and a short answer helps nobody to amplify.</summary>
    /// <param name="code">300–699.</param>
    public void AddErrorCode(int code)
    {
        var value = Add(StunAttribute.ErrorCode, 4);
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
    }

    /// <summary>Adds UNKNOWN-ATTRIBUTES (§14.13).</summary>
    public void AddUnknownAttributes(scoped ReadOnlySpan<ushort> types)
    {
        var value = Add(StunAttribute.UnknownAttributes, 2 * types.Length);
        for (var index = 0; index < types.Length; index++) BinaryPrimitives.WriteUInt16BigEndian(value[(2 * index)..], types[index]);
    }

    /// <summary>Adds MESSAGE-INTEGRITY and FINGERPRINT and closes the message.</summary>
    /// <param name="integrityKey">The password's bytes; empty leaves MESSAGE-INTEGRITY out, for an answer to a sender who proved nothing.</param>
    /// <returns>The message's length in bytes.</returns>
    public int Finish(scoped ReadOnlySpan<byte> integrityKey)
    {
        if (!integrityKey.IsEmpty)
        {
            var covered = _length;
            var integrity = Add(StunAttribute.MessageIntegrity, IntegrityLength);
            StunIntegrity.Compute(_buffer[..covered], integrityKey, integrity);
        }

        var checkedLength = _length;
        var fingerprint = Add(StunAttribute.Fingerprint, FingerprintLength);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(_length - HeaderLength));
        BinaryPrimitives.WriteUInt32BigEndian(fingerprint, StunFingerprint.Compute(_buffer[..checkedLength]));
        return _length;
    }

    private Span<byte> Add(StunAttribute type, int length)
    {
        var attribute = _buffer.Slice(_length, AttributeHeaderLength + Padded(length));
        BinaryPrimitives.WriteUInt16BigEndian(attribute, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)length);
        var value = attribute[AttributeHeaderLength..];
        value.Clear();
        _length += attribute.Length;
        return value[..length];
    }
}
