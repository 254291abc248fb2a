using Streaming.Server.Attendance;

namespace Streaming.Server.Stores;

/// <summary>What a caller must keep to when it hands entries over.</summary>
internal static class EntriesOf
{
    /// <exception cref="ArgumentException">There is no entry, one is another class's, or they are not in their order.</exception>
    public static void Check(string classId, IReadOnlyList<LedgerEntry> entries, bool withoutGap)
    {
        if (entries.Count == 0)
        {
            throw new ArgumentException("At least one entry is needed.", nameof(entries));
        }

        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Class != classId)
            {
                throw new ArgumentException($"Entry {entries[i].Sequence} is class '{entries[i].Class}''s, not '{classId}''s.", nameof(entries));
            }

            if (i > 0 && (withoutGap ? entries[i].Sequence != entries[i - 1].Sequence + 1 : entries[i].Sequence <= entries[i - 1].Sequence))
            {
                throw new ArgumentException($"Entry {entries[i].Sequence} cannot follow entry {entries[i - 1].Sequence}.", nameof(entries));
            }
        }
    }
}
