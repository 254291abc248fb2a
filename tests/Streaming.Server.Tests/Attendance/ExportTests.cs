using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Streaming.Server.Attendance;
using Streaming.Server.Attendance.Exports;

namespace Streaming.Server.Tests.Attendance;

public sealed class ExportTests
{
    private static readonly SchoolClock Shanghai = SchoolClock.TryRead("Asia/Shanghai", out var clock) ? clock : throw new InvalidOperationException("No zones here.");

    private readonly Lesson _lesson = new Lesson().At(0, LedgerKind.Started).At(0, LedgerKind.Media, facts: MediaFacts.Sound | MediaFacts.Picture)
        .At(10, LedgerKind.Joined, "ada").At(12.5, LedgerKind.Media, "ada", facts: MediaFacts.Sound | MediaFacts.Picture).At(100, LedgerKind.Dropped, "ada")
        .At(107.25, LedgerKind.Returned, "ada").At(301, LedgerKind.Joined, "formula").At(600, LedgerKind.CheckAsked, number: 60)
        .At(610, LedgerKind.CheckAnswered, "ada").Down(700, 720).At(730, LedgerKind.Returned, "ada").At(2_400, LedgerKind.Ended);

    private readonly Roll _roll = new([new("ada", "艾达"), new("absent", "缺,席"), new("fffe", "a\uFFFEb"), new("emoji", "小明😀")], Lesson.Bell);

