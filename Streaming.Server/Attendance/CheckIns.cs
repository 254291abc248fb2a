namespace Streaming.Server.Attendance;

/// <summary>What became of the questions "are you there" that one person was asked in a lesson.</summary>
/// <param name="Asked">How often they were asked: they were there, or came while it was open.</param>
/// <param name="Answered">How often they answered.</param>
/// <param name="Missed">How often they had the time, on a working link, and did not.</param>
/// <param name="Unreached">How often their network let no question through for long enough.</param>
internal readonly record struct CheckIns(int Asked, int Answered, int Missed, int Unreached);

/// <summary>The questions of one lesson, and what became of each.</summary>
internal sealed class CheckInBook
{
    private readonly List<Question> _questions = [];

    /// <summary>Takes the next entry about a question; an answer belongs to the last one asked.</summary>
    public void Apply(LedgerEntry entry, DateTimeOffset at)
    {
        if (entry.Kind == LedgerKind.CheckAsked)
        {
            _questions.Add(new Question(at));
        }
        else if (entry.Member is { } member && _questions is [.., var last]
            && (entry.Kind == LedgerKind.CheckAnswered || last.Outcomes.GetValueOrDefault(member) != LedgerKind.CheckAnswered))
        {
            // Of two devices one may have answered and the other not.
            last.Outcomes[member] = entry.Kind;
        }
    }

    /// <summary>One person's part.</summary>
    /// <param name="member">Who.</param>
    /// <param name="spans">When they were there: who was not there when asked, and did not come in time to be, is not counted.</param>
    /// <param name="until">Until when the lesson is told.</param>
    public CheckIns Of(string member, IReadOnlyList<AttendanceSpan> spans, DateTimeOffset until)
    {
        var of = default(CheckIns);
        foreach (var question in _questions)
        {
            // Who came while it was open was asked too: the book says what became of it.
            var isTold = question.Outcomes.TryGetValue(member, out var outcome);
            if (question.At <= until && (isTold || spans.Any(span => span.From <= question.At && (question.At < span.To || span.To == until))))
            {
                of = new CheckIns(
                    of.Asked + 1,
                    of.Answered + (outcome == LedgerKind.CheckAnswered ? 1 : 0),
                    of.Missed + (outcome == LedgerKind.CheckMissed ? 1 : 0),
                    of.Unreached + (outcome == LedgerKind.CheckUnreached ? 1 : 0));
            }
        }

        return of;
    }

    private sealed record Question(DateTimeOffset At)
    {
        public Dictionary<string, LedgerKind> Outcomes { get; } = new(StringComparer.Ordinal);
    }
}
