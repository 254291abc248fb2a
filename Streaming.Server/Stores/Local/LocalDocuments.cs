using Microsoft.Data.Sqlite;

namespace Streaming.Server.Stores.Local;

/// <summary>The classes' documents, in a table of the journal's file.</summary>
/// <remarks>Safe for threads. Failures are <see cref="SqliteException"/>.</remarks>
/// <param name="source">What a connection to the file is opened with.</param>
internal sealed class LocalDocuments(string source)
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS document (
          class TEXT NOT NULL, name TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (class, name)) WITHOUT ROWID, STRICT
        """;

    private const string Put = """
        INSERT INTO document (class, name, content) VALUES ($class, $name, $content)
        ON CONFLICT (class, name) DO UPDATE SET content = $content
        """;

    private bool _isMade;

    /// <summary>A document; null when there is none.</summary>
    public string? Read(string classId, string name) =>
        Run("SELECT content FROM document WHERE class = $class AND name = $name", classId, name, content: null) as string;

    /// <summary>Writes a document; null removes it.</summary>
    public void Write(string classId, string name, string? content) => Run(
        content is null ? "DELETE FROM document WHERE class = $class AND name = $name" : Put, classId, name, content);

    private object? Run(string sql, string classId, string name, string? content)
    {
        using var connection = new SqliteConnection(source);
        connection.Open();
        using var command = connection.CreateCommand();
        if (!_isMade)
        {
            command.CommandText = Schema;
            command.ExecuteNonQuery();
            _isMade = true;
        }

        command.CommandText = sql;
        command.Parameters.AddWithValue("$class", classId);
        command.Parameters.AddWithValue("$name", name);
        if (content is not null)
        {
            command.Parameters.AddWithValue("$content", content);
        }

        return command.ExecuteScalar();
    }
}
