namespace Streaming.Rtc;

/// <summary>One count per <see cref="DropReason"/>.</summary>
/// <remarks>Written by one worker thread; read racily by metrics.</remarks>
public sealed class DropCounters
{
    private static readonly int Reasons = Enum.GetValues<DropReason>().Length;
    private readonly long[] _counts = new long[Reasons];

    /// <summary>Counts one dropped datagram.</summary>
    public void Count(DropReason reason) => _counts[(int)reason]++;

    /// <summary>How many datagrams were dropped for <paramref name="reason"/>.</summary>
    public long this[DropReason reason] => Volatile.Read(ref _counts[(int)reason]);

    /// <summary>How many datagrams were dropped in all.</summary>
    public long Total => _counts.Sum();
}
