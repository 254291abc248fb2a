using Xunit.Abstractions;

namespace Streaming.EndToEnd.Tests.Rig;

/// <summary>
/// What was measured: in the test's own output, and collected in <c>artifacts/figures.txt</c> for whoever reads the run, which begins by removing it.
/// </summary>
internal static class Figures
{
    private static readonly string File = Path.Combine(Paths.Artifacts, "figures.txt");

    /// <summary>Notes one line.</summary>
    public static void Note(this ITestOutputHelper output, string line)
    {
        output.WriteLine(line);
        System.IO.File.AppendAllText(File, line + Environment.NewLine);
    }
}
