namespace Streaming.Server.Webhooks;

/// <summary>How many entries may be kept in memory for one receiver; what finds no room is on the disk anyway. Safe for threads.</summary>
internal sealed class WebhookBudget(int most)
{
    private int _taken;

    /// <summary>How many are kept now.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Takes room for one more.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= most)
        {
            return true;
        }

        Interlocked.Decrement(ref _taken);
        return false;
    }

    /// <summary>Takes room for one more where there is none: for the one with which work goes on.</summary>
    public void Overdraw() => Interlocked.Increment(ref _taken);

    /// <summary>Gives room back.</summary>
    public void Give(int count) => Interlocked.Add(ref _taken, -count);
}
