namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>The least of the values of the last while, kept as one value per part of it.</summary>
/// <param name="partTicks">How long a part is, in ticks.</param>
/// <param name="parts">How many are remembered, the one at hand included.</param>
internal struct MinimumWindow(long partTicks, int parts)
{
    private readonly long[] _least = new long[parts];
    private int _count;
    private int _at;
    private long _partBegan;

    /// <summary>Whether nothing is known.</summary>
    public readonly bool IsEmpty => _count == 0;

    /// <summary>The time of the newest value.</summary>
    public long Newest { get; private set; }

    /// <summary>The least value; 0 when nothing is known.</summary>
    public readonly long Least
    {
        get
        {
            if (_count == 0) return 0;

            var least = long.MaxValue;
            for (var i = 0; i < _count; i++) least = Math.Min(least, _least[(_at + parts - i) % parts]);
            return least;
        }
    }

    /// <summary>Takes a value.</summary>
    /// <param name="ticks">When; one before the newest counts as of now.</param>
    /// <param name="value">The value.</param>
    public void Add(long ticks, long value)
    {
        Newest = _count == 0 ? ticks : Math.Max(Newest, ticks);
        if (_count == 0 || Newest - _partBegan >= partTicks * parts) Begin(value, 1);
        else if (Newest - _partBegan >= partTicks) Begin(value, Math.Min(parts, _count + 1));
        else _least[_at] = Math.Min(_least[_at], value);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _count = 0;

    private void Begin(long value, int count)
    {
        _at = (_at + 1) % parts;
        _least[_at] = value;
        _count = count;
        _partBegan = Newest;
    }
}
