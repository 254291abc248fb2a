using System.Globalization;

namespace Streaming.Benchmarks.Guard;

/// <summary>Measures, compares with the baseline, and says what is breached; or records the baseline.</summary>
internal sealed class GuardRun(GuardOptions options)
{
    private const int Recordings = 3;
    private const int Repetitions = 2;   // of what may be noise

    private readonly string[] _names = Chosen(options.Only);

    public async Task<int> RunAsync(TextWriter output)
    {
        var file = FindBaseline();
        if (!File.Exists(file) && !options.Record)
        {
            throw new ArgumentException($"There is no {file}. Restore it, or record anew: guard --record");
        }

        var baseline = File.Exists(file) ? Baseline.Read(await File.ReadAllTextAsync(file)) : Baseline.Empty;
        try
        {
            return options.Record ? await RecordAsync(file, baseline, output) : await GuardAsync(baseline, output);
        }
        catch (InvalidOperationException failure)
        {
            output.WriteLine($"guard: {failure.Message}");
            return 1;
        }
    }

    private async Task<int> GuardAsync(Baseline baseline, TextWriter output)
    {
        var verdict = new Verdict(baseline, Machine.Here);
        foreach (var remark in verdict.Remarks())
        {
            output.WriteLine(remark);
        }

        var measured = (await MeasureAsync(_names)).ToDictionary(one => one.Name, StringComparer.Ordinal);
        var breaches = measured.Values.SelectMany(verdict.Judge).ToList();
        for (var i = 0; i < Repetitions && breaches.Exists(breach => breach.MayBeNoise); i++)
        {
            // Noise does not strike one case three times in three processes; a slower path does.
            string[] again = [.. breaches.Where(breach => breach.MayBeNoise).Select(breach => breach.Case).Distinct()];
            output.WriteLine($"Measured again: {string.Join(", ", again)}");
            foreach (var one in await MeasureAsync(again))
            {
                measured[one.Name] = one.Ratio < measured[one.Name].Ratio ? one : measured[one.Name];
            }

            breaches = [.. measured.Values.SelectMany(verdict.Judge)];
        }

        GuardTable.Write(output, [.. _names.Select(name => measured[name])], baseline);
        foreach (var faster in measured.Values.Where(verdict.IsFaster))
        {
            output.WriteLine($"faster than recorded: {faster.Name}. Record it, so that it stays so: guard --record --only \"{faster.Name}\"");
        }

        breaches.AddRange(options.Only.Length == 0 ? verdict.Missing(_names) : []);
        foreach (var breach in breaches)
        {
            output.WriteLine($"BREACH {breach.Line}");
        }

        output.WriteLine($"guard: {_names.Length} cases, {breaches.Count} breaches");
        return breaches.Count == 0 ? 0 : 1;
    }

    private async Task<int> RecordAsync(string file, Baseline baseline, TextWriter output)
    {
        if (options.Only.Length > 0 && baseline.Cases.Count > 0 && baseline.Recorded.Cpu != Machine.Here.Cpu)
        {
            throw new ArgumentException(
                $"The other cases are of \"{baseline.Recorded.Cpu}\", and this is \"{Machine.Here.Cpu}\". Record all of them: guard --record");
        }

        var runs = new List<IReadOnlyList<Measured>>();
        for (var i = 0; i < Recordings; i++)
        {
            output.WriteLine($"recording {i + 1} of {Recordings}");
            runs.Add(await MeasureAsync(_names));
        }

        var cases = _names.Select(name => runs.ConvertAll(run => run.Single(one => one.Name == name))).ToList();
        var unsteady = cases.Where(runs => runs.DistinctBy(one => one.Allocated).Count() > 1).ToList();
        foreach (var one in unsteady)
        {
            var bytes = string.Join(", ", one.Select(run => run.Allocated.ToString("0.###", CultureInfo.InvariantCulture)));
            output.WriteLine($"{one[0].Name}: allocated {bytes} bytes an operation; a case that is guarded allocates the same each time. Nothing was recorded.");
        }

        if (unsteady.Count > 0)
        {
            return 1;
        }

        // The middle one of three processes: each has its own luck with where code and data lie.
        Measured[] middle = [.. cases.Select(runs => runs.OrderBy(one => one.Ratio).ElementAt(Recordings / 2))];
        var recorded = baseline.With(middle, [.. GuardedSuite.Cases.Select(@case => @case.Name)]);
        GuardTable.Write(output, middle, recorded);
        await File.WriteAllTextAsync(file, recorded.Write());
        output.WriteLine($"Recorded {middle.Length} cases. Commit baseline.json with the change that moved it, and say why.");
        return 0;
    }

    private Task<IReadOnlyList<Measured>> MeasureAsync(IReadOnlyList<string> names) => Measurement.StartAsync(new MeasureRequest(options.Rounds, names));

    private static string[] Chosen(string only)
    {
        string[] names = [.. GuardedSuite.Cases.Select(@case => @case.Name).Where(name => name.Contains(only, StringComparison.OrdinalIgnoreCase))];
        return names.Length > 0 ? names : throw new ArgumentException(
            $"No guarded case has '{only}' in its name. There are:\n{string.Join('\n', GuardedSuite.Cases.Select(@case => $"  {@case.Name}"))}");
    }

    // Beside the sources, wherever the program was built and started.
    private static string FindBaseline()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Streaming.Benchmarks.csproj")))
            {
                return Path.Combine(directory.FullName, "baseline.json");
            }
        }

        throw new ArgumentException($"baseline.json lies beside Streaming.Benchmarks.csproj, and no directory above {AppContext.BaseDirectory} has that.");
    }
}
