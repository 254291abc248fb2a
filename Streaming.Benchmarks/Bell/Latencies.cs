using Streaming.Server.Attendance;

namespace Streaming.Benchmarks.Bell;

/// <summary>How long entries were on their way, from the command that made them.</summary>
/// <remarks>Safe for threads.</remarks>
internal sealed class Latencies : ILedgerListener
{
    private readonly Lock _gate = new();
    private readonly List<double> _milliseconds = [];

    /// <summary>How many have arrived since the start.</summary>
    public long Total { get; private set; }

    /// <summary>How often some arrived together, since the start.</summary>
    public long Batches { get; private set; }

    /// <summary>These arrived now.</summary>
    public void Written(IReadOnlyList<LedgerEntry> entries)
    {
        var now = DateTimeOffset.UtcNow;
        lock (_gate)
        {
            Total += entries.Count;
            Batches += entries.Count > 0 ? 1 : 0;
            foreach (var entry in entries)
            {
                _milliseconds.Add((now - entry.At).TotalMilliseconds);
            }
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _milliseconds.Clear();
        }
    }

    /// <summary>How many arrived, and the median and the 99th percentile in milliseconds.</summary>
    public (int Count, double Median, double P99) Take()
    {
        lock (_gate)
        {
            _milliseconds.Sort();
            return (_milliseconds.Count, At(0.5), At(0.99));
        }
    }

    private double At(double share) => _milliseconds.Count == 0 ? double.NaN : _milliseconds[(int)(share * (_milliseconds.Count - 1))];
}
