using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Presence;

/// <summary>The steady view of one class: who is present, unstable, away, left. A pure function of the class's ledger and the time.</summary>
/// <remarks>
/// Told each happening in the ledger's order, it holds per member what the ledger says of their devices. Whoever has a connected device is
/// present; whose last device dropped less than the grace ago is unstable, and away afterwards. Teachers are in it too, for they keep a seat
/// like everybody. Belongs to a class's ledger; only the class's loop calls.
/// </remarks>
/// <param name="grace">How long somebody without a connection is still counted.</param>
internal sealed class PresenceView(TimeSpan grace)
{
    private readonly Dictionary<string, PresentMember> _members = new(StringComparer.Ordinal);
    private readonly List<PresentMember> _inOrder = [];

    /// <summary>Everybody of whom something is known, in the order of coming.</summary>
    public IReadOnlyList<PresentMember> Members => _inOrder;

    /// <summary>Whether a device is in the class, connected or dropped.</summary>
    public bool HasDevices => _inOrder.Exists(member => member.Devices.Count > 0);

    /// <summary>Takes the next happening.</summary>
    public void Apply(in Happening happened, DateTimeOffset at)
    {
        switch (happened.Kind)
        {
            case LedgerKind.Joined or LedgerKind.Returned when happened is { Member: { } id, Device: { } device }:
                MemberFor(id, happened).Connect(device, at);
                break;
            case LedgerKind.Dropped when happened is { Device: { } device } && Find(happened.Member) is { } member:
                member.Drop(device, at);
                break;
            case LedgerKind.Left when happened is { Device: { } device } && Find(happened.Member) is { } member:
                member.Remove(device, at, isAway: happened.Cause == LedgerCause.GraceOver);
                break;
            case LedgerKind.Interrupted:
                // Where they were meanwhile nobody knows; they have the grace to come back.
                _inOrder.ForEach(member => member.DropAll(at));
                break;
            case LedgerKind.Started or LedgerKind.Ended or LedgerKind.Closed:
                ForgetGone();
                break;
        }
    }

    /// <summary>The member's state at a time that is not before the last happening; null of whom nothing is known.</summary>
    public MemberPresence? At(DateTimeOffset now, string id) => Find(id) is not { } member ? null : At(now, member);

    /// <inheritdoc cref="At(DateTimeOffset, string)"/>
    public MemberPresence At(DateTimeOffset now, PresentMember member) =>
        new(member.Id, member.Name, member.StateAt(now, grace), member.Since);

    /// <summary>The member; null of whom nothing is known.</summary>
    public PresentMember? Find(string? id) => id is null ? null : _members.GetValueOrDefault(id);

    private PresentMember MemberFor(string id, in Happening happened)
    {
        if (Find(id) is not { } member)
        {
            _members.Add(id, member = new PresentMember(id));
            _inOrder.Add(member);
        }
        else if (member.Devices.Count == 0)
        {
            // Seats are in the order of coming, and who was gone comes anew.
            _inOrder.Remove(member);
            _inOrder.Add(member);
        }

        member.Role = happened.Role ?? member.Role;
        member.Name = happened.Name ?? member.Name;
        return member;
    }

    private void ForgetGone()
    {
        foreach (var gone in _inOrder.FindAll(member => member.Devices.Count == 0))
        {
            _members.Remove(gone.Id);
            _inOrder.Remove(gone);
        }
    }
}
