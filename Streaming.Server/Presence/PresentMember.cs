using Streaming.Contracts;

namespace Streaming.Server.Presence;

/// <summary>What the ledger says of one member's devices.</summary>
/// <remarks>Belongs to <see cref="PresenceView"/>; only it writes.</remarks>
internal sealed class PresentMember(string id)
{
    private readonly Dictionary<string, bool> _devices = new(StringComparer.Ordinal);
    private bool _isAway;

    public string Id { get; } = id;

    public string Name { get; set; } = "";

    public Role Role { get; set; } = Role.Student;

    /// <summary>The devices in the class, connected or dropped, by name.</summary>
    public IReadOnlyCollection<string> Devices => _devices.Keys;

    /// <summary>When the state began: with the first connection, the last drop, or the leaving.</summary>
    public DateTimeOffset Since { get; private set; }

    public PresenceState StateAt(DateTimeOffset now, TimeSpan grace) =>
        _devices.ContainsValue(true) ? PresenceState.Present
        : _devices.Count == 0 ? _isAway ? PresenceState.Away : PresenceState.Left
        : now - Since < grace ? PresenceState.Unstable
        : PresenceState.Away;

    public void Connect(string device, DateTimeOffset at)
    {
        if (!_devices.ContainsValue(true))
        {
            Since = at;
        }

        _devices[device] = true;
    }

    public void Drop(string device, DateTimeOffset at)
    {
        if (_devices.TryGetValue(device, out var connected) && connected)
        {
            _devices[device] = false;
            Since = _devices.ContainsValue(true) ? Since : at;
        }
    }

    public void DropAll(DateTimeOffset at)
    {
        if (_devices.Count > 0)
        {
            Since = at;
            foreach (var device in _devices.Keys)
            {
                _devices[device] = false;
            }
        }
    }

    /// <param name="device">The device that is gone for good.</param>
    /// <param name="at">When.</param>
    /// <param name="isAway">Its grace was over; nobody said goodbye.</param>
    public void Remove(string device, DateTimeOffset at, bool isAway)
    {
        if (!_devices.Remove(device, out var connected))
        {
            return;
        }

        if (_devices.Count == 0)
        {
            // Away since the drop, left since the word.
            (_isAway, Since) = (isAway, isAway ? Since : at);
        }
        else if (connected && !_devices.ContainsValue(true))
        {
            Since = at;
        }
    }
}
