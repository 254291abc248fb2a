namespace Streaming.Server.Attendance;

/// <summary>Hears of entries when they are on the disk.</summary>
internal interface ILedgerListener
{
    /// <summary>These were written, those of one class in their order. Called by the journal's writer: quick, and it must not throw.</summary>
    /// <param name="entries">Valid until this returns.</param>
    void Written(IReadOnlyList<LedgerEntry> entries);
}
