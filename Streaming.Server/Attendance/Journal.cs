using System.Globalization;
using Microsoft.Data.Sqlite;
using Streaming.Contracts;

namespace Streaming.Server.Attendance;

/// <summary>This node's durable copy of the ledger, one SQLite file: what <see cref="Write"/> returned for is on the disk.</summary>
/// <remarks>
/// One thread writes; reading is safe from any thread beside it (write-ahead log). Failures are <see cref="SqliteException"/>.
/// Entries are told apart by class and sequence, so that writing one twice keeps one.
/// </remarks>
internal sealed class Journal : IDisposable
{
    private const string Schema = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        CREATE TABLE IF NOT EXISTS ledger (
          class TEXT NOT NULL, sequence INTEGER NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL, offset INTEGER NOT NULL,
          member TEXT, device TEXT, role INTEGER, cause INTEGER NOT NULL, facts INTEGER NOT NULL, since INTEGER, name TEXT,
          PRIMARY KEY (class, sequence)) WITHOUT ROWID, STRICT;
        CREATE TABLE IF NOT EXISTS beat (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL) STRICT;
        """;

    private const string Insert = """
        INSERT OR IGNORE INTO ledger (class, sequence, kind, at, offset, member, device, role, cause, facts, since, name)
        VALUES ($class, $sequence, $kind, $at, $offset, $member, $device, $role, $cause, $facts, $since, $name)
        """;

    private static readonly string[] Columns =
        ["$class", "$sequence", "$kind", "$at", "$offset", "$member", "$device", "$role", "$cause", "$facts", "$since", "$name"];

    private readonly string _source;
    private readonly SqliteConnection _writing;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _beat;

    /// <summary>Opens the file, and makes it when it is not there.</summary>
    /// <param name="path">Its path; the directory exists.</param>
    public Journal(string path)
    {
        _source = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 1 }.ToString();   // s to wait for a held file
        _writing = new SqliteConnection(_source);
        _writing.Open();
        using (var schema = _writing.CreateCommand())
        {
            schema.CommandText = Schema;
            schema.ExecuteNonQuery();
        }

        _insert = _writing.CreateCommand();
        _insert.CommandText = Insert;
        _insert.Parameters.AddRange(Columns.Select(column => new SqliteParameter { ParameterName = column }));
        _beat = _writing.CreateCommand();
        _beat.CommandText = "INSERT INTO beat (one, at) VALUES (1, $at) ON CONFLICT (one) DO UPDATE SET at = $at";
        _beat.Parameters.Add(new SqliteParameter { ParameterName = "$at" });
        LastBeat = ReadBeat();
    }

    /// <summary>When the process that had the file before was last known to keep the book (UTC); null for a new file.</summary>
    public DateTimeOffset? LastBeat { get; }

    /// <summary>Makes entries durable, all or none, and notes that the book is kept.</summary>
    public void Write(IReadOnlyCollection<LedgerEntry> entries, DateTimeOffset now)
    {
        using var transaction = _writing.BeginTransaction();
        (_insert.Transaction, _beat.Transaction) = (transaction, transaction);
        foreach (var entry in entries)
        {
            Bind(entry);
            _insert.ExecuteNonQuery();
        }

        _beat.Parameters[0].Value = now.UtcTicks;
        _beat.ExecuteNonQuery();
        transaction.Commit();
    }

    /// <summary>A class's entries in their order.</summary>
    /// <param name="class">The class.</param>
    /// <param name="after">Those behind this sequence number; 0 for all.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<LedgerEntry> Read(string @class, long after = 0, int limit = int.MaxValue)
    {
        using var reading = new SqliteConnection(_source);
        reading.Open();
        using var query = reading.CreateCommand();
        query.CommandText = """
            SELECT sequence, kind, at, offset, member, device, role, cause, facts, since, name FROM ledger
            WHERE class = $class AND sequence > $after ORDER BY sequence LIMIT $limit
            """;
        query.Parameters.AddWithValue("$class", @class);
        query.Parameters.AddWithValue("$after", after);
        query.Parameters.AddWithValue("$limit", limit);
        using var rows = query.ExecuteReader();
        var entries = new List<LedgerEntry>();
        while (rows.Read())
        {
            entries.Add(new LedgerEntry(
                @class,
                rows.GetInt64(0),
                (LedgerKind)rows.GetInt32(1),
                new DateTimeOffset(rows.GetInt64(2), TimeSpan.Zero),
                new TimeSpan(rows.GetInt64(3)),
                rows.IsDBNull(4) ? null : rows.GetString(4),
                rows.IsDBNull(5) ? null : rows.GetString(5),
                rows.IsDBNull(6) ? null : (Role)rows.GetInt32(6),
                (LedgerCause)rows.GetInt32(7),
                (MediaFacts)rows.GetInt32(8),
                rows.IsDBNull(9) ? null : new DateTimeOffset(rows.GetInt64(9), TimeSpan.Zero),
                rows.IsDBNull(10) ? null : rows.GetString(10)));
        }

        return entries;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _beat.Dispose();
        _writing.Dispose();

        // Pooled connections would keep the file open behind our back.
        using var pool = new SqliteConnection(_source);
        SqliteConnection.ClearPool(pool);
    }

    private void Bind(LedgerEntry entry)
    {
        ReadOnlySpan<object?> values =
        [
            entry.Class, entry.Sequence, (int)entry.Kind, entry.At.UtcTicks, entry.Offset.Ticks, entry.Member, entry.Device,
            (int?)entry.Role, (int)entry.Cause, (int)entry.Facts, entry.Since?.UtcTicks, entry.Name,
        ];
        for (var i = 0; i < values.Length; i++)
        {
            _insert.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }

    private DateTimeOffset? ReadBeat()
    {
        using var query = _writing.CreateCommand();
        query.CommandText = "SELECT at FROM beat";
        return query.ExecuteScalar() is { } ticks
            ? new DateTimeOffset(Convert.ToInt64(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero)
            : null;
    }
}
