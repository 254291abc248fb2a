namespace Streaming.Server.FanOut;

/// <summary>What a connection may let wait.</summary>
/// <param name="Bytes">More than this waiting, and it is dropped to snapshots.</param>
/// <param name="SnapshotsAfter">Nothing taken for so long, and it is dropped to snapshots.</param>
/// <param name="CloseAfter">Nothing taken for so much longer, and it is closed.</param>
internal sealed record OutboxLimits(int Bytes, TimeSpan SnapshotsAfter, TimeSpan CloseAfter)
{
    /// <summary>A link that takes this many bytes a second (64 kbit/s) drains.</summary>
    public const int SlowestLink = 8_000;

    /// <summary>No answer is given more time than this.</summary>
    public static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(60);

    /// <summary>What is not the outbox's own, such as an answer to a call, may wait for the client so long: longer than anything the outbox allows.</summary>
    public TimeSpan LongestWrite => SnapshotsAfter + CloseAfter + LongestAnswer + TimeSpan.FromSeconds(5);

    public static OutboxLimits Default { get; } = new(256 * 1_024, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20));
}

/// <summary>What has become of a connection just now.</summary>
internal enum OutboxStep
{
    /// <summary>Nothing else.</summary>
    None,

    /// <summary>What waited was thrown away; a few messages in its place will make the client ask for a snapshot.</summary>
    ToSnapshots,

    /// <summary>It does not drain at all: it must be closed.</summary>
    Close,
}
