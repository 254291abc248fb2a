using System.Numerics;

namespace Streaming.Rtc.Rtcp;

/// <summary>What is said of one packet (§3.1.1).</summary>
internal enum StatusSymbol
{
    /// <summary>It has not arrived.</summary>
    NotReceived = 0,

    /// <summary>It came 0–63.75 ms after the one before: a delta of 8 bits.</summary>
    SmallDelta = 1,

    /// <summary>It came before the one before, or much later: a delta of 16 bits with sign.</summary>
    LargeDelta = 2,

    /// <summary>Not in use; a packet that says it is malformed.</summary>
    Reserved = 3,
}

/// <summary>Sixteen bits that give the statuses of some packets: a run (§3.1.3) or a vector of 14 or 7 symbols (§3.1.4).</summary>
/// <param name="Bits">As on the wire.</param>
internal readonly record struct StatusChunk(ushort Bits)
{
    /// <summary>Whether all its packets have one status.</summary>
    public bool IsRun => (Bits & 0x8000) == 0;

    /// <summary>How many packets it speaks of; the last chunk may speak of more than there are. At least 1, for a run of none would not end.</summary>
    public int Count => IsRun ? Math.Max(1, Bits & TransportFeedbackFormat.LongestRun) : IsTwoBit ? 7 : 14;

    private bool IsTwoBit => (Bits & 0x4000) != 0;

    /// <summary>The status of one of its packets.</summary>
    /// <param name="index">Less than <see cref="Count"/>.</param>
    public StatusSymbol SymbolAt(int index) =>
        IsRun ? (StatusSymbol)((Bits >> 13) & 3)
        : IsTwoBit ? (StatusSymbol)((Bits >> (2 * (6 - index))) & 3)
        : (StatusSymbol)((Bits >> (13 - index)) & 1);

    /// <summary>Counts the bytes of deltas that its first packets have.</summary>
    /// <returns>False when one of their statuses is reserved, or when it is a run of none.</returns>
    public bool TryCountDeltaBytes(int count, out int bytes)
    {
        bytes = 0;
        if (IsRun)
        {
            var symbol = SymbolAt(0);
            bytes = (int)symbol * count;
            return symbol != StatusSymbol.Reserved && (Bits & TransportFeedbackFormat.LongestRun) != 0;
        }

        if (!IsTwoBit)
        {
            bytes = BitOperations.PopCount((uint)(Bits & 0x3FFF) >> (14 - count));
            return true;
        }

        for (var i = 0; i < count; i++)
        {
            var symbol = SymbolAt(i);
            if (symbol == StatusSymbol.Reserved) return false;
            bytes += (int)symbol;
        }

        return true;
    }
}

/// <summary>The numbers of the wire format of transport-wide feedback.</summary>
internal static class TransportFeedbackFormat
{
    /// <summary>Bytes between the SSRCs and the chunks: base, count, reference time, feedback count.</summary>
    public const int FixedLength = 8;

    public const int ChunkLength = 2;

    /// <summary>The longest run that 13 bits can say.</summary>
    public const int LongestRun = 0x1FFF;

    /// <summary>Units of arrival time (250 µs) in one of the reference time (64 ms).</summary>
    public const int UnitsPerReference = 256;

    /// <summary>Ticks of 100 ns in a unit of arrival time.</summary>
    public const int TicksPerUnit = 2_500;
}
