using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Presence;

namespace Streaming.Server.Webhooks;

/// <summary>Reads out of one class's ledger when a person came and when one went for good. A pure function of the entries.</summary>
/// <remarks>
/// It is about people and the steady view: of two devices only the first that comes and the last that goes are told, and a drop that heals is
/// nothing. Tell it the entries in their order, from one at which nobody was in the class.
/// </remarks>
/// <param name="rules">How the view is steadied.</param>
internal sealed class WebhookEvents(PresenceRules rules)
{
    private readonly PresenceView _view = new(rules.Grace);
    private readonly Dictionary<string, DateTimeOffset> _lastSeen = new(StringComparer.Ordinal);

    /// <summary>Takes the next entry.</summary>
    /// <returns>What it means for a person; null when it means nothing to anybody else.</returns>
    public WebhookEvent? Apply(LedgerEntry entry)
    {
        if (entry.Kind == LedgerKind.Interrupted)
        {
            NoteInterrupted(entry);
        }

        var (hadDevices, wasConnected) = Look(entry);
        _view.Apply(Happening.Of(entry), entry.At);
        if (_view.Find(entry.Member) is not { } member)
        {
            return null;
        }

        var (hasDevices, isConnected) = Look(entry);
        if (isConnected)
        {
            _lastSeen.Remove(member.Id);
        }
        else if (wasConnected)
        {
            _lastSeen[member.Id] = entry.At;
        }

        return (hadDevices, hasDevices) switch
        {
            (false, true) => Tell(WebhookEvent.Joined, entry, member, entry.At, null),
            (true, false) => Tell(WebhookEvent.Left, entry, member, LastSeen(entry, member), entry.Cause),
            _ => null,
        };
    }

    private static WebhookEvent Tell(string type, LedgerEntry entry, PresentMember member, DateTimeOffset at, LedgerCause? cause) =>
        new(type, entry.Class, entry.Sequence, entry.At, member.Id, member.Name, member.Role, at, cause);

    private (bool HasDevices, bool IsConnected) Look(LedgerEntry entry) => _view.Find(entry.Member) is { } member
        ? (member.Devices.Count > 0, IsConnected(member, entry.At))
        : (false, false);

    private bool IsConnected(PresentMember member, DateTimeOffset at) => _view.At(at, member).State == PresenceState.Present;

    // Nobody kept the book: who was there before it may have gone at any moment since.
    private void NoteInterrupted(LedgerEntry entry)
    {
        foreach (var member in _view.Members)
        {
            if (IsConnected(member, entry.At))
            {
                _lastSeen[member.Id] = entry.Since ?? entry.At;
            }
        }
    }

    // Who said goodbye was there until then; who did not was there until the connection was lost.
    private DateTimeOffset LastSeen(LedgerEntry entry, PresentMember member) =>
        _lastSeen.Remove(member.Id, out var seen) && entry.Cause == LedgerCause.GraceOver ? seen : entry.At;
}
