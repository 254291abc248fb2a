using System.Runtime.CompilerServices;

namespace Streaming.Rtc.Sfu.Congestion;

/// <summary>The least of the values of the last while, kept as one value per part of it.</summary>
/// <param name="partTicks">How long a part is, in ticks.</param>
/// <param name="parts">How many are remembered, the one at hand included; 1 to <see cref="MostParts"/>.</param>
internal struct MinimumWindow(long partTicks, int parts)
{
    /// <summary>The most parts that there can be.</summary>
    public const int MostParts = 6;

    private Values _least;
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
            var least = _count == 0 ? 0 : _least[0];
            for (var i = 1; i < _count; i++) least = Math.Min(least, _least[i]);
            return least;
        }
    }

    /// <summary>Takes a value.</summary>
    /// <param name="ticks">When; one before the newest counts as of now.</param>
    /// <param name="value">The value.</param>
    public void Add(long ticks, long value)
    {
        Newest = _count == 0 ? ticks : Math.Max(Newest, ticks);
        if (_count == 0 || Newest - _partBegan >= partTicks * parts) (_at, _count) = (-1, 0);
        if (_count == 0 || Newest - _partBegan >= partTicks) Begin(value);
        else _least[_at] = Math.Min(_least[_at], value);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _count = 0;

    // The parts that are known lie at the beginning, whichever of them is the newest.
    private void Begin(long value)
    {
        _at = _at + 1 < parts ? _at + 1 : 0;
        _count = Math.Max(_count, _at + 1);
        _least[_at] = value;
        _partBegan = Newest;
    }

    [InlineArray(MostParts)]
    private struct Values
    {
        private long _first;
    }
}
