using Streaming.Server.Attendance;
using Status = Streaming.Server.Attendance.AttendanceStatus;

namespace Streaming.Server.Tests.Attendance;

public sealed class AttendanceReportTests
{
    private readonly Lesson _lesson = new Lesson().At(0, LedgerKind.Started);

    [Fact]
    public void EveryStudentOnTheRollHasAStatusAndTheRollsName()
    {
        _lesson.At(10, LedgerKind.Joined, "ada").At(301, LedgerKind.Joined, "bo").At(400, LedgerKind.Joined, "guest")
            .At(1_000, LedgerKind.Left, "bo").At(2_400, LedgerKind.Ended);

        var report = _lesson.Report(0, "bo", "cy", "ada");
        Assert.Equal(
            [("bo", "Roll bo", Status.Late, true, true), ("cy", "Roll cy", Status.Absent, true, false),
             ("ada", "Roll ada", Status.OnTime, true, false), ("guest", "Ticket guest", Status.Late, false, false)],
            report.Members.Select(of => (of.Member, of.Name, of.Status, of.OnRoll, of.LeftEarly)));
        Assert.Equal(
            new AttendanceTotals(Students: 3, Guests: 1, OnTime: 1, Late: 1, Absent: 1, Unknown: 0, Expected: 0, LeftEarly: 1, Here: 0, MedianSeconds: 2_000),
            report.Totals);
    }

    [Fact]
    public void WithoutARollThoseWhoCameAreTold()
    {
        _lesson.At(10, LedgerKind.Joined, "ada").At(20, LedgerKind.Joined, "bo").At(60, LedgerKind.Ended);

        var report = _lesson.Report();
        Assert.Equal([("ada", "Ticket ada", default(bool?)), ("bo", "Ticket bo", null)], report.Members.Select(of => (of.Member, of.Name, of.OnRoll)));
        Assert.Equal((2, 0, 2, 45d), (report.Totals.Students, report.Totals.Guests, report.Totals.OnTime, report.Totals.MedianSeconds));
    }

    [Theory]
    [InlineData(299, "Expected")]
    [InlineData(300, "Expected")]
    [InlineData(301, "Absent")]
    public void WhoIsNotHereYetIsExpectedUntilTheyWouldBeLate(double now, string status)
    {
        _lesson.At(10, LedgerKind.Joined, "ada");

        var report = _lesson.Report(now, "ada", "bo");
        Assert.Equal([("OnTime", true), (status, false)], report.Members.Select(of => (of.Status.ToString(), of.IsHere)));
        Assert.Null(report.EndedAt);
        Assert.Equal((1, Lesson.Bell.AddSeconds(now)), (report.Totals.Here, report.Until));
    }

    [Fact]
    public void UnknownIsNeverAbsent()
    {
        _lesson.At(0, LedgerKind.Joined, "seen").At(0, LedgerKind.Joined, "lost").Down(since: 0, until: 500)
            .At(600, LedgerKind.Joined, "seen").At(2_400, LedgerKind.Ended);

        var report = _lesson.Report(0, "seen", "lost", "never");
        Assert.Equal([Status.OnTime, Status.Unknown, Status.Absent], report.Members.Select(of => of.Status));
        Assert.Equal((Lesson.Bell, Lesson.Bell.AddSeconds(500)), (Assert.Single(report.Gaps).From, report.Gaps[0].To));
        Assert.Equal(1, report.Totals.Unknown);
    }

    [Theory]
    [InlineData(1_199, "Absent")]
    [InlineData(1_200, "Unknown")]
    public void NobodyIsAbsentFromALessonOfWhichLessThanHalfIsKnown(double until, string status)
    {
        _lesson.At(0, LedgerKind.Joined, "seen").Down(since: 0, until: until).At(until, LedgerKind.Returned, "seen").At(2_400, LedgerKind.Ended);

        Assert.Equal(status, _lesson.Report(0, "never").Members[0].Status.ToString());
    }

    [Fact]
    public void AGapOutsideOfTheLessonExcusesNobody()
    {
        var lesson = new Lesson().At(-600, LedgerKind.Joined, "ada").Down(since: -500, until: -400).At(-390, LedgerKind.Returned, "ada")
            .At(0, LedgerKind.Started).At(600, LedgerKind.Ended);

        Assert.Equal([Status.OnTime, Status.Absent], lesson.Report(0, "ada", "bo").Members.Select(of => of.Status));
    }

