namespace Streaming.Rtc.Stun;

/// <summary>The class of a message: the two C bits of its type (RFC 8489 §5).</summary>
internal enum StunClass
{
    /// <summary>Expects an answer.</summary>
    Request,

    /// <summary>Expects none.</summary>
    Indication,

    /// <summary>The request did what it should.</summary>
    SuccessResponse,

    /// <summary>The request was refused; ERROR-CODE says why.</summary>
    ErrorResponse,
}

/// <summary>The attributes that this implementation understands (RFC 8489 §18.3, RFC 8445 §20.1).</summary>
internal enum StunAttribute : ushort
{
    MappedAddress = 0x0001,
    Username = 0x0006,
    MessageIntegrity = 0x0008,
    ErrorCode = 0x0009,
    UnknownAttributes = 0x000A,
    XorMappedAddress = 0x0020,
    Priority = 0x0024,
    UseCandidate = 0x0025,
    Fingerprint = 0x8028,
    IceControlled = 0x8029,
    IceControlling = 0x802A,
}

/// <summary>Sizes and constants of the wire format (RFC 8489 §5, §14).</summary>
internal static class StunFormat
{
    public const int HeaderLength = 20;
    public const int AttributeHeaderLength = 4;
    public const int TransactionIdLength = 12;
    public const int IntegrityLength = 20;
    public const int FingerprintLength = 4;

    /// <summary>The largest message that is read, in bytes. A check has no use for more, and it bounds the work before authentication.</summary>
    public const int MaxMessageLength = 1280;

    public const uint MagicCookie = 0x2112A442;
    public const ushort BindingMethod = 0x001;
    public const byte FamilyIPv4 = 0x01;
    public const byte FamilyIPv6 = 0x02;

    /// <summary>The first type that a receiver may ignore when it does not know it; those below are comprehension-required.</summary>
    public const ushort FirstOptionalAttribute = 0x8000;

    /// <summary>A value's length with the padding to 32 bits that follows it.</summary>
    public static int Padded(int length) => (length + 3) & ~3;
}
