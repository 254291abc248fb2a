using System.Globalization;
using System.Xml;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Streaming.Server.Attendance.Exports;

/// <summary>Tables as a workbook (XLSX, ECMA-376), a sheet each: numbers are numbers, times are times, and text is never a formula.</summary>
internal static class WorkbookWriter
{
    // Places in the stylesheet's list of cell formats; see Styles().
    private const uint Plain = 0, HeaderStyle = 1, TwoDigits = 2, DateAndTime = 3, Quoted = 4;

    private const int MaxRows = 1_048_576;   // a sheet's own limit, the header included

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(IReadOnlyList<ReportTable> tables)
    {
        using var file = new MemoryStream();
        using (var document = SpreadsheetDocument.Create(file, SpreadsheetDocumentType.Workbook))
        {
            var workbook = document.AddWorkbookPart();
            workbook.AddNewPart<WorkbookStylesPart>().Stylesheet = Styles();
            var sheets = new Sheets();
            foreach (var table in tables)
            {
                var part = workbook.AddNewPart<WorksheetPart>();
                Write(part, table);
                sheets.Append(new Sheet { Name = table.Name, SheetId = (uint)sheets.ChildElements.Count + 1, Id = workbook.GetIdOfPart(part) });
            }

            workbook.Workbook = new Workbook(sheets);
        }

        return file.ToArray();
    }

    private static void Write(WorksheetPart part, ReportTable table)
    {
        using var writer = OpenXmlWriter.Create(part);
        writer.WriteStartElement(new Worksheet());
        writer.WriteElement(new SheetProperties(new PageSetupProperties { FitToPage = true }));
        writer.WriteElement(new SheetViews(new SheetView(
            new Pane { VerticalSplit = 1, TopLeftCell = "A2", ActivePane = PaneValues.BottomLeft, State = PaneStateValues.Frozen })
        {
            WorkbookViewId = 0,
        }));
        writer.WriteElement(new Columns(table.Columns.Select((column, i) =>
            new Column { Min = (uint)i + 1, Max = (uint)i + 1, Width = column.Width, CustomWidth = true })));
        writer.WriteStartElement(new SheetData());
        WriteRow(writer, [.. table.Columns.Select(column => (object)column.Header)], HeaderStyle);
        var rows = 1;
        foreach (var row in table.Rows.Take(MaxRows - 1))
        {
            WriteRow(writer, row, Plain);
            rows++;
        }

        writer.WriteEndElement();
        writer.WriteElement(new AutoFilter { Reference = $"A1:{ColumnName(table.Columns.Count)}{rows.ToString(CultureInfo.InvariantCulture)}" });
        writer.WriteElement(new PageSetup { Orientation = OrientationValues.Landscape, FitToWidth = 1, FitToHeight = 0, PaperSize = 9 });   // A4
        writer.WriteEndElement();
    }

    private static void WriteRow(OpenXmlWriter writer, object?[] cells, uint text)
    {
        writer.WriteStartElement(new Row());
        foreach (var cell in cells)
        {
            writer.WriteElement(Make(cell, text));
        }

        writer.WriteEndElement();
    }

    private static Cell Make(object? value, uint text) => value switch
    {
        null => new Cell(),
        string words => new Cell(new InlineString(new Text(Writable(words)) { Space = SpaceProcessingModeValues.Preserve }))
        {
            DataType = CellValues.InlineString,
            StyleIndex = text == Plain && words is ['=' or '+' or '-' or '@', ..] ? Quoted : text,
        },
        double number => new Cell(new CellValue(number)) { StyleIndex = TwoDigits },
        DateTime time => new Cell(new CellValue(time.ToOADate())) { StyleIndex = DateAndTime },
        IFormattable whole => new Cell(new CellValue(whole.ToString(null, CultureInfo.InvariantCulture))),
        _ => throw new System.Diagnostics.UnreachableException($"A cell holds a {value.GetType().Name}."),
    };

    // XML 1.0 has no way to write some characters that a name may have.
    private static string Writable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!XmlConvert.IsXmlChar(text[i]) && !(i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i])))
            {
                return string.Create(text.Length, text, static (written, source) =>
                {
                    for (var at = 0; at < source.Length; at++)
                    {
                        written[at] = XmlConvert.IsXmlChar(source[at]) || char.IsSurrogate(source[at]) ? source[at] : '\uFFFD';
                    }
                });
            }

            i += char.IsHighSurrogate(text[i]) ? 1 : 0;
        }

        return text;
    }

    private static string ColumnName(int number) => number <= 26 ? $"{(char)('A' + number - 1)}" : $"{ColumnName((number - 1) / 26)}{ColumnName(((number - 1) % 26) + 1)}";

    private static Stylesheet Styles() => new(
        new NumberingFormats(new NumberingFormat { NumberFormatId = 164, FormatCode = "yyyy-mm-dd hh:mm:ss" }) { Count = 1 },
        new Fonts(
            new Font(new FontSize { Val = 11 }, new FontName { Val = "Calibri" }),
            new Font(new Bold(), new FontSize { Val = 11 }, new Color { Rgb = "FFFFFFFF" }, new FontName { Val = "Calibri" })) { Count = 2 },
        new Fills(
            new Fill(new PatternFill { PatternType = PatternValues.None }),
            new Fill(new PatternFill { PatternType = PatternValues.Gray125 }),
            new Fill(new PatternFill(new ForegroundColor { Rgb = "FF1F4E79" }) { PatternType = PatternValues.Solid })) { Count = 3 },
        new Borders(new Border(new LeftBorder(), new RightBorder(), new TopBorder(), new BottomBorder(), new DiagonalBorder())) { Count = 1 },
        new CellStyleFormats(new CellFormat()) { Count = 1 },
        new CellFormats(
            new CellFormat(),
            new CellFormat { FontId = 1, ApplyFont = true, FillId = 2, ApplyFill = true },
            new CellFormat { NumberFormatId = 2, ApplyNumberFormat = true },
            new CellFormat { NumberFormatId = 164, ApplyNumberFormat = true },
            new CellFormat { QuotePrefix = true }) { Count = 5 },
        new CellStyles(new CellStyle { Name = "Normal", FormatId = 0, BuiltinId = 0 }) { Count = 1 });
}
