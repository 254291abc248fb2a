using System.Text;

namespace Streaming.Server.Http;

/// <summary>Scripts and styles as they travel: without the lines that are for people who read them.</summary>
internal static class SourceText
{
    /// <summary>
    /// Leaves out comments that have a line of their own, and indentation: a third of what a page weighs. Every line stays where it was, so that an
    /// error names the right one.
    /// </summary>
    /// <param name="source">JavaScript or CSS.</param>
    /// <returns>The same program; the source itself when it has a text of several lines, in which a line may look like a comment.</returns>
    public static string Condense(string source)
    {
        var condensed = new StringBuilder(source.Length);
        var isInside = false;
        foreach (var line in source.AsSpan().EnumerateLines())
        {
            if (line.Count('`') % 2 != 0)
            {
                return source;
            }

            condensed.Append(Rest(line.Trim(), ref isInside)).Append('\n');
        }

        condensed.Length--;   // the last line has no end
        return condensed.ToString();
    }

    // What is left of a line. A comment that begins it goes, such as the type of a cast; one behind code stays.
    private static ReadOnlySpan<char> Rest(ReadOnlySpan<char> line, ref bool isInside)
    {
        if (!isInside && !line.StartsWith("/*", StringComparison.Ordinal))
        {
            return line.StartsWith("//", StringComparison.Ordinal) ? [] : line;
        }

        var end = line.IndexOf("*/", StringComparison.Ordinal);
        isInside = end < 0;
        return isInside ? [] : line[(end + 2)..].TrimStart();
    }
}