    [Theory]
    [InlineData(null, "UTC", "2026-09-01 08:00")]
    [InlineData("480", "UTC+08:00", "2026-09-01 16:00")]
    [InlineData("+480", "UTC+08:00", "2026-09-01 16:00")]
    [InlineData(" 480", "UTC+08:00", "2026-09-01 16:00")]
    [InlineData("-210", "UTC-03:30", "2026-09-01 04:30")]
    [InlineData("0", "UTC", "2026-09-01 08:00")]
    [InlineData("Asia/Shanghai", "Asia/Shanghai", "2026-09-01 16:00")]
    [InlineData("Europe/Berlin", "Europe/Berlin", "2026-09-01 10:00")]
    public void TimesAreByTheSchoolsClock(string? asked, string name, string bell)
    {
        Assert.True(SchoolClock.TryRead(asked, out var clock));
        Assert.Equal((name, bell), (clock.Name, clock.Read(Lesson.Bell).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("841")]
    [InlineData("-841")]
    [InlineData("99999999999")]
    [InlineData("Mars/Olympus")]
    [InlineData("/etc/localtime")]
    [InlineData("Asia/../Asia/Shanghai")]
    public void AZoneThatThereIsNotIsRefused(string asked) => Assert.False(SchoolClock.TryRead(asked, out _));

    [Fact]
    public void ACsvIsReadByExcelInEitherLanguageAndANameIsNoFormula()
    {
        var english = Encoding.UTF8.GetString(CsvWriter.Write(Tables(chinese: false).Attendance(Report()))).Split("\r\n");
        Assert.StartsWith("\uFEFFmember,name,on roll,status,left early,first in (Asia/Shanghai),", english[0], StringComparison.Ordinal);
        Assert.Equal("ada,艾达,yes,on time,,2026-09-01 16:00:10,2026-09-01 16:40:00,39.83,1.46,0.00,0.00,0.00,37.75,0.12,0.50,1,1,1,0,0", english[1]);
        Assert.Equal("absent,\"缺,席\",yes,absent,,,,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0.00,0,0,0,0,0", english[2]);
        Assert.StartsWith("formula,\"'=HYPERLINK(\"\"x\"\")\",guest,late,yes,", english[5], StringComparison.Ordinal);

        var chinese = Encoding.UTF8.GetString(CsvWriter.Write(Tables(chinese: true).Attendance(Report()))).Split("\r\n");
        Assert.StartsWith("\uFEFF学号,姓名,名单内,状态,早退,首次进入 (Asia/Shanghai),", chinese[0], StringComparison.Ordinal);
        Assert.Contains(",是,准时,,2026-09-01", chinese[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("＠SUM(1)", "'＠SUM(1)")]
    [InlineData("\n=1", "\"'\n=1\"")]
    [InlineData("a;=1+1", "\"a;=1+1\"")]
    [InlineData("小明", "小明")]
    public void ANameIsNoFormulaInWhateverWidthItIsWritten(string name, string written) => Assert.Equal(
        $"\uFEFFname\r\n{written}\r\n", Encoding.UTF8.GetString(CsvWriter.Write(new ReportTable("x", [new TableColumn("name", 9)], [[name]]))));

    /// <summary>Another program reads the workbook, and finds in every cell what we meant: numbers, times, texts.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnotherProgramReadsTheSameOutOfTheWorkbook(bool chinese)
    {
        var (tables, report) = (Tables(chinese), Report());
        ReportTable[] written = [tables.Attendance(report), tables.Spans(report), tables.Ledger(_lesson.Book)];
        var sheets = (await ReadWithOpenPyXlAsync(WorkbookWriter.Write(written)))["sheets"]!.AsArray();

        Assert.Equal(written.Select(table => table.Name), sheets.Select(sheet => (string)sheet!["name"]!));
        foreach (var (table, sheet) in written.Zip(sheets))
        {
            object?[][] rows = [[.. table.Columns.Select(column => column.Header)], .. table.Rows];
            var cells = sheet!["rows"]!.AsArray();
            Assert.Equal(rows.Length, cells.Count);
            for (var row = 0; row < rows.Length; row++)
            {
                Assert.Equal(rows[row].Select(Meant), cells[row]!.AsArray().Select(cell => (string)cell!));
            }

            Assert.Equal("A2", (string)sheet["frozen"]!);
            Assert.EndsWith(rows.Length.ToString(CultureInfo.InvariantCulture), (string)sheet["filter"]!, StringComparison.Ordinal);
            Assert.Equal(table.Columns.Select(column => (double)column.Width), sheet["widths"]!.AsArray().Select(width => (double)width!));
        }
    }

    private static string Meant(object? cell) => cell switch
    {
        null => "nothing",
        string text => $"text {text.Replace('\uFFFE', '\uFFFD')}",
        DateTime time => $"time {time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture)}",
        IConvertible number => $"number {number.ToDouble(CultureInfo.InvariantCulture).ToString("0.000000", CultureInfo.InvariantCulture)}",
        _ => throw new UnreachableException(),
    };

    private static async Task<JsonNode> ReadWithOpenPyXlAsync(byte[] workbook)
    {
        const string script = """
            import datetime, io, json, sys, openpyxl
            def told(cell):
                if cell.value is None: return 'nothing'
                if cell.data_type == 'd':
                    return 'time ' + (cell.value + datetime.timedelta(microseconds=500)).isoformat(' ', 'milliseconds')
                if cell.data_type == 'n': return 'number %.6f' % cell.value
                if cell.data_type in ('s', 'inlineStr'): return 'text ' + cell.value
                return 'a cell of type ' + cell.data_type
            book = openpyxl.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
            print(json.dumps({'sheets': [{
                'name': sheet.title,
                'frozen': sheet.freeze_panes,
                'filter': sheet.auto_filter.ref,
                'widths': [sheet.column_dimensions[openpyxl.utils.get_column_letter(i + 1)].width for i in range(sheet.max_column)],
                'rows': [[told(cell) for cell in row] for row in sheet.iter_rows()],
            } for sheet in book.worksheets]}))
            """;
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        using var python = Process.Start(start)!;
        var (output, errors) = (python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync());
        await python.StandardInput.BaseStream.WriteAsync(workbook);
        python.StandardInput.Close();
        await python.WaitForExitAsync();
        Assert.True(python.ExitCode == 0, await errors);
        return JsonNode.Parse(await output)!;
    }

    private static ReportTables Tables(bool chinese) => new(new ReportLanguage(chinese), Shanghai);

    private AttendanceReport Report() => AttendanceReport.Of(
        _lesson.Sheet(), new Dictionary<string, string> { ["formula"] = "=HYPERLINK(\"x\")" }, _roll);
}
