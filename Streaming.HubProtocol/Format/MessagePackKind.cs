namespace Streaming.HubProtocol.Format;

/// <summary>The families of formats in MessagePack, told apart by a value's first byte.</summary>
internal enum MessagePackKind
{
    Nil,
    Boolean,

    /// <summary>Any width, signed or not.</summary>
    Integer,
    Single,
    Double,
    String,
    Binary,
    Array,
    Map,
    Extension,
}
