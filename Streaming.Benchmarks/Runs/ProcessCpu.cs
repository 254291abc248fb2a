using System.Diagnostics;
using Streaming.Rtc.Net;

namespace Streaming.Benchmarks.Runs;

/// <summary>What this process has cost so far.</summary>
internal static class ProcessCpu
{
    /// <summary>Seconds of CPU, the kernel's included, by the system's count.</summary>
    public static double Seconds()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>What the calling thread has used; nothing where the system does not tell.</summary>
    public static TimeSpan OfThread() => OperatingSystem.IsLinux() ? Libc.ThreadCpuTime() : TimeSpan.Zero;
}
