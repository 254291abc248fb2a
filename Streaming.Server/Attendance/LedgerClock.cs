namespace Streaming.Server.Attendance;

/// <summary>The lesson's clock: the wall clock at the opening of the book, and the monotonic clock from there.</summary>
/// <remarks>A wall clock that is corrected in the middle of a lesson would give some people minutes and take them from others.</remarks>
internal sealed class LedgerClock
{
    private LedgerEntry? _opening;

    /// <summary>When the entry happened. Entries come in their order.</summary>
    public DateTimeOffset Read(LedgerEntry entry)
    {
        if (_opening is null || entry.Kind == LedgerKind.Interrupted)
        {
            _opening = entry;
        }

        return _opening.At + (entry.Offset - _opening.Offset);
    }
}
