namespace Streaming.Server.Attendance;

/// <summary>The last sequence number of each class, so that the disk is asked for it once.</summary>
/// <remarks>Safe for threads.</remarks>
internal sealed class LastSequences
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);

    /// <summary>A class's last number.</summary>
    /// <param name="class">The class.</param>
    /// <param name="read">Asks the disk. Within the gate: a write that ends meanwhile is noted behind what is read.</param>
    public long Of(string @class, Func<long> read)
    {
        lock (_gate)
        {
            return _last.TryGetValue(@class, out var known) ? known : _last[@class] = read();
        }
    }

    /// <summary>Notes what is on the disk now.</summary>
    public void Note(IReadOnlyCollection<LedgerEntry> entries)
    {
        lock (_gate)
        {
            foreach (var entry in entries)
            {
                if (_last.TryGetValue(entry.Class, out var last) && last < entry.Sequence)
                {
                    _last[entry.Class] = entry.Sequence;
                }
            }
        }
    }

    /// <summary>The disk is to be asked again.</summary>
    public void Forget(string @class)
    {
        lock (_gate)
        {
            _last.Remove(@class);
        }
    }
}
