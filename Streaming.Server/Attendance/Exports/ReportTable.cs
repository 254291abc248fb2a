namespace Streaming.Server.Attendance.Exports;

/// <summary>A column of a table.</summary>
/// <param name="Header">What stands on top of it.</param>
/// <param name="Width">How wide a spreadsheet shows it, in characters.</param>
internal readonly record struct TableColumn(string Header, int Width);

/// <summary>A table that is written as CSV or as a sheet of a workbook.</summary>
/// <param name="Name">The sheet's name: at most 31 characters, none of <c>[]:*?/\</c>.</param>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">
/// The cells: <see cref="string"/>, <see cref="int"/> or <see cref="long"/>, <see cref="double"/> (two digits behind the point),
/// <see cref="DateTime"/> by the school's clock, or null for an empty one.
/// </param>
internal sealed record ReportTable(string Name, IReadOnlyList<TableColumn> Columns, IEnumerable<object?[]> Rows);
