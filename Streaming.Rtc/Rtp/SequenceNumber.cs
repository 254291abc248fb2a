namespace Streaming.Rtc.Rtp;

/// <summary>An RTP sequence number: 16 bits that wrap, compared by serial arithmetic (RFC 1982).</summary>
/// <remarks>
/// There is no ordering operator on purpose: the relation is not transitive around the circle, so sorting by it would lie. Two numbers
/// half a circle apart (32 768) are unordered; neither is newer than the other.
/// </remarks>
internal readonly record struct SequenceNumber(ushort Value)
{
    /// <summary>The number that follows this one; 0 follows 65 535.</summary>
    public SequenceNumber Next => new(unchecked((ushort)(Value + 1)));

    /// <summary>
    /// How far this number lies ahead of <paramref name="other"/> by the shorter way, negative when it lies behind;
    /// −32 768 when both ways are equally long.
    /// </summary>
    public short DistanceFrom(SequenceNumber other) => unchecked((short)(Value - other.Value));

    /// <summary>Whether this number comes after <paramref name="other"/>.</summary>
    public bool IsNewerThan(SequenceNumber other) => DistanceFrom(other) > 0;

    /// <summary>The number <paramref name="offset"/> places further on; back when negative.</summary>
    public static SequenceNumber operator +(SequenceNumber number, int offset) => new(unchecked((ushort)(number.Value + offset)));

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
