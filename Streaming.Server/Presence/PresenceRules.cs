namespace Streaming.Server.Presence;

/// <summary>How the steady view is steadied.</summary>
/// <param name="Grace">How long somebody whose connection dropped is still counted.</param>
internal sealed record PresenceRules(TimeSpan Grace);
