using System.Diagnostics;
using System.Runtime;
using System.Text.Json;

namespace Streaming.Benchmarks.Guard;

/// <summary>What a measuring process is asked for.</summary>
/// <param name="Rounds">
/// Visits to each case; fewer, but no fewer than <see cref="Measurement.FewestRounds"/>, when they take longer than <see cref="Measurement.Limit"/>.
/// </param>
/// <param name="Names">The cases.</param>
internal sealed record MeasureRequest(int Rounds, IReadOnlyList<string> Names);

/// <summary>The measuring itself, in a process of its own: the compiler's settings that make it repeatable are read when a process starts.</summary>
internal static class Measurement
{
    /// <summary>The word behind which a process measures; for our own use.</summary>
    public const string Command = "guard-measure";

    /// <summary>Fewer visits are not judged.</summary>
    public const int FewestRounds = 3;

    /// <summary>On a machine that has other things to do the guard does not take for ever.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    private const int MostPasses = 30;
    private const int QuietPasses = 2;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // Without profiles the compiler makes the same code of a method each time, which is what a ratio of three per cent needs; the garbage
    // collector begins no thread of its own, and takes its turns whatever cache it finds.
    private static readonly (string Name, string Value)[] Settings =
    [
        ("DOTNET_TieredPGO", "0"), ("DOTNET_TC_CallCountingDelayMs", "0"), ("DOTNET_gcConcurrent", "0"), ("DOTNET_GCgen0size", "4000000"),
    ];

    /// <summary>Measures in a fresh process.</summary>
    /// <exception cref="InvalidOperationException">It failed; what it said stands on standard error.</exception>
    public static async Task<IReadOnlyList<Measured>> StartAsync(MeasureRequest request)
    {
        var directory = Directory.CreateTempSubdirectory("guard");
        try
        {
            var (asked, answered) = (Path.Combine(directory.FullName, "request.json"), Path.Combine(directory.FullName, "measured.json"));
            await File.WriteAllTextAsync(asked, JsonSerializer.Serialize(request));
            var start = new ProcessStartInfo(Environment.ProcessPath!, [.. Host(), Command, asked, answered]);
            foreach (var (name, value) in Settings)
            {
                start.Environment[name] = value;
            }

            using var process = Process.Start(start)!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0
                ? JsonSerializer.Deserialize<List<Measured>>(await File.ReadAllTextAsync(answered))!
                : throw new InvalidOperationException($"The measuring process ended with {process.ExitCode}; what it said stands above.");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Measures in this process, as another one asked.</summary>
    public static int Run(string asked, string answered)
    {
        try
        {
            Measure(asked, answered);
            return 0;
        }
        catch (Exception failure)
        {
            Console.Error.WriteLine(failure);
            return 1;
        }
    }

    private static void Measure(string asked, string answered)
    {
        var request = JsonSerializer.Deserialize<MeasureRequest>(File.ReadAllText(asked))!;
        var names = request.Names.ToHashSet(StringComparer.Ordinal);
        CaseMeter[] meters = [.. GuardedSuite.Cases.Where(@case => names.Contains(@case.Name)).Select(@case => new CaseMeter(@case))];
        LetCompile(meters);
        Array.ForEach(meters, meter => meter.Calibrate());
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < request.Rounds && (i < FewestRounds || Stopwatch.GetElapsedTime(start) < Limit); i++)
        {
            Array.ForEach(meters, meter => meter.Visit());
        }

        File.WriteAllText(answered, JsonSerializer.Serialize(Array.ConvertAll(meters, meter => meter.Finish())));
        Array.ForEach(meters, meter => meter.Dispose());
    }

    // The compiler improves a method on a thread of its own once it was called often enough, and on a busy machine that thread comes late.
    private static void LetCompile(CaseMeter[] meters)
    {
        var (compiled, quiet) = (-1L, 0);
        for (var i = 0; i < MostPasses && quiet < QuietPasses; i++)
        {
            Array.ForEach(meters, meter => meter.WarmUp(WarmUp));
            Thread.Sleep(Pause);
            var now = JitInfo.GetCompiledMethodCount();
            quiet = now == compiled ? quiet + 1 : 0;
            compiled = now;
        }
    }

    // Started as `dotnet Streaming.Benchmarks.dll` the path is that of dotnet.
    private static string[] Host() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Measurement).Assembly.Location] : [];
}
