namespace Streaming.Benchmarks.Load;

/// <summary>Keeps the books of one RTP stream by its sequence numbers alone: what came, what did not, what came twice or late.</summary>
/// <remarks>Belongs to one thread; taking a number allocates nothing.</remarks>
internal sealed class SequenceBook
{
    /// <summary>How many numbers behind the newest are still known.</summary>
    public const int Window = 1_024;

    private const int LargestStep = 16_384;   // a longer step is no loss but another numbering

    private readonly ulong[] _came = new ulong[Window / 64];
    private long _first;
    private long _highest = -1;

    /// <summary>Packets, each once.</summary>
    public long Packets { get; private set; }

    /// <summary>Numbers between the first and the highest that have not come. What is late is in here until it comes.</summary>
    public long Missing { get; private set; }

    /// <summary>Packets that came again, or so late that nobody can tell.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Packets that came behind a later one.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>Jumps by which the numbering began anew.</summary>
    public long Restarts { get; private set; }

    /// <summary>Takes the number of a packet that has come.</summary>
    public void Take(ushort number)
    {
        if (_highest < 0)
        {
            Begin(number);
            return;
        }

        var step = (short)(number - (ushort)_highest);
        if (step == 1)
        {
            Mark(++_highest);
            Packets++;
        }
        else if (Math.Abs((int)step) > LargestStep)
        {
            Restarts++;
            Begin(number);
        }
        else if (step > 0)
        {
            Skip(step);
        }
        else
        {
            TakeLate(_highest + step);
        }
    }

    private void Begin(ushort number)
    {
        // One circle up, so that a packet from before the first has a place too.
        _first = _highest = 0x1_0000 + number;
        Array.Clear(_came);
        Mark(_highest);
        Packets++;
    }

    private void Skip(int step)
    {
        Missing += step - 1;
        for (var missing = _highest + 1; missing < _highest + step; missing++)
        {
            _came[Word(missing)] &= ~Bit(missing);
        }

        _highest += step;
        Mark(_highest);
        Packets++;
    }

    private void TakeLate(long index)
    {
        if (index <= _highest - Window || (_came[Word(index)] & Bit(index)) != 0)
        {
            Duplicates++;
            return;
        }

        Mark(index);
        Packets++;
        OutOfOrder++;
        Missing -= index > _first ? 1 : 0;   // what came before the first to arrive was never missed
    }

    private void Mark(long index) => _came[Word(index)] |= Bit(index);

    private static long Word(long index) => index % Window / 64;

    private static ulong Bit(long index) => 1UL << (int)(index % 64);
}
