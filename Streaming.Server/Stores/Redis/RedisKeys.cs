namespace Streaming.Server.Stores.Redis;

/// <summary>Where everything stands. What is in braces decides the hash slot: all of a class in one, all of the nodes in one.</summary>
/// <param name="prefix">What tells our keys from others' (<c>Redis:Prefix</c>).</param>
internal sealed class RedisKeys(string prefix)
{
    /// <summary>Sorted set: nodes by the end of their lease (ms since 1970, by the server's clock).</summary>
    public string Leases { get; } = $"{{{prefix}:nodes}}:leases";

    /// <summary>Hash: nodes' addresses.</summary>
    public string Urls { get; } = $"{{{prefix}:nodes}}:urls";

    /// <summary>Hash: when nodes last renewed their lease (ms since 1970, by the server's clock).</summary>
    public string Beats { get; } = $"{{{prefix}:nodes}}:beats";

    /// <summary>Hash: <c>node</c>, <c>epoch</c>.</summary>
    public string Home(string classId) => $"{prefix}:{{{classId}}}:home";

    /// <summary>Stream: an entry <c>e</c> of <see cref="LedgerText"/> under <c>sequence-0</c>.</summary>
    public string Ledger(string classId) => $"{prefix}:{{{classId}}}:ledger";

    /// <summary>Hash: <see cref="DeviceText"/>.</summary>
    public string View(string classId) => $"{prefix}:{{{classId}}}:view";

    /// <summary>Sorted set: the entries that start a lesson, <c>sequence, tab, ticks</c>, by sequence.</summary>
    public string Starts(string classId) => $"{prefix}:{{{classId}}}:starts";

    /// <summary>Sorted set: the entries with which the class closed, likewise.</summary>
    public string Closes(string classId) => $"{prefix}:{{{classId}}}:closes";

    /// <summary>String: a document.</summary>
    public string Document(string classId, string name) => $"{prefix}:{{{classId}}}:doc:{name}";

    /// <summary>Channel: the ledger's last sequence number, whenever it has grown.</summary>
    public string Changes(string classId) => $"{prefix}:{{{classId}}}:changes";
}
