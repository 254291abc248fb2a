using Streaming.Contracts;
using Streaming.Server.Attendance;

namespace Streaming.Server.Tests.Attendance;

public sealed class AttendanceSheetTests
{
    private static readonly DateTimeOffset Bell = new(2026, 9, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly List<LedgerEntry> _book = [];

    [Fact]
    public void AStudentWhoStaysHasTheWholeLesson()
    {
        At(0, LedgerKind.Joined, "ada");
        At(60, LedgerKind.Started);
        At(2_460, LedgerKind.Ended);

        var ada = Assert.Single(Sheet().Members);
        Assert.Equal(TimeSpan.FromMinutes(40), ada.Present);
        Assert.Equal((Bell.AddSeconds(60), Bell.AddSeconds(2_460)), (ada.FirstIn, ada.LastOut));
        Assert.Equal((0, false, false), (ada.Drops, ada.IsLate, ada.LeftEarly));
    }

    [Fact]
    public void AGapWithinTheGraceIsTheNetworksAndALongerOneIsAbsence()
    {
        At(0, LedgerKind.Started);
        At(0, LedgerKind.Joined, "ada");
        At(100, LedgerKind.Dropped, "ada");
        At(115, LedgerKind.Returned, "ada");
        At(200, LedgerKind.Dropped, "ada");
        At(216, LedgerKind.Left, "ada");
        At(300, LedgerKind.Joined, "ada");
        At(400, LedgerKind.Ended);

        var ada = Assert.Single(Sheet().Members);
        Assert.Equal(300, ada.Present.TotalSeconds);
        Assert.Equal(15, ada.Of(SpanKind.Stalled).TotalSeconds);
        Assert.Equal(2, ada.Drops);
    }

    [Fact]
    public void TwoDevicesAreOnePersonAndTheBetterOneCounts()
    {
        At(0, LedgerKind.Started);
        Sent(0, MediaFacts.Sound | MediaFacts.Picture);
        At(0, LedgerKind.Joined, "ada", "phone");
        At(10, LedgerKind.Media, "ada", "phone", facts: MediaFacts.Sound);
        At(20, LedgerKind.Joined, "ada", "laptop");
        At(30, LedgerKind.Media, "ada", "laptop", facts: MediaFacts.Sound | MediaFacts.Picture);
        At(50, LedgerKind.Left, "ada", "laptop");
        At(60, LedgerKind.Media, "ada", "phone", facts: MediaFacts.Sound | MediaFacts.Stalled);
        At(80, LedgerKind.Ended);

        var ada = Assert.Single(Sheet().Members);
        Assert.Equal(
            [(SpanKind.Connected, 10), (SpanKind.Sound, 20), (SpanKind.Picture, 20), (SpanKind.Sound, 10), (SpanKind.Stalled, 20)],
            ada.Spans.Select(span => (span.Kind, (int)span.Length.TotalSeconds)));
        Assert.Equal(80, ada.Present.TotalSeconds);
    }

    [Fact]
    public void WithTheScreenOffItIsTheSoundThatCounts()
    {
        At(0, LedgerKind.Started);
        At(0, LedgerKind.Joined, "ada");
        Sent(0, MediaFacts.Sound | MediaFacts.Picture);
        At(0, LedgerKind.Media, "ada", facts: MediaFacts.Sound | MediaFacts.Picture | MediaFacts.Hidden);
        At(60, LedgerKind.Ended);

        Assert.Equal(60, Assert.Single(Sheet().Members).Of(SpanKind.Sound).TotalSeconds);
    }

    [Fact]
    public void EveryRungIsThereAndSaysWhatItWas()
    {
        At(0, LedgerKind.Started);
        Sent(0, MediaFacts.Sound | MediaFacts.Picture);
        At(0, LedgerKind.Joined, "ada");
        At(0, LedgerKind.Media, "ada", facts: MediaFacts.Sound | MediaFacts.Picture);
        At(10, LedgerKind.Media, "ada", facts: MediaFacts.Sound | MediaFacts.Slides);
        At(30, LedgerKind.Media, "ada", facts: MediaFacts.Sound);
        At(35, LedgerKind.Media, "ada", facts: MediaFacts.Text);
        At(50, LedgerKind.Media, "ada", facts: MediaFacts.Sound | MediaFacts.Slides | MediaFacts.Hidden);
        At(60, LedgerKind.Ended);

        var ada = Assert.Single(Sheet().Members);
        Assert.Equal(
            [(SpanKind.Picture, 10), (SpanKind.Slides, 20), (SpanKind.Sound, 5), (SpanKind.Text, 15), (SpanKind.Sound, 10)],
            ada.Spans.Select(span => (span.Kind, (int)span.Length.TotalSeconds)));
        Assert.Equal(60, ada.Present.TotalSeconds);
    }

    [Fact]
    public void WhatIsNotSentIsNobodysLossAndCountsForNobody()
    {
        At(0, LedgerKind.Started);
        At(0, LedgerKind.Joined, "ada");
        At(0, LedgerKind.Media, "ada", facts: MediaFacts.Stalled);
        At(0, LedgerKind.Joined, "bo");
        At(0, LedgerKind.Media, "bo", facts: MediaFacts.Sound | MediaFacts.Picture);
        Sent(20, MediaFacts.Sound);
        Sent(30, MediaFacts.Sound | MediaFacts.Picture);
        At(40, LedgerKind.Ended);

        Assert.Equal(
            [[(SpanKind.Connected, 20), (SpanKind.Stalled, 20)], [(SpanKind.Connected, 20), (SpanKind.Sound, 10), (SpanKind.Picture, 10)]],
            Sheet().Members.Select(member => member.Spans.Select(span => (span.Kind, (int)span.Length.TotalSeconds)).ToArray()));
    }

    [Theory]
    [InlineData(110, 20, 0)]      // back ten seconds after the restart: twenty seconds that nobody knows of
    [InlineData(400, 25, 285)]    // not back within the grace: unknown until then, absent afterwards
    public void WhenTheServerWasDownNobodyKnowsAndNobodyIsAbsent(int back, int unknown, int absent)
    {
        At(0, LedgerKind.Started);
        At(0, LedgerKind.Joined, "ada");
        _book.Add(new LedgerEntry("math", _book.Count + 1, LedgerKind.Interrupted, Bell.AddSeconds(100), TimeSpan.Zero, Since: Bell.AddSeconds(90)));
        At(back, LedgerKind.Returned, "ada", opened: 100);
        At(500, LedgerKind.Ended, opened: 100);

        var ada = Assert.Single(Sheet().Members);
        Assert.Equal(unknown, ada.Of(SpanKind.Unknown).TotalSeconds);
        Assert.Equal(500 - absent, ada.Present.TotalSeconds);
    }

    [Fact]
    public void WhoWasInTheGraceWhenTheServerWentDownIsUnknownToo()
    {
        At(0, LedgerKind.Started);
        At(0, LedgerKind.Joined, "ada");
        At(80, LedgerKind.Dropped, "ada");
        _book.Add(new LedgerEntry("math", _book.Count + 1, LedgerKind.Interrupted, Bell.AddSeconds(100), TimeSpan.Zero, Since: Bell.AddSeconds(90)));
        At(105, LedgerKind.Returned, "ada", opened: 100);
        At(200, LedgerKind.Ended, opened: 100);

        var ada = Assert.Single(Sheet().Members);
        Assert.Equal((200, 10, 15), (ada.Present.TotalSeconds, ada.Of(SpanKind.Stalled).TotalSeconds, ada.Of(SpanKind.Unknown).TotalSeconds));
    }

    [Fact]
    public void ACorrectedWallClockGivesNobodyMinutes()
    {
        At(0, LedgerKind.Started);
        At(0, LedgerKind.Joined, "ada");
        _book.Add(new LedgerEntry("math", 3, LedgerKind.Dropped, Bell.AddHours(5), TimeSpan.FromSeconds(100), "ada", "web", Role.Student));
        _book.Add(new LedgerEntry("math", 4, LedgerKind.Ended, Bell.AddHours(5), TimeSpan.FromSeconds(1_000)));

        Assert.Equal(100, Assert.Single(Sheet().Members).Present.TotalSeconds);
    }

    [Fact]
    public void LateAndEarlyAreSaidByTheRules()
    {
        At(0, LedgerKind.Started);
        At(300, LedgerKind.Joined, "on-time");
        At(301, LedgerKind.Joined, "late");
        At(2_099, LedgerKind.Left, "on-time");
        At(2_400, LedgerKind.Ended);

        Assert.Equal([("late", true, false), ("on-time", false, true)], Sheet().Members.Select(member => (member.Member, member.IsLate, member.LeftEarly)));
    }

    [Fact]
    public void ARunningLessonIsToldUntilNow()
    {
        At(0, LedgerKind.Started);
        At(0, LedgerKind.Joined, "ada");
        At(0, LedgerKind.Joined, "bo");
        At(50, LedgerKind.Dropped, "bo");

        var members = Sheet(now: 60).Members;
        Assert.Equal([60, 60], members.Select(member => member.Present.TotalSeconds));
        Assert.Equal([70, 50], Sheet(now: 70).Members.Select(member => member.Present.TotalSeconds));
        Assert.DoesNotContain(members, member => member.LeftEarly);
    }

    [Fact]
    public void EachLessonHasASheetOfItsOwnAndWhoNeverCameIsOnNone()
    {
        At(0, LedgerKind.Joined, "ada");
        At(10, LedgerKind.Started);
        At(20, LedgerKind.Dropped, "ada");
        At(25, LedgerKind.Returned, "ada");
        At(40, LedgerKind.Ended);
        At(50, LedgerKind.Joined, "bo");
        At(60, LedgerKind.Left, "bo");
        At(70, LedgerKind.Started);
        At(90, LedgerKind.Ended);

        var sheets = AttendanceSheet.Read(_book, AttendanceRules.Default, Bell);
        Assert.Equal([30, 20], sheets.Select(sheet => Assert.Single(sheet.Members).Present.TotalSeconds));
        Assert.Equal([1, 0], sheets.Select(sheet => sheet.Members[0].Drops));
    }

    [Fact]
    public void FortyFiveStudentsWhoDropTenTimesEachLoseNoSecond()
    {
        At(0, LedgerKind.Started);
        var random = new Random(7);
        var moments = new List<(double At, LedgerKind Kind, string Member)>();
        for (var student = 0; student < 45; student++)
        {
            moments.Add((0, LedgerKind.Joined, $"s{student:00}"));
            for (var drop = 0; drop < 10; drop++)
            {
                var at = (drop * 230) + (random.NextDouble() * 200) + 1;
                moments.Add((at, LedgerKind.Dropped, $"s{student:00}"));
                moments.Add((at + (random.NextDouble() * 12), LedgerKind.Returned, $"s{student:00}"));
            }
        }

        foreach (var (at, kind, member) in moments.OrderBy(moment => moment.At))
        {
            At(at, kind, member);
        }

        At(2_400, LedgerKind.Ended);

        Assert.Equal(900, _book.Count(entry => entry.Kind is LedgerKind.Dropped or LedgerKind.Returned));
        Assert.All(Sheet().Members, member => Assert.Equal((TimeSpan.FromMinutes(40), 10), (member.Present, member.Drops)));
    }

    private void Sent(double seconds, MediaFacts facts) => At(seconds, LedgerKind.Media, facts: facts);

    private AttendanceSheet Sheet(double now = 0) => Assert.Single(AttendanceSheet.Read(_book, AttendanceRules.Default, Bell.AddSeconds(now)));

    private void At(
        double seconds, LedgerKind kind, string? member = null, string device = "web", MediaFacts facts = MediaFacts.None, double opened = 0) =>
        _book.Add(new LedgerEntry(
            "math", _book.Count + 1, kind, Bell.AddSeconds(seconds), TimeSpan.FromSeconds(seconds - opened), member, member is null ? null : device,
            member is null ? null : Role.Student, Facts: facts));
}
