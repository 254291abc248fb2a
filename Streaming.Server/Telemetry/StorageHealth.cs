namespace Streaming.Server.Telemetry;

/// <summary>Whether lessons can be written to the data directory.</summary>
internal sealed class StorageHealth
{
    private string? _failure;

    /// <summary>Why the last write failed; null when it did not.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>What is wrong, in words that everybody may read: the system's own messages name paths of this machine.</summary>
    public static string Describe(Exception failure) => failure switch
    {
        UnauthorizedAccessException => "Access is denied.",
        DirectoryNotFoundException => "The directory is gone.",
        { HResult: 28 } => "No space left on device.",
        { HResult: 30 } => "The file system is read-only.",
        _ => "Writing failed; the log says how.",
    };

    public void Succeeded() => Volatile.Write(ref _failure, null);

    /// <summary>Notes a failed write.</summary>
    /// <returns>Whether the one before had succeeded: each failure need not be logged.</returns>
    public bool Failed(string reason) => Interlocked.Exchange(ref _failure, reason) is null;
}
