using System.Buffers.Binary;
using static Streaming.Rtc.Stun.StunFormat;

namespace Streaming.Rtc.Stun;

/// <summary>Where the value of each attribute begins in a message, in bytes from its start; 0 when it is not there.</summary>
/// <remarks>Made once per message by <see cref="StunReader"/>; an offset in here points at a value that lies wholly inside the message.</remarks>
internal struct StunAttributeMap
{
    public ushort Username { get; private set; }

    public ushort MessageIntegrity { get; private set; }

    public ushort ErrorCode { get; private set; }

    public ushort XorMappedAddress { get; private set; }

    public ushort Priority { get; private set; }

    public ushort UseCandidate { get; private set; }

    public ushort Fingerprint { get; private set; }

    public ushort IceControlled { get; private set; }

    public ushort IceControlling { get; private set; }

    public bool HasUnknownRequired { get; private set; }

    public ushort FirstUnknownRequired { get; private set; }

    /// <summary>Walks the attributes of a message whose header has been checked.</summary>
    /// <returns>False when an attribute does not fit its type, its place or the message.</returns>
    public static bool TryMake(ReadOnlySpan<byte> message, out StunAttributeMap map)
    {
        map = default;
        var at = HeaderLength;
        while (at < message.Length)
        {
            // RFC 8489 §14.7: FINGERPRINT is last. What came after it would be covered by nothing at all.
            if (map.Fingerprint != 0 || message.Length - at < AttributeHeaderLength) return false;
            var type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]);
            at += AttributeHeaderLength;
            if (Padded(length) > message.Length - at || !HasPossibleLength((StunAttribute)type, length)) return false;

            if (map.MessageIntegrity == 0 || type == (ushort)StunAttribute.Fingerprint) map.Note(type, (ushort)at);
            at += Padded(length);
        }

        return true;
    }

    /// <summary>Whether a receiver must understand this type and we do not (RFC 8489 §14).</summary>
    public static bool IsUnknownRequired(ushort type) =>
        type < FirstOptionalAttribute
        && (StunAttribute)type is not (StunAttribute.MappedAddress or StunAttribute.Username or StunAttribute.MessageIntegrity
            or StunAttribute.ErrorCode or StunAttribute.UnknownAttributes or StunAttribute.XorMappedAddress
            or StunAttribute.Priority or StunAttribute.UseCandidate);

    private static bool HasPossibleLength(StunAttribute type, int length) => type switch
    {
        StunAttribute.MessageIntegrity => length == IntegrityLength,
        StunAttribute.Fingerprint or StunAttribute.Priority => length == 4,
        StunAttribute.IceControlled or StunAttribute.IceControlling => length == 8,
        StunAttribute.UseCandidate => length == 0,
        StunAttribute.XorMappedAddress => length is 8 or 20,
        StunAttribute.ErrorCode => length >= 4,
        _ => true,
    };

    private void Note(ushort type, ushort at)
    {
        switch ((StunAttribute)type)
        {
            case StunAttribute.Username: Username = First(Username, at); break;
            case StunAttribute.MessageIntegrity: MessageIntegrity = at; break;
            case StunAttribute.ErrorCode: ErrorCode = First(ErrorCode, at); break;
            case StunAttribute.XorMappedAddress: XorMappedAddress = First(XorMappedAddress, at); break;
            case StunAttribute.Priority: Priority = First(Priority, at); break;
            case StunAttribute.UseCandidate: UseCandidate = First(UseCandidate, at); break;
            case StunAttribute.Fingerprint: Fingerprint = at; break;
            case StunAttribute.IceControlled: IceControlled = First(IceControlled, at); break;
            case StunAttribute.IceControlling: IceControlling = First(IceControlling, at); break;
            default:
                if (HasUnknownRequired || !IsUnknownRequired(type)) break;
                (HasUnknownRequired, FirstUnknownRequired) = (true, type);
                break;
        }
    }

    private static ushort First(ushort known, ushort at) => known != 0 ? known : at;
}
