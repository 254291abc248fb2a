using Microsoft.Data.Sqlite;
using Streaming.Contracts;

namespace Streaming.Server.Attendance;

/// <summary>Entries as rows of the journal, and back.</summary>
internal static class JournalRows
{
    private static readonly string[] Parameters =
        [.. JournalSchema.Columns.Split(", ").Select(column => $"${column}")];

    /// <summary>A command that writes one entry; <see cref="Bind"/> gives it the values.</summary>
    public static SqliteCommand Insert(SqliteConnection connection, string verb)
    {
        var command = connection.CreateCommand();
        command.CommandText = $"{verb} INTO ledger ({JournalSchema.Columns}) VALUES ({string.Join(", ", Parameters)})";
        command.Parameters.AddRange(Parameters.Select(name => new SqliteParameter { ParameterName = name }));
        return command;
    }

    public static void Bind(SqliteCommand insert, LedgerEntry entry)
    {
        ReadOnlySpan<object?> values =
        [
            entry.Class, entry.Sequence, (int)entry.Kind, entry.At.UtcTicks, entry.Offset.Ticks, entry.Member, entry.Device,
            (int?)entry.Role, (int)entry.Cause, (int)entry.Facts, entry.Since?.UtcTicks, entry.Name, entry.Number,
        ];
        for (var i = 0; i < values.Length; i++)
        {
            insert.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }

    public static List<LedgerEntry> Read(SqliteCommand query)
    {
        using var rows = query.ExecuteReader();
        var entries = new List<LedgerEntry>();
        while (rows.Read())
        {
            entries.Add(new LedgerEntry(
                rows.GetString(0),
                rows.GetInt64(1),
                (LedgerKind)rows.GetInt32(2),
                new DateTimeOffset(rows.GetInt64(3), TimeSpan.Zero),
                new TimeSpan(rows.GetInt64(4)),
                rows.IsDBNull(5) ? null : rows.GetString(5),
                rows.IsDBNull(6) ? null : rows.GetString(6),
                rows.IsDBNull(7) ? null : (Role)rows.GetInt32(7),
                (LedgerCause)rows.GetInt32(8),
                (MediaFacts)rows.GetInt32(9),
                rows.IsDBNull(10) ? null : new DateTimeOffset(rows.GetInt64(10), TimeSpan.Zero),
                rows.IsDBNull(11) ? null : rows.GetString(11),
                rows.IsDBNull(12) ? null : rows.GetInt64(12)));
        }

        return entries;
    }
}
