using Streaming.Server.Stores;

namespace Streaming.Server.Placement;

/// <summary>This node and the others, as last heard.</summary>
/// <remarks>Written by <see cref="NodeLease"/> alone; read from any thread.</remarks>
internal sealed class NodeDirectory(string id)
{
    private volatile NodeInfo _me = new(id, "");
    private volatile IReadOnlyList<NodeInfo> _live = [];

    /// <summary>This node.</summary>
    public NodeInfo Me
    {
        get => _me;
        set => _me = value;
    }

    /// <summary>All nodes whose lease lived when last asked, this one included.</summary>
    public IReadOnlyList<NodeInfo> Live
    {
        get => _live;
        set => _live = value;
    }

    /// <summary>The addresses of all, where there are several: a page may have come by a name that is none of theirs.</summary>
    public IEnumerable<string> Urls => OtherUrls is null ? [] : _live.Select(node => node.Url);

    /// <summary>The addresses of the others; null when there are none.</summary>
    public IReadOnlyList<string>? OtherUrls => _live.Where(node => node.Id != _me.Id).Select(node => node.Url).ToArray() is { Length: > 0 } urls ? urls : null;
}
