using System.Text;
using Streaming.Contracts;
using Streaming.Server.Access;

namespace Streaming.Server.Attendance;

/// <summary>Reads the list of a class's students as schools have it: CSV in whatever Excel makes of it.</summary>
/// <remarks>
/// With a header line columns may stand in any order and others beside them; without one there are two, id and name. Either all of it is
/// right or every line that is not is named.
/// </remarks>
internal static class RollCsv
{
    /// <summary>The longest list, in bytes.</summary>
    public const int MaxBytes = 256 * 1_024;

    private static readonly HashSet<string> IdHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "id", "member", "memberid", "student", "studentid", "studentno", "studentno.", "studentnumber", "number", "no", "no.",
        "学号", "编号", "学生编号", "学生学号", "学籍号", "账号", "帐号", "學號", "編號",
    };

    private static readonly HashSet<string> NameHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "name", "fullname", "studentname", "displayname", "姓名", "名字", "学生姓名", "學生姓名", "学生", "學生",
    };

    /// <summary>The students; empty, and the errors by line, when anything is wrong.</summary>
    /// <param name="bytes">UTF-8 or UTF-16 with or without a byte order mark, or GB18030.</param>
    /// <param name="language">The language of the errors.</param>
    /// <param name="errors">What is wrong and what would be right, by line number, or under <see cref="RollErrors.WholeList"/>.</param>
    public static IReadOnlyList<RollEntry> Read(ReadOnlySpan<byte> bytes, ReportLanguage language, out IReadOnlyDictionary<string, string[]> errors)
    {
        var found = new RollErrors(language);
        errors = found.ByLine;
        if (Decode(bytes) is not { } text)
        {
            found.AddToList(RollFaults.Encoding);
            return [];
        }

        var students = new List<RollEntry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        RollColumns? columns = null;
        foreach (var record in DelimitedText.Read(text))
        {
            var isHeader = false;
            columns ??= ColumnsOf(record, found, out isHeader);
            if (columns is null)
            {
                return [];
            }

            if (!isHeader && ReadStudent(record, columns, lines, found) is { } student)
            {
                students.Add(student);
            }
        }

        if (students.Count == 0 && found.ByLine.Count == 0)
        {
            found.AddToList(RollFaults.Empty);
        }
        else if (students.Count > Roll.MaxStudents)
        {
            found.AddToList(RollFaults.TooMany(students.Count));
        }

        found.Close();
        return found.ByLine.Count == 0 ? students : [];
    }

    private static RollColumns? ColumnsOf(DelimitedRecord first, RollErrors found, out bool isHeader)
    {
        var words = first.Cells.Select(cell => string.Concat(cell.Where(c => !char.IsWhiteSpace(c) && c is not ('_' or '-')))).ToList();
        var (id, name) = (words.FindIndex(IdHeaders.Contains), words.FindIndex(NameHeaders.Contains));
        isHeader = id >= 0 || name >= 0;
        if (id >= 0 == name >= 0)
        {
            return isHeader ? new RollColumns(id, name, HasHeader: true) : RollColumns.IdAndName;
        }

        found.Add(first.Line, id >= 0 ? RollFaults.NoNameColumn : RollFaults.NoIdColumn);
        return null;
    }

    private static RollEntry? ReadStudent(DelimitedRecord record, RollColumns columns, Dictionary<string, int> lines, RollErrors found)
    {
        if (record.Fault != DelimitedFault.None)
        {
            found.Add(record.Line, record.Fault == DelimitedFault.OpenQuote ? RollFaults.OpenQuote : RollFaults.TextBehindQuote);
            return null;
        }

        var filled = record.Cells.Count(cell => cell.Length > 0);
        if (!columns.HasHeader && (filled < 2 || record.Cells.Skip(2).Any(cell => cell.Length > 0)))
        {
            found.Add(record.Line, RollFaults.Cells(filled));
            return null;
        }

        var (id, name) = (CellOf(columns.Id), CellOf(columns.Name));
        var isRight = true;
        Check(Ids.IsValid(id), RollFaults.Id(id));
        Check(TicketClaims.IsValidName(name), RollFaults.Name(name));
        if (isRight && !lines.TryAdd(id, record.Line))
        {
            Check(false, RollFaults.Double(id, lines[id]));
        }

        return isRight ? new RollEntry(id, name) : null;

        string CellOf(int column) => column < record.Cells.Count ? record.Cells[column] : "";

        void Check(bool holds, RollFault fault)
        {
            if (!holds)
            {
                isRight = false;
                found.Add(record.Line, fault);
            }
        }
    }

    // Excel in China saves CSV in GB18030, Excel's "Unicode text" is UTF-16 with a mark; everything else writes UTF-8.
    private static string? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return TryDecode(new UnicodeEncoding(bigEndian: bytes[0] == 0xFE, byteOrderMark: true, throwOnInvalidBytes: true), bytes[2..]);
        }

        var body = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        return TryDecode(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), body)
            ?? TryDecode(
                CodePagesEncodingProvider.Instance.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!, body);
    }

    private static string? TryDecode(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private sealed record RollColumns(int Id, int Name, bool HasHeader)
    {
        public static RollColumns IdAndName { get; } = new(0, 1, HasHeader: false);
    }
}
