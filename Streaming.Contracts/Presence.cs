namespace Streaming.Contracts;

/// <summary>How a member stands to the class, by the steady view.</summary>
public enum PresenceState
{
    /// <summary>Here, with one device at least.</summary>
    Present,

    /// <summary>The last device dropped less than the grace ago (15 s by default): still here and still counted.</summary>
    Unstable,

    /// <summary>Dropped and not back within the grace; nobody said goodbye. Not counted.</summary>
    Away,

    /// <summary>Left, by their own word or by another's. Not counted.</summary>
    Left,
}

/// <summary>How one student stands to the class; told to teachers and inspectors when it changes.</summary>
/// <param name="Member">The student.</param>
/// <param name="Name">Display name; of those who are away it is in no seat.</param>
/// <param name="State">The state.</param>
/// <param name="Since">Since when (UTC): a state that began with a drop counts from the drop.</param>
public sealed record MemberPresence(string Member, string Name, PresenceState State, DateTimeOffset Since);

/// <summary>What a device knows of what it shows and plays; told by the page when it changes.</summary>
/// <param name="Hidden">Out of sight: screen off, another app or tab. Sound may go on.</param>
/// <param name="Stalled">Something is sent, and nothing of it moves or sounds on this device.</param>
/// <param name="Silent">No sound plays: the browser wants a tap first, or the user has turned it off.</param>
public sealed record DeviceReport(bool Hidden, bool Stalled, bool Silent);
