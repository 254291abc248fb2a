namespace Streaming.Server.Classrooms;

/// <summary>How many inspectors the whole server takes: a limit per class would let a school feel them.</summary>
internal sealed class ObserverPlaces(int limit)
{
    private int _taken;

    public int Taken => Volatile.Read(ref _taken);

    public bool AreTaken => Taken >= limit;

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _taken);
        return false;
    }

    public void GiveBack() => Interlocked.Decrement(ref _taken);
}
