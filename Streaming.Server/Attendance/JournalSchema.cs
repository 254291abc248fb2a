using Microsoft.Data.Sqlite;

namespace Streaming.Server.Attendance;

/// <summary>The tables of the journal's file, and the way from each former version to this one.</summary>
internal static class JournalSchema
{
    /// <summary>The columns of an entry, in the order in which <see cref="JournalRows"/> writes and reads them.</summary>
    public const string Columns = "class, sequence, kind, at, offset, member, device, role, cause, facts, since, name, number";

    private static readonly string[] Versions =
    [
        """
        CREATE TABLE IF NOT EXISTS ledger (
          class TEXT NOT NULL, sequence INTEGER NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL, offset INTEGER NOT NULL,
          member TEXT, device TEXT, role INTEGER, cause INTEGER NOT NULL, facts INTEGER NOT NULL, since INTEGER, name TEXT,
          PRIMARY KEY (class, sequence)) WITHOUT ROWID, STRICT;
        CREATE TABLE IF NOT EXISTS beat (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL) STRICT;
        """,

        // Marks of a class, by which its lessons are found without reading its whole ledger; what was shipped to the other nodes' store; and what
        // that store refused, because the class had another home by then.
        """
        ALTER TABLE ledger ADD COLUMN number INTEGER;
        CREATE INDEX mark ON ledger (class, kind, sequence) WHERE kind IN (1, 31);
        CREATE TABLE shipped (class TEXT NOT NULL PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID, STRICT;
        CREATE TABLE refused (
          class TEXT NOT NULL, sequence INTEGER NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL, offset INTEGER NOT NULL,
          member TEXT, device TEXT, role INTEGER, cause INTEGER NOT NULL, facts INTEGER NOT NULL, since INTEGER, name TEXT, number INTEGER,
          refused INTEGER NOT NULL) STRICT;
        """,

        // Up to where each webhook's receiver was told of a class; the class '' says that the receiver is on the list since.
        """
        CREATE TABLE webhook (url TEXT NOT NULL, class TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (url, class)) WITHOUT ROWID, STRICT;
        """,
    ];

    /// <summary>Makes the tables, or brings those of a former version up to date.</summary>
    /// <exception cref="SqliteException">The file cannot be used.</exception>
    /// <exception cref="InvalidDataException">The file is of a later version of this program.</exception>
    public static void Apply(SqliteConnection connection)
    {
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        var version = Convert.ToInt32(Scalar(connection, "PRAGMA user_version"), System.Globalization.CultureInfo.InvariantCulture);
        if (version > Versions.Length)
        {
            throw new InvalidDataException(
                $"The ledger was written by a later version of this program (schema {version}, known are {Versions.Length}). Start that version.");
        }

        for (; version < Versions.Length; version++)
        {
            using var transaction = connection.BeginTransaction();
            Execute(connection, $"{Versions[version]} PRAGMA user_version = {version + 1};", transaction);
            transaction.Commit();
        }
    }

    private static void Execute(SqliteConnection connection, string text, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (text, transaction);
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }
}
