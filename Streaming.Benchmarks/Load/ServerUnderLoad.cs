namespace Streaming.Benchmarks.Load;

/// <summary>What a server says of itself; only ours does.</summary>
/// <param name="Forwarded">RTP packets forwarded.</param>
/// <param name="Resent">RTP packets sent again.</param>
/// <param name="MediaAllocated">Bytes allocated on the media threads.</param>
/// <param name="SendFailures">Datagrams that the kernel refused to send.</param>
/// <param name="GcPause">Time for which the garbage collector has held all threads, in seconds.</param>
/// <param name="GcCount">Garbage collections.</param>
internal sealed record ServerMeters(double Forwarded, double Resent, double MediaAllocated, double SendFailures, double GcPause, double GcCount)
{
    public static ServerMeters operator -(ServerMeters later, ServerMeters earlier) => new(
        later.Forwarded - earlier.Forwarded,
        later.Resent - earlier.Resent,
        later.MediaAllocated - earlier.MediaAllocated,
        later.SendFailures - earlier.SendFailures,
        later.GcPause - earlier.GcPause,
        later.GcCount - earlier.GcCount);
}

/// <summary>The server that is measured: a process of its own on this machine, with doors for teachers and viewers.</summary>
internal abstract class ServerUnderLoad : IAsyncDisposable
{
    /// <summary>Its process.</summary>
    public abstract int ProcessId { get; }

    /// <summary>What its media threads' names begin with; null when they cannot be told from others.</summary>
    public abstract string? MediaThreads { get; }

    /// <summary>What the name of its compiler's thread begins with; null when there is none that could be told.</summary>
    public virtual string? CompilerThread => null;

    /// <summary>Where the teacher of a class publishes.</summary>
    public abstract MediaDoor Whip(int @class);

    /// <summary>Where a viewer watches a class.</summary>
    /// <param name="class">From 0; a negative one has no teacher.</param>
    /// <param name="viewer">A number that no other viewer of this run has.</param>
    public abstract MediaDoor Whep(int @class, int viewer);

    /// <summary>What it says of itself now; null when it says nothing.</summary>
    public abstract Task<ServerMeters?> ReadMetersAsync();

    /// <summary>The end of what it wrote to its console, for an error's message; empty when that is not ours to see.</summary>
    public virtual string LogTail => "";

    public abstract ValueTask DisposeAsync();
}

/// <summary>Any server that speaks WHIP and WHEP.</summary>
internal sealed class ForeignServer(ForeignOptions options) : ServerUnderLoad
{
    public override int ProcessId => options.ProcessId;

    public override string? MediaThreads => null;

    public override MediaDoor Whip(int @class) => new(options.Whip, options.WhipToken);

    public override MediaDoor Whep(int @class, int viewer) => new(options.Whep, options.WhepToken);

    public override Task<ServerMeters?> ReadMetersAsync() => Task.FromResult<ServerMeters?>(null);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
