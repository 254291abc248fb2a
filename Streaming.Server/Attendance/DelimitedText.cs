using System.Text;

namespace Streaming.Server.Attendance;

/// <summary>Why a record cannot be read.</summary>
internal enum DelimitedFault
{
    /// <summary>It can.</summary>
    None,

    /// <summary>A quote that opens is never closed.</summary>
    OpenQuote,

    /// <summary>There is text behind a closing quote.</summary>
    TextBehindQuote,
}

/// <summary>One record of delimited text.</summary>
/// <param name="Line">The line that it begins on, from 1.</param>
/// <param name="Cells">Its cells, without their quotes and the spaces around them.</param>
/// <param name="Fault">What is wrong with it.</param>
internal sealed record DelimitedRecord(int Line, IReadOnlyList<string> Cells, DelimitedFault Fault);

/// <summary>Text in cells and lines, by RFC 4180, with a comma, a semicolon or a tab between cells.</summary>
internal static class DelimitedText
{
    private const char Quote = '"';

    /// <summary>The text's records; empty lines are passed over.</summary>
    public static IEnumerable<DelimitedRecord> Read(string text)
    {
        var separator = SeparatorOf(text);
        var (at, line) = (0, 1);
        while (at < text.Length)
        {
            var record = ReadRecord(text, separator, ref at, ref line);
            if (record.Fault != DelimitedFault.None || record.Cells.Any(cell => cell.Length > 0))
            {
                yield return record;
            }
        }
    }

    /// <summary>The first of the three that occurs outside of quotes: what comes before it, an id or a header, has none in it.</summary>
    private static char SeparatorOf(string text)
    {
        var quoted = false;
        foreach (var c in text)
        {
            quoted ^= c == Quote;
            if (!quoted && c is (',' or ';' or '\t'))
            {
                return c;
            }
        }

        return ',';
    }

    private static DelimitedRecord ReadRecord(string text, char separator, ref int at, ref int line)
    {
        var (first, cells, fault) = (line, new List<string>(), DelimitedFault.None);
        while (true)
        {
            cells.Add(ReadCell(text, separator, ref at, ref line, ref fault));
            if (at < text.Length && text[at] == separator)
            {
                at++;
                continue;
            }

            SkipLineEnd(text, ref at, ref line);
            return new DelimitedRecord(first, cells, fault);
        }
    }

    private static string ReadCell(string text, char separator, ref int at, ref int line, ref DelimitedFault fault)
    {
        var start = at;
        while (start < text.Length && text[start] == ' ')
        {
            start++;
        }

        if (start >= text.Length || text[start] != Quote)
        {
            start = at;
            while (at < text.Length && text[at] != separator && text[at] is not ('\r' or '\n'))
            {
                at++;
            }

            return text[start..at].Trim();
        }

        at = start + 1;
        return ReadQuoted(text, separator, ref at, ref line, ref fault).Trim();
    }

    private static string ReadQuoted(string text, char separator, ref int at, ref int line, ref DelimitedFault fault)
    {
        var cell = new StringBuilder();
        while (at < text.Length)
        {
            var c = text[at++];
            if (c != Quote)
            {
                line += c == '\n' ? 1 : 0;
                cell.Append(c);
            }
            else if (at < text.Length && text[at] == Quote)
            {
                at++;
                cell.Append(Quote);
            }
            else
            {
                SkipAfterQuote(text, separator, ref at, ref fault);
                return cell.ToString();
            }
        }

        fault = DelimitedFault.OpenQuote;
        return cell.ToString();
    }

    private static void SkipAfterQuote(string text, char separator, ref int at, ref DelimitedFault fault)
    {
        while (at < text.Length && text[at] != separator && text[at] is not ('\r' or '\n'))
        {
            if (text[at++] != ' ')
            {
                fault = DelimitedFault.TextBehindQuote;
            }
        }
    }

    private static void SkipLineEnd(string text, ref int at, ref int line)
    {
        if (at < text.Length && text[at] == '\r')
        {
            at++;
            line += at >= text.Length || text[at] != '\n' ? 1 : 0;
        }

        if (at < text.Length && text[at] == '\n')
        {
            at++;
            line++;
        }
    }
}
