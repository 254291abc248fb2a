namespace Streaming.Contracts;

/// <summary>A question to all students: are you there?</summary>
/// <param name="Id">Names it in an answer.</param>
/// <param name="AskedAt">When it was asked (UTC).</param>
/// <param name="Seconds">How long each student has to answer; time without a connection or with a stalled lesson does not count.</param>
/// <param name="IsOpen">Whether answers are still taken.</param>
public sealed record CheckIn(long Id, DateTimeOffset AskedAt, int Seconds, bool IsOpen)
{
    /// <summary>The window when nobody says otherwise, in seconds.</summary>
    public const int DefaultSeconds = 60;

    /// <summary>The shortest window, in seconds.</summary>
    public const int LeastSeconds = 10;

    /// <summary>The longest window, in seconds.</summary>
    public const int MostSeconds = 600;
}

/// <summary>What became of the question at one student.</summary>
public enum CheckInState
{
    /// <summary>Asked; there is time left.</summary>
    Waiting,

    /// <summary>Answered.</summary>
    Answered,

    /// <summary>Had the time, on a working link, and did not answer.</summary>
    Missed,

    /// <summary>Could not be reached for long enough: the network's matter, not the student's.</summary>
    Unreached,
}

/// <summary>What became of the question at one student.</summary>
/// <param name="Member">The student.</param>
/// <param name="State">What.</param>
public sealed record CheckInAnswer(string Member, CheckInState State);

/// <summary>How a check-in goes; told to teachers and inspectors when it changes, whole to those who come later.</summary>
/// <param name="Id">Which check-in.</param>
/// <param name="Answers">The students that changed.</param>
public sealed record CheckInProgress(long Id, IReadOnlyList<CheckInAnswer> Answers);
