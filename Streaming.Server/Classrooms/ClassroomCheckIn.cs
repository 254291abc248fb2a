using Streaming.Contracts;

namespace Streaming.Server.Classrooms;

/// <summary>An open check-in: who was asked, whose time runs, who answered. The time of a student who cannot be reached stands still.</summary>
/// <remarks>Belongs to <see cref="Classroom"/>; only it calls.</remarks>
internal sealed class ClassroomCheckIn
{
    /// <summary>A check-in ends after so many of its windows, however bad the links: who had not the time by then was not reached.</summary>
    public const int MostWindows = 3;

    private sealed class Asked(TimeSpan left)
    {
        public TimeSpan Left { get; set; } = left;
        public DateTimeOffset? RunsSince { get; set; }
        public CheckInState State { get; set; } = CheckInState.Waiting;
    }

    private readonly Dictionary<string, Asked> _asked = new(StringComparer.Ordinal);
    private readonly List<string> _changed = [];

    public ClassroomCheckIn(DateTimeOffset now, int seconds)
    {
        // Its time in milliseconds names it: two cannot be open at once, and a restart begins no new count.
        What = new CheckIn(now.ToUnixTimeMilliseconds(), now, seconds, IsOpen: true);
        EndsAt = now + (MostWindows * Window);
    }

    public CheckIn What { get; }

    public TimeSpan Window => TimeSpan.FromSeconds(What.Seconds);

    public DateTimeOffset EndsAt { get; }

    public bool IsPending => _changed.Count > 0;

    /// <summary>Nobody is waited for.</summary>
    public bool IsSettled => _asked.Values.All(asked => asked.State != CheckInState.Waiting);

    /// <summary>When somebody's time is over, or the whole.</summary>
    public DateTimeOffset NextDeadline =>
        _asked.Values.Where(asked => asked is { State: CheckInState.Waiting, RunsSince: not null })
            .Select(asked => asked.RunsSince!.Value + asked.Left).Append(EndsAt).Min();

    /// <summary>Asks a student, or notes whether one who was asked can be reached.</summary>
    public void Ask(string member, bool isReachable, DateTimeOffset now)
    {
        if (!_asked.TryGetValue(member, out var asked))
        {
            _asked.Add(member, asked = new Asked(Window));
            _changed.Add(member);
        }

        if (asked.State != CheckInState.Waiting || asked.RunsSince is not null == isReachable)
        {
            return;
        }

        if (asked.RunsSince is { } since)
        {
            asked.Left -= now - since;
        }

        asked.RunsSince = isReachable ? now : null;
    }

    /// <summary>Takes an answer.</summary>
    /// <returns>Whether it is the first of that student, and in time.</returns>
    public bool TryAnswer(string member) => TrySettle(member, CheckInState.Answered);

    /// <summary>Whether this student's time is over, however long others still have: an answer now would be thanked for and not counted.</summary>
    public bool IsOverFor(string member) => _asked.TryGetValue(member, out var asked) && asked.State == CheckInState.Missed;

    /// <summary>The student went away by their own word.</summary>
    /// <returns>Whether they had been waited for.</returns>
    public bool TryGoAway(string member) => TrySettle(member, CheckInState.Missed);

    /// <summary>Those whose time is over now; they missed it.</summary>
    public IReadOnlyList<string> TakeMissed(DateTimeOffset now) =>
        Settle(asked => asked.RunsSince is { } since && since + asked.Left <= now, CheckInState.Missed);

    /// <summary>Those who are still waited for; they had not their time.</summary>
    public IReadOnlyList<string> TakeUnreached() => Settle(_ => true, CheckInState.Unreached);

    /// <summary>What changed since it was last told.</summary>
    public CheckInProgress Take()
    {
        var progress = new CheckInProgress(What.Id, [.. _changed.Select(Of)]);
        _changed.Clear();
        return progress;
    }

    /// <summary>All of it, for a teacher who comes now.</summary>
    public CheckInProgress Everything() => new(What.Id, [.. _asked.Keys.Select(Of)]);

    private CheckInAnswer Of(string member) => new(member, _asked[member].State);

    private IReadOnlyList<string> Settle(Func<Asked, bool> which, CheckInState state)
    {
        string[] members = [.. _asked.Where(entry => entry.Value.State == CheckInState.Waiting && which(entry.Value)).Select(entry => entry.Key)];
        return [.. members.Where(member => TrySettle(member, state))];
    }

    private bool TrySettle(string member, CheckInState state)
    {
        if (!_asked.TryGetValue(member, out var asked) || asked.State != CheckInState.Waiting)
        {
            return false;
        }

        asked.State = state;
        if (!_changed.Contains(member))
        {
            _changed.Add(member);
        }

        return true;
    }
}
