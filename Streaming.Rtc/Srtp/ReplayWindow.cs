using System.Numerics;

namespace Streaming.Rtc.Srtp;

/// <summary>Which of the newest indices of a stream have been seen (RFC 3711 §3.3.2).</summary>
internal sealed class ReplayWindow
{
    private readonly ulong[] _seen;
    private readonly int _mask;

    /// <summary>Makes a window that has seen nothing.</summary>
    /// <param name="size">How many indices it covers; a power of two, at least 64.</param>
    internal ReplayWindow(int size)
    {
        if (size < 64 || !BitOperations.IsPow2(size))
            throw new ArgumentOutOfRangeException(nameof(size), size, "A power of two, at least 64.");

        _seen = new ulong[size / 64];
        _mask = size - 1;
    }

    /// <summary>The highest index seen; -1 before the first.</summary>
    internal long Highest { get; private set; } = -1;

    /// <summary>Reads where the next index will be marked.</summary>
    internal int Touch() => (int)_seen[((int)(Highest + 1) & _mask) >> 6];

    /// <summary>Whether an index is neither seen nor too old to tell.</summary>
    internal bool MayAccept(long index)
    {
        if (index > Highest)
            return true;
        if (index < 0 || Highest - index > _mask)
            return false;

        var bit = (int)index & _mask;
        return (_seen[bit >> 6] & (1UL << (bit & 63))) == 0;
    }

    /// <summary>Marks an index that <see cref="MayAccept"/> let pass and whose packet proved authentic.</summary>
    internal void Accept(long index)
    {
        if (index > Highest)
        {
            // The places that the window slides on to held indices of long ago.
            if (index - Highest > _mask)
                Array.Clear(_seen);
            else
                Forget(Highest + 1, index);

            Highest = index;
        }

        var bit = (int)index & _mask;
        _seen[bit >> 6] |= 1UL << (bit & 63);
    }

    /// <summary>How many indices after this one have been seen; those that the window no longer covers are not counted.</summary>
    internal int CountAfter(long index)
    {
        var count = 0;
        for (var next = Math.Max(index + 1, Math.Max(0, Highest - _mask)); next <= Highest;)
        {
            // What is left of the word that holds it, without what lies beyond the highest: there, indices of long ago are kept.
            var word = _seen[((int)next & _mask) >> 6] >> (int)(next & 63);
            var bits = (int)Math.Min(64 - (next & 63), Highest - next + 1);
            count += BitOperations.PopCount(bits == 64 ? word : word & ((1UL << bits) - 1));
            next += bits;
        }

        return count;
    }

    private void Forget(long from, long until)
    {
        for (var index = from; index < until; index++)
            _seen[((int)index & _mask) >> 6] &= ~(1UL << ((int)index & 63));
    }
}
