using System.Runtime.InteropServices;

namespace Streaming.Rtc.Net;

/// <content>Clocks, sleep to the point, and processors: for tools that measure. The server itself needs none of it.</content>
internal static unsafe partial class Libc
{
    private const int RealTimeClock = 0;
    private const int MonotonicClock = 1;
    private const int AbsoluteTime = 1;
    private const int SchedulerClockOfProcess = 2;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Nanoseconds of the clock that never steps (CLOCK_MONOTONIC).</summary>
    public static long MonotonicNanoseconds() => Nanoseconds(MonotonicClock);

    /// <summary>Nanoseconds since 1970 (CLOCK_REALTIME): the clock of the kernel's receive timestamps.</summary>
    public static long RealTimeNanoseconds() => Nanoseconds(RealTimeClock);

    /// <summary>CPU time of all threads of a process, those that have ended included, to the nanosecond; -1 when there is no such process.</summary>
    /// <remarks>What <c>/proc</c> says is rounded to ticks of 10 ms.</remarks>
    public static long ProcessCpuNanoseconds(int process)
    {
        TimeSpec time = default;
        return GetTime((~process << 3) | SchedulerClockOfProcess, &time) == 0 ? ToNanoseconds(time) : -1;
    }

    /// <summary>Sleeps until a moment of the monotonic clock; returns at once when it has passed.</summary>
    public static void SleepUntil(long monotonicNanoseconds)
    {
        var until = new TimeSpec { Seconds = monotonicNanoseconds / NanosecondsPerSecond, Nanoseconds = monotonicNanoseconds % NanosecondsPerSecond };
        while (ClockSleep(MonotonicClock, AbsoluteTime, &until, null) == Interrupted)
        {
        }
    }

    /// <summary>Lets a thread run on some processors only; threads that it starts later inherit it.</summary>
    /// <param name="thread">The thread's id as the kernel counts; 0 for the caller's.</param>
    /// <param name="processors">Their numbers, 0 to 1 023.</param>
    /// <returns>False when the kernel refused.</returns>
    public static bool TrySetProcessors(int thread, IEnumerable<int> processors)
    {
        const int Bits = 64, Words = 1024 / Bits;
        var mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        foreach (var processor in processors)
        {
            mask[processor / Bits] |= 1UL << (processor % Bits);
        }

        return SetAffinity(thread, Words * sizeof(ulong), mask) == 0;
    }

    /// <summary>Gives the calling thread another nice value, -20 (first) to 19.</summary>
    /// <returns>False when this process may not.</returns>
    public static bool TrySetNice(int nice) => SetPriority(0, 0, nice) == 0;

    private static long Nanoseconds(int clock)
    {
        TimeSpec time = default;
        _ = GetTime(clock, &time);
        return ToNanoseconds(time);
    }

    private static long ToNanoseconds(in TimeSpec time) => (time.Seconds * NanosecondsPerSecond) + time.Nanoseconds;

    [LibraryImport(Library, EntryPoint = "clock_nanosleep")]
    private static partial int ClockSleep(int clock, int flags, TimeSpec* until, TimeSpec* left);

    [LibraryImport(Library, EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint length, ulong* mask);

    [LibraryImport(Library, EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int nice);
}
