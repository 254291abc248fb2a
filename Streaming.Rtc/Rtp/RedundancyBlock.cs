namespace Streaming.Rtc.Rtp;

/// <summary>
/// The layout of redundant audio (RED, RFC 2198 §3): |1|PT (7)|timestamp offset (14)|length (10)| for each earlier payload, then |0|PT (7)|.
/// </summary>
internal static class RedundancyFormat
{
    /// <summary>Bytes before each earlier payload's data.</summary>
    public const int EarlierHeaderLength = 4;

    /// <summary>Bytes before the primary payload's data.</summary>
    public const int PrimaryHeaderLength = 1;

    /// <summary>How far back an earlier payload may lie, in timestamp units: 341 ms at 48 kHz.</summary>
    public const uint LargestOffset = 0x3FFF;

    /// <summary>The longest earlier payload, in bytes.</summary>
    public const int LargestEarlier = 0x3FF;
}

/// <summary>One payload in a RED payload.</summary>
internal readonly ref struct RedundancyBlock
{
    /// <summary>What the payload is.</summary>
    public PayloadType PayloadType { get; init; }

    /// <summary>How far it lies before the packet's timestamp, 0–16 383; 0 for the primary one.</summary>
    public uint TimestampOffset { get; init; }

    /// <summary>Whether it is the packet's own payload rather than an earlier one.</summary>
    public bool IsPrimary { get; init; }

    /// <summary>The payload; may be empty.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }
}