    [Theory]
    [InlineData(615, "OnTime")]   // as soon as the server was back
    [InlineData(616, "Late")]
    public void WhoStoodBeforeAClosedDoorIsNotLate(double came, string status)
    {
        _lesson.At(0, LedgerKind.Joined, "ada").Down(since: 200, until: 600).At(came, LedgerKind.Joined, "bo").At(2_400, LedgerKind.Ended);

        Assert.Equal(status, _lesson.Report(0, "bo").Members[0].Status.ToString());
    }

    [Fact]
    public void UnknownTimeNeverGoesPastTheLessonsEnd()
    {
        _lesson.At(0, LedgerKind.Joined, "ada").At(10, LedgerKind.Joined, "bo").Down(since: 100, until: 50_000).Abandoned(over: 300, noticed: 50_000);

        var report = _lesson.Report();
        Assert.Equal((Lesson.Bell.AddSeconds(300), 300, 200), (report.EndedAt, report.Members[0].Seconds.Present, report.Members[0].Seconds.Unknown));
        Assert.Equal(Lesson.Bell.AddSeconds(300), Assert.Single(report.Gaps).To);
    }

    [Fact]
    public void ALessonThatEndedByItselfEndedWhenItWasOver()
    {
        _lesson.At(0, LedgerKind.Joined, "ada").At(100, LedgerKind.Dropped, "ada").At(105, LedgerKind.Returned, "ada")
            .At(900, LedgerKind.Dropped, "ada").At(905, LedgerKind.Returned, "ada").At(1_000, LedgerKind.Joined, "late").Abandoned(over: 600, noticed: 15_000);

        var report = _lesson.Report(0, "ada");
        Assert.Equal(Lesson.Bell.AddSeconds(600), report.EndedAt);
        Assert.Equal(("ada", 600d, 1, false), (Assert.Single(report.Members).Member, report.Members[0].Seconds.Present, report.Members[0].Drops, report.Members[0].LeftEarly));
    }

    [Fact]
    public void ADayLaterInANewProcessTheClockIsRight()
    {
        const double day = 86_400;
        _lesson.At(0, LedgerKind.Joined, "ada").At(600, LedgerKind.Left, "ada").At(600, LedgerKind.Ended);
        var entries = _lesson.Book.Concat(new[] { (0d, LedgerKind.Joined), (30, LedgerKind.Started), (90, LedgerKind.Ended) }.Select((of, i) => new LedgerEntry(
            "math", 5 + i, of.Item2, Lesson.Bell.AddSeconds(day + of.Item1), TimeSpan.FromSeconds(of.Item1),
            of.Item2 == LedgerKind.Joined ? "ada" : null, of.Item2 == LedgerKind.Joined ? "web" : null, of.Item2 == LedgerKind.Joined ? Contracts.Role.Student : null)));

        var second = AttendanceSheet.Read(entries, AttendanceRules.Default, Lesson.Bell)[1];
        Assert.Equal((Lesson.Bell.AddSeconds(day + 30), 60d), (second.StartedAt, Assert.Single(second.Members).Present.TotalSeconds));
        Assert.Equal((5, 7), second.Entries);
    }

    [Fact]
    public void CheckInsCountForThoseWhoWereThereWhenAsked()
    {
        _lesson.At(0, LedgerKind.Joined, "ada").At(0, LedgerKind.Joined, "bo").At(0, LedgerKind.Joined, "cy").At(50, LedgerKind.Left, "cy")
            .At(60, LedgerKind.CheckAsked, number: 60).At(70, LedgerKind.CheckAnswered, "ada").At(80, LedgerKind.Joined, "dee")
            .At(120, LedgerKind.CheckMissed, "bo").At(120, LedgerKind.CheckClosed)
            .At(200, LedgerKind.CheckAsked, number: 60).At(210, LedgerKind.CheckAnswered, "bo").At(215, LedgerKind.CheckMissed, "bo", "phone")
            .At(260, LedgerKind.CheckUnreached, "ada").At(260, LedgerKind.CheckClosed)
            .At(590, LedgerKind.CheckAsked, number: 60).At(600, LedgerKind.Ended).At(610, LedgerKind.CheckAnswered, "ada");

        Assert.Equal(
            [("ada", new CheckIns(3, 1, 0, 1)), ("bo", new CheckIns(3, 1, 1, 0)), ("cy", default), ("dee", new CheckIns(2, 0, 0, 0))],
            _lesson.Report().Members.Select(of => (of.Member, of.CheckIns)));
    }

