using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Stores.Local;

/// <summary>What one process remembers of a class: its home, and its view as the ledger leads to it.</summary>
/// <remarks>Whoever uses it holds its lock.</remarks>
internal sealed class LocalClass
{
    private readonly Dictionary<(string Member, string Device), DevicePresence> _devices = [];

    /// <summary>Its home; null before the first claim.</summary>
    public ClassHome? Home { get; set; }

    /// <summary>The last entry that the view knows.</summary>
    public long Seen { get; private set; }

    /// <summary>The devices that are there, by member and device.</summary>
    public IReadOnlyList<DevicePresence> Devices =>
        [.. _devices.Values.OrderBy(device => device.Member, StringComparer.Ordinal).ThenBy(device => device.Device, StringComparer.Ordinal)];

    /// <summary>Brings the view up to date. Entries that it knows are passed over.</summary>
    public void See(LedgerEntry entry)
    {
        if (entry.Sequence <= Seen)
        {
            return;
        }

        Seen = entry.Sequence;
        var key = (entry.Member ?? "", entry.Device ?? "");
        switch (entry.Kind)
        {
            case LedgerKind.Joined or LedgerKind.Returned:
                _devices[key] = new DevicePresence(key.Item1, key.Item2, entry.Role ?? Role.Student, IsConnected: true, entry.At);
                break;
            case LedgerKind.Dropped:
                _devices[key] = new DevicePresence(key.Item1, key.Item2, entry.Role ?? Role.Student, IsConnected: false, entry.At);
                break;
            case LedgerKind.Left:
                _devices.Remove(key);
                break;
            case LedgerKind.Interrupted:
                foreach (var (known, device) in _devices)
                {
                    _devices[known] = device with { IsConnected = false, Since = entry.At };
                }

                break;
        }
    }

    /// <summary>Passes over entries up to this one: they were rewritten.</summary>
    public void Skip(long sequence) => Seen = Math.Max(Seen, sequence);
}
