using Streaming.Contracts;

namespace Streaming.Client;

/// <summary>What became of a change, or of a chat line.</summary>
internal enum ChangeOutcome
{
    /// <summary>It was the next one; the copy moved.</summary>
    Applied,

    /// <summary>It leads to a version that the copy already has.</summary>
    Old,

    /// <summary>It comes before the reply to the join that it belongs to; it waits for it.</summary>
    Held,

    /// <summary>One before it is missing: a snapshot is needed.</summary>
    Gap,
}

/// <summary>One client's copy of a class: follows the versions, notices what is missing.</summary>
/// <remarks>
/// Not safe for threads. The reply to a join and the changes after it travel by different paths inside the SignalR client and may
/// overtake each other; so changes between <see cref="BeginJoin"/> and the reply are held.
/// </remarks>
internal sealed class ClassroomCopy
{
    private const int ChatLength = 50;   // as many as a snapshot carries

    private readonly List<ClassroomChange> _heldChanges = [];
    private readonly List<ChatLine> _heldLines = [];
    private string? _server;
    private long _lastLine;
    private bool _joining;

    /// <summary>The class as known; null before the first join.</summary>
    public ClassroomSnapshot? Current { get; private set; }

    /// <summary>From now on changes belong to a new connection.</summary>
    public void BeginJoin()
    {
        _joining = true;
        _heldChanges.Clear();
        _heldLines.Clear();
    }

    /// <summary>Takes the reply to a join and what was held for it.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="missed">Receives the chat lines that are new since the last known one; none at the first join.</param>
    /// <returns>Whether a change or a line is missing even so.</returns>
    public bool EndJoin(JoinReply reply, List<ChatLine> missed)
    {
        _joining = false;
        if (_server != reply.Server)
        {
            // Another run of the server counts its versions and lines anew.
            (_lastLine, Current) = (_server is null ? LastOf(reply.Classroom) : 0, null);
            _server = reply.Server;
        }

        Apply(reply.Classroom, missed);
        var gap = false;
        foreach (var line in _heldLines)
        {
            gap |= Apply(line, missed) == ChangeOutcome.Gap;
        }

        foreach (var change in _heldChanges)
        {
            gap |= Apply(change) == ChangeOutcome.Gap;
        }

        return gap;
    }

    /// <summary>Takes a snapshot, unless it is older than what is known.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="missed">Receives the chat lines that are new.</param>
    /// <returns>Whether the copy moved.</returns>
    public bool Apply(ClassroomSnapshot snapshot, List<ChatLine> missed)
    {
        if (Current is { } known && snapshot.Version < known.Version)
        {
            return false;
        }

        // Lines do not move the version: one that came meanwhile may be newer than the snapshot.
        var last = LastOf(snapshot);
        IEnumerable<ChatLine> newer = Current is { } former ? former.Chat.Where(line => line.Id > last) : [];
        Current = snapshot with { Chat = [.. snapshot.Chat.Concat(newer).TakeLast(ChatLength)] };
        foreach (var line in snapshot.Chat.Where(line => line.Id > _lastLine))
        {
            _lastLine = line.Id;
            missed.Add(line);
        }

        return true;
    }

    /// <summary>Takes a change.</summary>
    public ChangeOutcome Apply(ClassroomChange change)
    {
        if (_joining || Current is not { } known)
        {
            _heldChanges.Add(change);
            return ChangeOutcome.Held;
        }

        if (change.Version <= known.Version)
        {
            return ChangeOutcome.Old;
        }

        if (change.Version > known.Version + 1)
        {
            return ChangeOutcome.Gap;
        }

        Current = known with
        {
            Version = change.Version,
            Lesson = change.Lesson ?? known.Lesson,
            Seats = change is { Seats: null, Gone: null } ? known.Seats : Merge(known.Seats, change),
            CheckIn = change.CheckIn switch
            {
                null => known.CheckIn,
                { IsOpen: true } opened => opened,
                _ => null,
            },
            Still = change.Still ?? ((change.Lesson ?? known.Lesson).Sources.Contains(TrackSource.Screen) ? known.Still : null),
        };
        return ChangeOutcome.Applied;
    }

    /// <summary>Takes a chat line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="said">Receives it, unless it was known, has to wait, or comes with the snapshot that closes the gap before it.</param>
    public ChangeOutcome Apply(ChatLine line, List<ChatLine> said)
    {
        if (_joining || Current is not { } known)
        {
            _heldLines.Add(line);
            return ChangeOutcome.Held;
        }

        if (line.Id <= _lastLine)
        {
            return ChangeOutcome.Old;
        }

        if (line.Id > _lastLine + 1)
        {
            return ChangeOutcome.Gap;
        }

        _lastLine = line.Id;
        Current = known with { Chat = [.. known.Chat.Skip(known.Chat.Count - ChatLength + 1), line] };
        said.Add(line);
        return ChangeOutcome.Applied;
    }

    private static long LastOf(ClassroomSnapshot snapshot) => snapshot.Chat.Count == 0 ? 0 : snapshot.Chat[^1].Id;

    private static List<Seat> Merge(IReadOnlyList<Seat> seats, ClassroomChange change)
    {
        var merged = new List<Seat>(seats.Count + 1);
        var changed = new Dictionary<string, Seat>();
        foreach (var seat in change.Seats ?? [])
        {
            changed[seat.Member] = seat;
        }

        var gone = (change.Gone ?? []).ToHashSet();
        foreach (var seat in seats.Where(seat => !gone.Contains(seat.Member)))
        {
            merged.Add(changed.Remove(seat.Member, out var replacement) ? replacement : seat);
        }

        // Seats stay in the order of joining: whoever is new comes last, and so does whoever left and came back.
        merged.AddRange((change.Seats ?? []).Where(seat => changed.Remove(seat.Member)));
        return merged;
    }
}
