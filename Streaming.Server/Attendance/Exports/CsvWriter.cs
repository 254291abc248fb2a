using System.Buffers;
using System.Globalization;
using System.Text;

namespace Streaming.Server.Attendance.Exports;

/// <summary>A table as comma-separated values (RFC 4180) in UTF-8 with a byte order mark, by which Excel knows the encoding.</summary>
internal static class CsvWriter
{
    private static readonly SearchValues<char> Special = SearchValues.Create(",;\t\"\r\n");

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(ReportTable table)
    {
        var csv = new StringBuilder();
        csv.AppendJoin(',', table.Columns.Select(column => Text(column.Header))).Append("\r\n");
        foreach (var row in table.Rows)
        {
            csv.AppendJoin(',', row.Select(Cell)).Append("\r\n");
        }

        return [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(csv.ToString())];
    }

    private static string Cell(object? value) => value switch
    {
        null => "",
        string text => Text(text),
        double number => number.ToString("0.00", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new System.Diagnostics.UnreachableException($"A cell holds a {value.GetType().Name}."),
    };

    // A name is what somebody typed: a spreadsheet must not take it for a formula. In East Asia it takes the wide forms for one, too, and where lists
    // are separated by semicolons a cell could begin within a name.
    private static string Text(string text)
    {
        var safe = text is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠', ..] ? $"'{text}" : text;
        return safe.AsSpan().IndexOfAny(Special) < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
