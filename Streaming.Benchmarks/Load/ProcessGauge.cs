using System.Globalization;
using System.Runtime.Versioning;
using Streaming.Rtc.Net;

namespace Streaming.Benchmarks.Load;

/// <summary>CPU that something has used, in seconds.</summary>
/// <param name="Total">All of it.</param>
/// <param name="User">Its own code.</param>
/// <param name="System">The kernel's on its behalf.</param>
internal readonly record struct CpuTime(double Total, double User, double System)
{
    public static CpuTime operator -(CpuTime later, CpuTime earlier) =>
        new(later.Total - earlier.Total, later.User - earlier.User, later.System - earlier.System);
}

/// <summary>What a process has used, all of its threads together and some by name (<c>/proc</c>).</summary>
[SupportedOSPlatform("linux")]
internal sealed class ProcessGauge(int process)
{
    private const double TicksPerSecond = 100;   // USER_HZ, the same on every Linux of 64 bits
    private const int UserField = 11, SystemField = 12;   // behind the name's closing bracket, from 0 (proc(5): 14 and 15)

    /// <summary>The process.</summary>
    public int Id => process;

    /// <summary>CPU of the whole process, ended threads included: the total by the scheduler's clock, its parts by the kernel's ticks.</summary>
    /// <exception cref="LoadException">It has ended.</exception>
    public CpuTime Cpu()
    {
        var total = Libc.ProcessCpuNanoseconds(process);
        var (user, system) = ReadStat($"/proc/{process}/stat");
        return total >= 0 ? new CpuTime(total / 1e9, user, system) : throw new LoadException($"Process {process} is not there (any more).");
    }

    /// <summary>CPU of the threads whose name begins so, by ticks of 10 ms.</summary>
    public CpuTime CpuOfThreads(string name)
    {
        var times = ThreadTimes(name).Values;
        var (user, system) = (times.Sum(time => time.User), times.Sum(time => time.System));
        return new CpuTime(user + system, user, system);
    }

    /// <summary>The same by thread.</summary>
    public IReadOnlyDictionary<int, CpuTime> ThreadTimes(string name)
    {
        var times = new Dictionary<int, CpuTime>();
        foreach (var thread in Directory.GetDirectories($"/proc/{process}/task"))
        {
            try
            {
                if (File.ReadAllText($"{thread}/comm").StartsWith(name, StringComparison.Ordinal))
                {
                    var (user, system) = ReadStat($"{thread}/stat");
                    times[int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture)] = new CpuTime(user + system, user, system);
                }
            }
            catch (Exception e) when (e is IOException or LoadException)
            {
                // It ended in between.
            }
        }

        return times;
    }

    /// <summary>Memory of the process that is in RAM, in bytes.</summary>
    public long ResidentBytes()
    {
        const string name = "VmRSS:";
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) * 1_024;
    }

    private (double User, double System) ReadStat(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (Seconds(fields[UserField]), Seconds(fields[SystemField]));
        }
        catch (IOException e)
        {
            throw new LoadException($"Process {process} is not there (any more).", e);
        }

        static double Seconds(string ticks) => long.Parse(ticks, CultureInfo.InvariantCulture) / TicksPerSecond;
    }
}

/// <summary>How busy this machine's processors are with anything (<c>/proc/stat</c>).</summary>
internal sealed record ProcessorUse(IReadOnlyList<(long Busy, long Total)> Ticks)
{
    private const int Idle = 3, IoWait = 4, Columns = 8;   // user nice system idle iowait irq softirq steal

    /// <summary>Reads now.</summary>
    public static ProcessorUse Now() => new([.. File.ReadLines("/proc/stat")
        .Where(line => line.StartsWith("cpu", StringComparison.Ordinal) && line.Length > 3 && char.IsAsciiDigit(line[3]))
        .Select(line => line.Split(' ')[1..(Columns + 1)].Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray())
        .Select(fields => (fields.Sum() - fields[Idle] - fields[IoWait], fields.Sum()))]);

    /// <summary>The busy share of some processors since an earlier reading, 0–1.</summary>
    public double Since(ProcessorUse earlier, ProcessorSet processors)
    {
        var busy = processors.Numbers.Sum(number => Ticks[number].Busy - earlier.Ticks[number].Busy);
        var total = processors.Numbers.Sum(number => Ticks[number].Total - earlier.Ticks[number].Total);
        return total == 0 ? 0 : busy / (double)total;
    }
}
