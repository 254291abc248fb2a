using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>Under which number a watcher got which packet, so that the same one can be sent again.</summary>
/// <remarks>Fixed room for the last <see cref="Capacity"/> numbers; belongs to one <see cref="DownTrack"/>.</remarks>
internal sealed class ResendHistory
{
    /// <summary>How many numbers are remembered: three seconds of 2.5 Mbit/s.</summary>
    public const int Capacity = 1024;

    private readonly Entry[] _entries = new Entry[Capacity];
    private TokenBucket _budget = new(capacity: 256, perSecond: 512);   // who lost everything should ask for a key frame instead

    /// <summary>Notes a packet that leaves.</summary>
    /// <param name="now">When.</param>
    /// <param name="number">Its number as the watcher sees it.</param>
    /// <param name="source">Its number in the publisher's stream.</param>
    /// <param name="timestamp">Its timestamp as the watcher sees it.</param>
    public void Note(Instant now, SequenceNumber number, SequenceNumber source, uint timestamp) =>
        _entries[number.Value % Capacity] = new Entry { SentAt = now, Number = number, Source = source, Timestamp = timestamp, IsFilled = true };

    /// <summary>Finds what left under a number.</summary>
    public bool TryFind(SequenceNumber number, out SequenceNumber source, out uint timestamp)
    {
        ref readonly var entry = ref _entries[number.Value % Capacity];
        (source, timestamp) = (entry.Source, entry.Timestamp);
        return entry.IsFilled && entry.Number == number;
    }

    /// <summary>Whether the budget is spent.</summary>
    public bool IsSpent(Instant now) => _budget.IsEmpty(now);

    /// <summary>Whether a request for a number is answered: its last copy may be lost, and the budget is not spent.</summary>
    /// <param name="now">When the request came.</param>
    /// <param name="number">One that <see cref="TryFind"/> has found; its copy is taken as sent now.</param>
    /// <param name="shortestAnswer">A request that comes sooner than this after the last copy left is about an earlier one.</param>
    public bool TryTake(Instant now, SequenceNumber number, TimeSpan shortestAnswer)
    {
        ref var entry = ref _entries[number.Value % Capacity];
        if (now - entry.SentAt < shortestAnswer)
        {
            return false;
        }

        if (!_budget.TryTake(now))
        {
            return false;
        }

        entry.SentAt = now;
        return true;
    }

    /// <summary>Forgets everything: another source fills the slot.</summary>
    public void Clear() => Array.Clear(_entries);

    private struct Entry
    {
        public Instant SentAt;
        public uint Timestamp;
        public SequenceNumber Number;
        public SequenceNumber Source;
        public bool IsFilled;
    }
}