    [Fact]
    public void WhoCameWhileACheckInWasOpenWasAskedToo()
    {
        _lesson.At(0, LedgerKind.Joined, "ada").At(40, LedgerKind.Dropped, "ada").At(50, LedgerKind.CheckAsked, number: 60)
            .At(60, LedgerKind.Joined, "late").At(70, LedgerKind.CheckAnswered, "late")
            .At(80, LedgerKind.Joined, "ada").At(140, LedgerKind.CheckMissed, "ada").At(140, LedgerKind.CheckClosed).At(600, LedgerKind.Ended);

        Assert.Equal(
            [("ada", new CheckIns(1, 0, 1, 0)), ("late", new CheckIns(1, 1, 0, 0))],
            _lesson.Report().Members.Select(of => (of.Member, of.CheckIns)));
    }

    [Fact]
    public void ARunningLessonTellsOfACheckInThatIsOpen()
    {
        _lesson.At(0, LedgerKind.Joined, "ada").At(60, LedgerKind.CheckAsked, number: 60);

        Assert.Equal(new CheckIns(1, 0, 0, 0), _lesson.Report(now: 60).Members[0].CheckIns);
    }

    [Fact]
    public void WhateverHappensKindsMakeUpThePresenceAndNobodyHasMoreThanTheLesson()
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            var (lesson, random) = (new Lesson(), new Random(seed));
            Scribble(lesson, random);
            foreach (var sheet in AttendanceSheet.Read(lesson.Book, AttendanceRules.Default, Lesson.Bell.AddSeconds(10_000)))
            {
                var length = sheet.Until - sheet.StartedAt;
                Assert.All(sheet.Members, of =>
                {
                    Assert.InRange(of.Present, TimeSpan.Zero, length);
                    Assert.Equal(of.Present, Enum.GetValues<SpanKind>().Aggregate(TimeSpan.Zero, (sum, kind) => sum + of.Of(kind)));
                    Assert.All(of.Spans, span => Assert.True(span.From < span.To && span.From >= sheet.StartedAt && span.To <= sheet.Until, $"seed {seed}"));
                    Assert.All(of.Spans.Zip(of.Spans.Skip(1)), pair => Assert.True(pair.First.To <= pair.Second.From, $"seed {seed}"));
                    Assert.InRange(of.CheckIns.Answered + of.CheckIns.Missed + of.CheckIns.Unreached, 0, of.CheckIns.Asked);
                });
            }
        }
    }

    /// <summary>A book as no class would write it: anything, in any order.</summary>
    private static void Scribble(Lesson lesson, Random random)
    {
        LedgerKind[] kinds =
        [
            LedgerKind.Started, LedgerKind.Ended, LedgerKind.Joined, LedgerKind.Joined, LedgerKind.Joined, LedgerKind.Dropped, LedgerKind.Dropped,
            LedgerKind.Returned, LedgerKind.Returned, LedgerKind.Left, LedgerKind.Media, LedgerKind.Media, LedgerKind.Interrupted,
            LedgerKind.CheckAsked, LedgerKind.CheckAnswered, LedgerKind.CheckMissed, LedgerKind.CheckUnreached,
        ];
        var at = 0d;
        lesson.At(0, LedgerKind.Started);
        for (var i = 0; i < 120; i++)
        {
            at += random.NextDouble() * 40;
            var (kind, member, facts) = (kinds[random.Next(kinds.Length)], $"s{random.Next(4)}", (MediaFacts)random.Next(64));
            switch (kind)
            {
                case LedgerKind.Interrupted:
                    lesson.Down(since: at - (random.NextDouble() * 20), until: at);
                    break;
                case LedgerKind.Ended when random.Next(2) == 0:
                    lesson.Abandoned(over: at - (random.NextDouble() * 100), noticed: at);
                    break;
                case LedgerKind.Started or LedgerKind.Ended or LedgerKind.CheckAsked:
                    lesson.At(at, kind);
                    break;
                case LedgerKind.Media when random.Next(2) == 0:
                    lesson.At(at, kind, facts: facts);
                    break;
                default:
                    lesson.At(at, kind, member, $"d{random.Next(2)}", facts);
                    break;
            }
        }
    }
}
