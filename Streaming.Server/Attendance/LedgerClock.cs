namespace Streaming.Server.Attendance;

/// <summary>The lesson's clock: the wall clock when the first came into an empty class, and the monotonic clock from there.</summary>
/// <remarks>
/// A wall clock that is corrected in the middle of a lesson would give some people minutes and take them from others. The monotonic clock
/// begins anew with every process: after a crash the book says so; a process that ended with nobody in the class leaves no word of it.
/// </remarks>
internal sealed class LedgerClock
{
    private readonly HashSet<(string?, string?)> _there = [];
    private LedgerEntry? _opening;

    /// <summary>When the entry happened. Entries come in their order.</summary>
    public DateTimeOffset Read(LedgerEntry entry)
    {
        if (_opening is null || _there.Count == 0 || entry.Kind is LedgerKind.Interrupted or LedgerKind.Opened)
        {
            _opening = entry;
        }

        switch (entry.Kind)
        {
            case LedgerKind.Joined or LedgerKind.Returned or LedgerKind.Dropped:
                _there.Add((entry.Member, entry.Device));
                break;
            case LedgerKind.Left:
                _there.Remove((entry.Member, entry.Device));
                break;
            case LedgerKind.Interrupted:
                _there.Clear();
                break;
        }

        return _opening.At + (entry.Offset - _opening.Offset);
    }
}
