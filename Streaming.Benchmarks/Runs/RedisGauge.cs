using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Streaming.Tests.Shared.Redis;

namespace Streaming.Benchmarks.Runs;

/// <summary>What a Redis server says of itself, and what <c>redis-benchmark</c> makes of it.</summary>
internal sealed class RedisGauge(RedisServer server)
{
    private const int PlainRequests = 200_000;

    /// <summary>Seconds of CPU that it has used, its kernel's time included.</summary>
    public async Task<double> CpuAsync() =>
        await server.InfoAsync("cpu", "used_cpu_user") + await server.InfoAsync("cpu", "used_cpu_sys");

    /// <summary>Bytes of memory that it has in use.</summary>
    public Task<double> MemoryAsync() => server.InfoAsync("memory", "used_memory");

    /// <summary>Bytes of one kind of key of all classes. Every tenth class stands for all: redis-cli is a process each time.</summary>
    public async Task<double> BytesAsync(IReadOnlyList<string> classes, string end)
    {
        var asked = classes.Where((_, i) => i % 10 == 0).ToList();
        var bytes = 0.0;
        foreach (var @class in asked)
        {
            bytes += Number(await server.CliAsync("MEMORY", "USAGE", $"streaming:{{{@class}}}:{end}", "SAMPLES", "0"));
        }

        return bytes * classes.Count / asked.Count;
    }

    /// <summary>How many entries the streams of all classes have; every tenth class is asked.</summary>
    public async Task<double> EntriesAsync(IReadOnlyList<string> classes)
    {
        var asked = classes.Where((_, i) => i % 10 == 0).ToList();
        var entries = 0.0;
        foreach (var @class in asked)
        {
            entries += Number(await server.CliAsync("XLEN", $"streaming:{{{@class}}}:ledger"));
        }

        return entries * classes.Count / asked.Count;
    }

    /// <summary>Says what a plain <c>SET</c> and a plain <c>XADD</c> cost on the same server, without and with pipelining.</summary>
    public async Task ComparePlainAsync(TextWriter output)
    {
        var text = new string('x', 64);
        foreach (var pipeline in new[] { 1, 16 })
        {
            await PlainAsync(output, pipeline, "SET", "plain", text);
            await PlainAsync(output, pipeline, "XADD", "plain-stream", "*", "e", text);
        }
    }

    private async Task PlainAsync(TextWriter output, int pipeline, params string[] command)
    {
        var before = await CpuAsync();
        var start = new ProcessStartInfo(
            "redis-benchmark", ["-h", "127.0.0.1", "-p", $"{server.Port}", "-q", "-n", $"{PlainRequests}", "-c", "50", "-P", $"{pipeline}", .. command])
        {
            RedirectStandardOutput = true,
        };
        using var benchmark = Process.Start(start)!;
        var said = await benchmark.StandardOutput.ReadToEndAsync();
        await benchmark.WaitForExitAsync();
        var rate = Regex.Match(said, @"([\d.]+) requests per second").Groups[1].Value;
        output.WriteLine($"redis-benchmark {command[0]}, 50 clients, {(pipeline == 1 ? "one at a time" : $"pipelines of {pipeline}")}: "
            + $"{rate} requests/s; Redis {(await CpuAsync() - before) / PlainRequests * 1e6:0.0} µs a request");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
