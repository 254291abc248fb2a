using Microsoft.Data.Sqlite;
using Streaming.Server.Telemetry;

namespace Streaming.Server.Attendance;

/// <summary>Whether the ledger reaches the disk.</summary>
internal sealed class LedgerHealth : IHealthPart
{
    private const int Full = 13, ReadOnly = 8, InputOutput = 10, Busy = 5, Corrupt = 11, CannotOpen = 14, NotADatabase = 26;

    private string? _failure;

    /// <inheritdoc/>
    public string Name => "ledger";

    /// <summary>What is wrong, in words that everybody may read.</summary>
    public static string Describe(SqliteException failure) => failure.SqliteErrorCode switch
    {
        Full => "No space left on device.",
        ReadOnly => "The file is read-only.",
        InputOutput => "The disk fails.",
        Busy => "Another program holds the file.",
        Corrupt or NotADatabase => "The file is damaged.",
        CannotOpen => "The file cannot be opened.",
        _ => "Writing failed; the log says how.",
    };

    /// <summary>Notes a failed write.</summary>
    /// <returns>Whether the one before had succeeded.</returns>
    public bool Failed(string reason) => Interlocked.Exchange(ref _failure, reason) is null;

    /// <summary>Notes a write.</summary>
    /// <returns>Whether the one before had failed.</returns>
    public bool Succeeded() => Interlocked.Exchange(ref _failure, null) is not null;

    /// <inheritdoc/>
    public PartHealth Check() => Volatile.Read(ref _failure) is { } failure
        ? new PartHealth(HealthState.Degraded, $"The ledger cannot be written and waits in memory: {failure}")
        : new PartHealth(HealthState.Ok);
}
