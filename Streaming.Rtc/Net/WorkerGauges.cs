namespace Streaming.Rtc.Net;

/// <summary>What a worker's thread costs. Written by that thread a few times a second; read racily by metrics and tests.</summary>
public sealed class WorkerGauges
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(100);

    private long _allocatedBefore;
    private long _allocatedBytes;
    private long _cpuTime;
    private long _longestRound;
    private long _rounds;
    private Instant _refreshAt = Instant.LongAgo;

    internal WorkerGauges()
    {
    }

    /// <summary>Managed bytes that the thread has allocated since it runs. Forwarding a packet adds none.</summary>
    public long AllocatedBytes => Volatile.Read(ref _allocatedBytes);

    /// <summary>CPU time of the thread since it runs; zero where the system does not tell.</summary>
    public TimeSpan CpuTime => new(Volatile.Read(ref _cpuTime));

    /// <summary>Rounds of its loop.</summary>
    public long Rounds => Volatile.Read(ref _rounds);

    /// <summary>The longest time between two waits since this was last asked, and starts again.</summary>
    public TimeSpan TakeLongestRound() => new(Interlocked.Exchange(ref _longestRound, 0));

    internal void Start() => _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();

    internal void RoundEnded(Instant began, Instant ended)
    {
        Volatile.Write(ref _rounds, _rounds + 1);
        var took = (ended - began).Ticks;
        if (took > Volatile.Read(ref _longestRound))
        {
            Volatile.Write(ref _longestRound, took);
        }

        if (ended >= _refreshAt)
        {
            Refresh();
            _refreshAt = ended + RefreshInterval;
        }
    }

    internal void Refresh()
    {
        Volatile.Write(ref _allocatedBytes, GC.GetAllocatedBytesForCurrentThread() - _allocatedBefore);
        if (OperatingSystem.IsLinux())
        {
            Volatile.Write(ref _cpuTime, Libc.ThreadCpuTime().Ticks);
        }
    }
}
