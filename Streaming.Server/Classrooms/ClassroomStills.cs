using Streaming.Contracts;

namespace Streaming.Server.Classrooms;

/// <summary>The newest still of a class's screen, and whether anybody lives on stills.</summary>
/// <remarks>
/// Belongs to <see cref="Classroom"/>; only it calls. Whether stills are wanted is decided from students alone: at once when the first one
/// needs them, and back only after <see cref="Calm"/>, so that a link that hesitates between two rungs does not make the teacher's page hesitate too.
/// </remarks>
internal sealed class ClassroomStills
{
    /// <summary>How long nobody must have needed stills before the teacher's page is told so.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(20);

    /// <summary>The least time from one still to the next; pages keep twice as much.</summary>
    public static readonly TimeSpan Apart = TimeSpan.FromSeconds(1);

    private readonly HashSet<SeatDevice> _thin = [];
    private DateTimeOffset? _taken;

    /// <summary>The newest; null while no screen is shared, or none has come.</summary>
    public Still? Newest { get; private set; }

    /// <summary>What the teacher's page is told.</summary>
    public bool IsWanted { get; private set; }

    /// <summary>When that ends; null while somebody needs them, and while it has ended.</summary>
    public DateTimeOffset? WantedUntil { get; private set; }

    /// <summary>Whether another one may come already.</summary>
    public bool MayTake(DateTimeOffset now) => !(now - _taken < Apart);

    public void Take(Still still, DateTimeOffset now) => (Newest, _taken) = (still, now);

    /// <summary>The screen is gone, or another one begins.</summary>
    /// <returns>Whether there was a still.</returns>
    public bool Clear()
    {
        var had = Newest is not null;
        (Newest, _taken) = (null, null);
        return had;
    }

    /// <summary>Notes whether a device lives on stills.</summary>
    /// <returns>Whether the teacher's page is to be told something new.</returns>
    public bool Note(SeatDevice device, bool isThin, DateTimeOffset now)
    {
        if (!(isThin ? _thin.Add(device) : _thin.Remove(device)))
        {
            return false;
        }

        WantedUntil = _thin.Count == 0 && IsWanted ? now + Calm : null;
        if (_thin.Count == 0 || IsWanted)
        {
            return false;
        }

        return IsWanted = true;
    }

    /// <summary>Looks at the time.</summary>
    /// <returns>Whether the teacher's page is to be told something new.</returns>
    public bool Tick(DateTimeOffset now)
    {
        if (!(WantedUntil <= now))
        {
            return false;
        }

        (IsWanted, WantedUntil) = (false, null);
        return true;
    }
}
