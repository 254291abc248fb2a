using Streaming.Rtc.Rtp;

namespace Streaming.Rtc.Sfu;

/// <summary>Which packets of voice left under which transport number, so that those which did not come can be sent again.</summary>
/// <remarks>
/// Belongs to one <see cref="DownTrack"/>; only its RTC worker calls it. Fixed room for the last <see cref="Capacity"/> packets. A packet is sent
/// again while somebody may still wait for it; what copies in later packets (RED) make good is not.
/// </remarks>
internal sealed class VoiceRepairs
{
    /// <summary>How many packets are remembered: over a second of 20 ms frames.</summary>
    public const int Capacity = 64;

    /// <summary>How long after it was said first a word is still worth sending.</summary>
    public static readonly TimeSpan Worth = TimeSpan.FromMilliseconds(1_500);

    private readonly Entry[] _entries = new Entry[Capacity];
    private TokenBucket _budget = new(capacity: 8, perSecond: 12);   // who loses more than that needs another rung, not more packets
    private int _count;
    private int _next;

    /// <summary>A packet leaves.</summary>
    /// <param name="now">When.</param>
    /// <param name="number">Its transport number.</param>
    /// <param name="source">Its number in the voice that fills the slot.</param>
    /// <param name="isRepair">Whether it was sent before.</param>
    public void Note(Instant now, SequenceNumber number, SequenceNumber source, bool isRepair)
    {
        var said = isRepair && FindSource(source) is >= 0 and var first ? _entries[first].Said : now;
        _entries[_next] = new Entry { Number = number, Source = source, Said = said, IsRepair = isRepair };
        _next = (_next + 1) % Capacity;
        _count = Math.Min(_count + 1, Capacity);
    }

    /// <summary>Takes what is to be sent again now that one more packet has not come.</summary>
    /// <param name="now">The time.</param>
    /// <param name="lost">The transport number of what has not come.</param>
    /// <param name="copies">How many earlier packets each packet carries: only what is lost with all that carry it is missing.</param>
    /// <param name="source">Its number in the voice.</param>
    /// <returns>False when it is none of the voice's, or made good, or too old, or too much.</returns>
    public bool TryTake(Instant now, SequenceNumber lost, int copies, out SequenceNumber source)
    {
        source = default;
        var at = Find(lost);
        if (at < 0)
        {
            return false;
        }

        ref var entry = ref _entries[at];
        entry.IsLost = true;
        var missing = entry.IsRepair ? at : Uncovered(at, copies);
        if (missing < 0 || now - _entries[missing].Said > Worth || !_budget.TryTake(now))
        {
            return false;
        }

        source = _entries[missing].Source;
        return true;
    }

    /// <summary>Forgets everything: another form of the voice, or another voice, fills the slot.</summary>
    public void Clear() => (_count, _next) = (0, 0);

    // The packet that so many later ones carried, this one the last: all of them have to be lost.
    private int Uncovered(int at, int copies)
    {
        for (var back = 0; ; at = Before(at))
        {
            if (at < 0 || (!_entries[at].IsRepair && !_entries[at].IsLost))
            {
                return -1;
            }

            if (!_entries[at].IsRepair && back++ == copies)
            {
                return at;
            }
        }
    }

    private int Before(int at)
    {
        var oldest = (_next - _count + Capacity) % Capacity;
        return at == oldest ? -1 : (at - 1 + Capacity) % Capacity;
    }

    private int Find(SequenceNumber number)
    {
        for (var i = 1; i <= _count; i++)
        {
            var at = (_next - i + Capacity) % Capacity;
            if (_entries[at].Number == number)
            {
                return at;
            }
        }

        return -1;
    }

    private int FindSource(SequenceNumber source)
    {
        for (var i = 1; i <= _count; i++)
        {
            var at = (_next - i + Capacity) % Capacity;
            if (_entries[at].Source == source)
            {
                return at;
            }
        }

        return -1;
    }

    private struct Entry
    {
        public Instant Said;
        public SequenceNumber Number;
        public SequenceNumber Source;
        public bool IsRepair;
        public bool IsLost;
    }
}
