using Microsoft.Data.Sqlite;
using Streaming.Server.Attendance;

namespace Streaming.Server.Webhooks;

/// <summary>What of one class waits for a receiver since a former process.</summary>
/// <param name="Class">The class.</param>
/// <param name="Cursor">Up to here it was told.</param>
/// <param name="Written">The last entry that is to be told.</param>
internal readonly record struct WebhookBacklog(string Class, long Cursor, long Written);

/// <summary>Up to where each receiver was told of each class, in the journal's file.</summary>
/// <remarks>
/// One caller at a time. The connection is its own, and does not sync: a cursor that a power cut takes back costs a receiver a few events twice,
/// and the journal waits for no second sync. Failures are <see cref="SqliteException"/>.
/// </remarks>
internal sealed class WebhookCursors : IDisposable
{
    // One look-up a class instead of a walk through every entry.
    private const string Classes = """
        WITH RECURSIVE known (id) AS (
          SELECT MIN(class) FROM ledger
          UNION ALL SELECT (SELECT MIN(class) FROM ledger WHERE class > known.id) FROM known WHERE known.id IS NOT NULL),
        last (id, written) AS (
          SELECT known.id, (SELECT MAX(sequence) FROM ledger WHERE class = known.id) FROM known WHERE known.id IS NOT NULL)
        """;

    private readonly SqliteConnection _connection;
    private readonly string[] _receivers;
    private bool _hasBegun;

    /// <param name="journal">Its file.</param>
    /// <param name="receivers">The keys of the receivers on the list; those of others are forgotten.</param>
    public WebhookCursors(Journal journal, IReadOnlyCollection<string> receivers)
    {
        _receivers = [.. receivers];
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder(journal.Source) { Pooling = false }.ToString());
        _connection.Open();
        using var command = Command("PRAGMA synchronous = NORMAL");
        command.ExecuteNonQuery();
    }

    /// <summary>
    /// Draws the line for receivers that are new on the list: what stands in the ledger before it they are not told. Forgets those that are not
    /// on it any more: put back, they are new.
    /// </summary>
    public void Begin()
    {
        using var transaction = _connection.BeginTransaction();
        var listed = string.Join(", ", _receivers.Select((_, i) => $"$r{i}"));
        using (var forget = Command($"DELETE FROM webhook WHERE url NOT IN ({listed})", [.. _receivers.Select((key, i) => ($"$r{i}", (object)key))]))
        {
            forget.Transaction = transaction;
            forget.ExecuteNonQuery();
        }

        foreach (var receiver in _receivers)
        {
            if (!IsKnown(receiver, transaction))
            {
                using var draw = Command(
                    $"{Classes} INSERT INTO webhook (url, class, sequence) SELECT $url, id, written FROM last UNION ALL SELECT $url, '', 0",
                    ("$url", receiver));
                draw.Transaction = transaction;
                draw.ExecuteNonQuery();
            }
        }

        transaction.Commit();
        _hasBegun = true;
    }

    /// <summary>What a receiver on the list was not told yet. A class that is not known began behind the line.</summary>
    public IReadOnlyList<WebhookBacklog> Backlog(string receiver)
    {
        if (!IsKnown(receiver, null))
        {
            return [];
        }

        using var query = Command(
            $"""
            {Classes} SELECT id, COALESCE(sequence, 0), written FROM last LEFT JOIN webhook ON url = $url AND class = id
            WHERE written > COALESCE(sequence, 0)
            """,
            ("$url", receiver));
        using var rows = query.ExecuteReader();
        var backlog = new List<WebhookBacklog>();
        while (rows.Read())
        {
            backlog.Add(new WebhookBacklog(rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2)));
        }

        return backlog;
    }

    /// <summary>Keeps what has moved, all or nothing.</summary>
    public void Save(IEnumerable<(string Receiver, string Class, long Sequence)> moved)
    {
        if (!_hasBegun)
        {
            Begin();
        }

        using var transaction = _connection.BeginTransaction();
        using var save = Command(
            "INSERT INTO webhook (url, class, sequence) VALUES ($url, $class, $sequence) ON CONFLICT (url, class) DO UPDATE SET sequence = $sequence",
            ("$url", ""),
            ("$class", ""),
            ("$sequence", 0L));
        save.Transaction = transaction;
        foreach (var (receiver, @class, sequence) in moved)
        {
            (save.Parameters[0].Value, save.Parameters[1].Value, save.Parameters[2].Value) = (receiver, @class, sequence);
            save.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    public void Dispose() => _connection.Dispose();

    private bool IsKnown(string receiver, SqliteTransaction? transaction)
    {
        using var query = Command("SELECT 1 FROM webhook WHERE url = $url AND class = ''", ("$url", receiver));
        query.Transaction = transaction;
        return query.ExecuteScalar() is not null;
    }

    private SqliteCommand Command(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.Add(new SqliteParameter(name, value));
        }

        return command;
    }
}
