using Streaming.Contracts;

namespace Streaming.Server.FanOut;

/// <summary>About how large a snapshot is on the wire.</summary>
internal static class SnapshotSize
{
    private const int Frame = 512;      // the class, the lesson, whose answer it is
    private const int PerSeat = 96;     // names of the fields, role, a raised hand
    private const int PerLine = 128;

    /// <summary>Bytes, rather too many than too few: a character may take three.</summary>
    public static int Of(ClassroomSnapshot snapshot)
    {
        var size = Frame;
        foreach (var seat in snapshot.Seats)
        {
            size += PerSeat + seat.Member.Length + (3 * seat.Name.Length);
        }

        foreach (var line in snapshot.Chat)
        {
            size += PerLine + (3 * line.Text.Length);
        }

        return size;
    }
}
