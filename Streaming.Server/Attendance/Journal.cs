using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Streaming.Server.Attendance;

/// <summary>This node's durable copy of the ledger, one SQLite file: what <see cref="Write"/> returned for is on the disk.</summary>
/// <remarks>
/// Safe for threads: writers take turns, readers wait for nobody (write-ahead log). Failures are <see cref="SqliteException"/>.
/// Entries are told apart by class and sequence, so that writing one twice keeps one.
/// </remarks>
internal sealed class Journal : IDisposable
{
    private readonly string _source;
    private readonly Lock _turn = new();
    private readonly LastSequences _last = new();
    private readonly SqliteConnection _writing;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _replace;
    private readonly SqliteCommand _beat;
    private readonly SqliteCommand _ship;

    /// <summary>Opens the file, and makes it when it is not there.</summary>
    /// <param name="path">Its path; the directory exists.</param>
    /// <exception cref="InvalidDataException">The file is of a later version of this program.</exception>
    public Journal(string path)
    {
        _source = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 1 }.ToString();   // s to wait for a held file
        _writing = new SqliteConnection(_source);
        _writing.Open();
        JournalSchema.Apply(_writing);
        _insert = JournalRows.Insert(_writing, "INSERT OR IGNORE");
        _replace = JournalRows.Insert(_writing, "INSERT OR REPLACE");
        _beat = Command("INSERT INTO beat (one, at) VALUES (1, $at) ON CONFLICT (one) DO UPDATE SET at = $at", ("$at", null));
        _ship = Command(
            "INSERT INTO shipped (class, sequence) VALUES ($class, $sequence) ON CONFLICT (class) DO UPDATE SET sequence = $sequence",
            ("$class", null),
            ("$sequence", null));
        LastBeat = ReadBeat();
    }

    /// <summary>When the process that had the file before was last known to keep the book (UTC); null for a new file.</summary>
    public DateTimeOffset? LastBeat { get; }

    /// <summary>What a connection of one's own to the file is opened with.</summary>
    public string Source => _source;

    /// <summary>Makes entries durable, all or none, and notes that the book is kept.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="now">The time, for the beat.</param>
    /// <param name="shipped">Classes of which more has reached the other nodes' store, with their last sequence there.</param>
    public void Write(IReadOnlyCollection<LedgerEntry> entries, DateTimeOffset now, IReadOnlyCollection<(string Class, long Sequence)>? shipped = null)
    {
        using var turn = _turn.EnterScope();
        using var transaction = Begin(_insert, _beat, _ship);
        foreach (var entry in entries)
        {
            JournalRows.Bind(_insert, entry);
            _insert.ExecuteNonQuery();
        }

        foreach (var (@class, sequence) in shipped ?? [])
        {
            (_ship.Parameters[0].Value, _ship.Parameters[1].Value) = (@class, sequence);
            _ship.ExecuteNonQuery();
        }

        _beat.Parameters[0].Value = now.UtcTicks;
        _beat.ExecuteNonQuery();
        transaction.Commit();
        _last.Note(entries);
    }

    /// <summary>Takes over what stands in the shared ledger, in place of what stands here.</summary>
    public void Take(IReadOnlyCollection<LedgerEntry> entries)
    {
        using var turn = _turn.EnterScope();
        using var transaction = Begin(_replace);
        foreach (var entry in entries)
        {
            JournalRows.Bind(_replace, entry);
            _replace.ExecuteNonQuery();
        }

        transaction.Commit();
        _last.Note(entries);
    }

    /// <summary>Puts other entries in place of all of a class's.</summary>
    public void Rewrite(string @class, IReadOnlyCollection<LedgerEntry> entries)
    {
        using var turn = _turn.EnterScope();
        using var delete = Command("DELETE FROM ledger WHERE class = $class", ("$class", @class));
        using var transaction = Begin(delete, _replace);
        delete.ExecuteNonQuery();
        foreach (var entry in entries)
        {
            JournalRows.Bind(_replace, entry);
            _replace.ExecuteNonQuery();
        }

        transaction.Commit();
        _last.Forget(@class);
    }

    /// <summary>
    /// Sets entries aside that the shared ledger refused: they stay in the table <c>refused</c>, as evidence that is in no report.
    /// </summary>
    /// <returns>How many.</returns>
    public int SetAside(string @class, long after, DateTimeOffset now)
    {
        using var turn = _turn.EnterScope();
        (string, object?)[] which = [("$class", @class), ("$after", after)];
        using var keep = Command(
            $"INSERT INTO refused ({JournalSchema.Columns}, refused) SELECT {JournalSchema.Columns}, $now FROM ledger WHERE class = $class AND sequence > $after",
            [.. which, ("$now", now.UtcTicks)]);
        using var delete = Command("DELETE FROM ledger WHERE class = $class AND sequence > $after", which);
        using var transaction = Begin(keep, delete);
        keep.ExecuteNonQuery();
        var count = delete.ExecuteNonQuery();
        transaction.Commit();
        _last.Forget(@class);
        return count;
    }

    /// <summary>Moves entries back in the order: what another node wrote before them comes between.</summary>
    /// <param name="class">The class.</param>
    /// <param name="after">Those behind this one.</param>
    /// <param name="by">By how many numbers.</param>
    public void Renumber(string @class, long after, long by)
    {
        using var turn = _turn.EnterScope();

        // By way of negative numbers, of which there are none: each step must find its new number free.
        using var away = Command(
            "UPDATE ledger SET sequence = -(sequence + $by) WHERE class = $class AND sequence > $after", ("$class", @class), ("$after", after), ("$by", by));
        using var back = Command("UPDATE ledger SET sequence = -sequence WHERE class = $class AND sequence < 0", ("$class", @class));
        using var transaction = Begin(away, back);
        away.ExecuteNonQuery();
        back.ExecuteNonQuery();
        transaction.Commit();
        _last.Forget(@class);
    }

    /// <summary>A class's entries in their order.</summary>
    /// <param name="class">The class.</param>
    /// <param name="after">Those behind this sequence number; 0 for all.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<LedgerEntry> Read(string @class, long after = 0, int limit = int.MaxValue)
    {
        using var reading = Open();
        using var query = Command(
            reading,
            $"SELECT {JournalSchema.Columns} FROM ledger WHERE class = $class AND sequence > $after ORDER BY sequence LIMIT $limit",
            ("$class", @class),
            ("$after", after),
            ("$limit", limit));
        return JournalRows.Read(query);
    }

    /// <summary>A class's newest entries of one kind that marks lessons (<see cref="LedgerKind.Started"/>, <see cref="LedgerKind.Closed"/>), oldest first.</summary>
    public IReadOnlyList<LedgerEntry> Marks(string @class, LedgerKind kind, int newest)
    {
        using var reading = Open();
        using var query = Command(
            reading,
            $"SELECT {JournalSchema.Columns} FROM ledger WHERE class = $class AND kind = $kind AND kind IN (1, 31) ORDER BY sequence DESC LIMIT $newest",
            ("$class", @class),
            ("$kind", (int)kind),
            ("$newest", newest));
        var marks = JournalRows.Read(query);
        marks.Reverse();
        return marks;
    }

    /// <summary>The last entry of a marking kind before a time; null when there is none.</summary>
    public long? LastMarkBefore(string @class, LedgerKind kind, DateTimeOffset before) => ReadNumber(
        "SELECT COALESCE(MAX(sequence), 0) FROM ledger WHERE class = $class AND kind = $kind AND kind IN (1, 31) AND at < $before",
        ("$class", @class),
        ("$kind", (int)kind),
        ("$before", before.UtcTicks)) is > 0 and var sequence ? sequence : null;

    /// <summary>Erases what was set aside before a time.</summary>
    public void ForgetRefused(DateTimeOffset before)
    {
        using var turn = _turn.EnterScope();
        using var delete = Command("DELETE FROM refused WHERE refused < $before", ("$before", before.UtcTicks));
        delete.ExecuteNonQuery();
    }

    /// <summary>Erases what was set aside of a class.</summary>
    public void ForgetRefused(string @class)
    {
        using var turn = _turn.EnterScope();
        using var delete = Command("DELETE FROM refused WHERE class = $class", ("$class", @class));
        delete.ExecuteNonQuery();
    }

    /// <summary>The sequence number of a class's last mark (see <see cref="Marks"/>) of one kind up to a place, that place included; 0 when there is none.</summary>
    public long LastMark(string @class, LedgerKind kind, long upTo) => ReadNumber(
        "SELECT COALESCE(MAX(sequence), 0) FROM ledger WHERE class = $class AND kind = $kind AND kind IN (1, 31) AND sequence <= $upTo",
        ("$class", @class),
        ("$kind", (int)kind),
        ("$upTo", upTo));

    /// <summary>The last sequence number of a class; 0 when it has no entry. The disk is asked the first time only.</summary>
    public long LastSequence(string @class) =>
        _last.Of(@class, () => ReadNumber("SELECT COALESCE(MAX(sequence), 0) FROM ledger WHERE class = $class", ("$class", @class)));

    /// <summary>The last sequence number of a class that the other nodes' store is known to have; 0 when none is.</summary>
    public long Shipped(string @class) => ReadNumber("SELECT COALESCE(MAX(sequence), 0) FROM shipped WHERE class = $class", ("$class", @class));

    /// <summary>The classes that have entries here.</summary>
    public IReadOnlyList<string> Classes() => ReadWords("SELECT DISTINCT class FROM ledger");

    /// <summary>The classes with entries that the other nodes' store is not known to have.</summary>
    public IReadOnlyList<string> Unshipped() => ReadWords("""
        SELECT class FROM (SELECT class, MAX(sequence) AS last FROM ledger GROUP BY class) LEFT JOIN shipped USING (class)
        WHERE last > COALESCE(sequence, 0)
        """);

    /// <summary>How many entries were set aside, ever.</summary>
    public long CountRefused() => ReadNumber("SELECT COUNT(*) FROM refused");

    public void Dispose()
    {
        foreach (var command in (ReadOnlySpan<SqliteCommand>)[_insert, _replace, _beat, _ship])
        {
            command.Dispose();
        }

        _writing.Dispose();

        // Pooled connections would keep the file open behind our back.
        using var pool = new SqliteConnection(_source);
        SqliteConnection.ClearPool(pool);
    }

    private static SqliteCommand Command(SqliteConnection connection, string text, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.Add(new SqliteParameter(name, value ?? DBNull.Value));
        }

        return command;
    }

    private SqliteCommand Command(string text, params ReadOnlySpan<(string Name, object? Value)> parameters) => Command(_writing, text, parameters);

    private SqliteTransaction Begin(params ReadOnlySpan<SqliteCommand> commands)
    {
        var transaction = _writing.BeginTransaction();
        foreach (var command in commands)
        {
            command.Transaction = transaction;
        }

        return transaction;
    }

    private SqliteConnection Open()
    {
        var reading = new SqliteConnection(_source);
        reading.Open();
        return reading;
    }

    private long ReadNumber(string text, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reading = Open();
        using var query = Command(reading, text, parameters);
        return Convert.ToInt64(query.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private List<string> ReadWords(string text)
    {
        using var reading = Open();
        using var query = Command(reading, text);
        using var rows = query.ExecuteReader();
        var words = new List<string>();
        while (rows.Read())
        {
            words.Add(rows.GetString(0));
        }

        return words;
    }

    private DateTimeOffset? ReadBeat()
    {
        using var query = Command("SELECT at FROM beat");
        return query.ExecuteScalar() is { } ticks
            ? new DateTimeOffset(Convert.ToInt64(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero)
            : null;
    }
}
