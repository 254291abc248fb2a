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

        // Several test processes note what they measured: one after the other, for each writes at what was the end when it opened the file.
        using var turn = new Mutex(initiallyOwned: false, "streaming-figures");
        turn.WaitOne();
        try
        {
            System.IO.File.AppendAllText(File, line + Environment.NewLine);
        }
        finally
        {
            turn.ReleaseMutex();
        }
    }
}
