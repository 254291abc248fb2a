using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Running;

namespace Streaming.Benchmarks;

/// <summary>The full table: every benchmark with BenchmarkDotNet's normal job, as Markdown and JSON.</summary>
internal static class Nightly
{
    public const string Help = """
        nightly: runs every benchmark with BenchmarkDotNet's normal job and writes one table; takes long.

          --out <dir>         where the table goes: <dir>/results/*.md and *.json
          --filter <globs>    only these, such as *Forward* *Hub*
        """;

    /// <summary>Reads the arguments behind <c>nightly</c> and runs.</summary>
    /// <exception cref="ArgumentException">The arguments are wrong; the message says what is right.</exception>
    public static int Run(string[] arguments)
    {
        if (arguments is not ["--out", var directory, .. var rest] || rest is not ([] or ["--filter", _, ..]))
        {
            throw new ArgumentException($"nightly wants --out <dir> and takes --filter <globs> behind it.\n{Help}");
        }

        var config = DefaultConfig.Instance
            .AddExporter(MarkdownExporter.GitHub, JsonExporter.Full)
            .WithArtifactsPath(Path.GetFullPath(directory))
            .WithOptions(ConfigOptions.JoinSummary);
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(Nightly).Assembly)
            .Run(rest.Length > 0 ? rest : ["--filter", "*"], config);
        return summaries.Any() && summaries.All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
    }
}
