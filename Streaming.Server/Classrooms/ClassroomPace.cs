namespace Streaming.Server.Classrooms;

/// <summary>What of a class is told in turns.</summary>
internal enum PacedMessage
{
    /// <summary>What everybody sees: seats, hands.</summary>
    Change,

    /// <summary>How students stand to the class, for teachers.</summary>
    Presence,

    /// <summary>How the open check-in goes, for teachers.</summary>
    CheckIn,
}

/// <summary>Lets at most four roster messages a second out, whatever the churn: the first at once, what follows gathered.</summary>
/// <remarks>Belongs to <see cref="Classroom"/>; only it calls.</remarks>
/// <param name="interval">The time from one roster message to the next.</param>
internal sealed class ClassroomPace(TimeSpan interval)
{
    /// <summary>The usual time from one roster message to the next.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private static readonly PacedMessage[] Kinds = Enum.GetValues<PacedMessage>();

    // Every order there is, for it is asked for with every command.
    private static readonly PacedMessage[][] Orders =
        [.. Kinds.Select((_, first) => Kinds.Select((_, turn) => Kinds[(first + turn) % Kinds.Length]).ToArray())];

    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private int _turn;

    /// <summary>When the next one may go.</summary>
    public DateTimeOffset Next => _next;

    /// <summary>The kinds in the order of their turns. None starves: who was heard last is asked last.</summary>
    public ReadOnlySpan<PacedMessage> Turns => Orders[_turn % Orders.Length];

    /// <summary>Notes that one was told.</summary>
    public void Told(DateTimeOffset now, PacedMessage kind) => (_next, _turn) = (now + interval, (int)kind + 1);
}
