using Streaming.Contracts;
using Streaming.Server.Classrooms;

namespace Streaming.Server.Tests.Classrooms;

public sealed class ClassroomLessonTests
{
    private readonly ClassroomScenario _class = new();

    [Fact]
    public void TheTeacherStartsAndEndsTheLesson()
    {
        var teacher = _class.Teacher();
        _class.Do(new StartLesson(teacher));
        Assert.Equal(new Lesson(LessonPhase.Live, ClassroomScenario.Bell, null, []), _class.Change!.Lesson! with { Sources = [] });
        _class.Wait(2_700);

        _class.Do(new EndLesson(teacher));

        var lesson = _class.Change!.Lesson!;
        Assert.Equal((LessonPhase.Ended, ClassroomScenario.Bell, _class.Now), (lesson.Phase, lesson.StartedAt, lesson.EndedAt));
    }

    [Fact]
    public void StartingALiveLessonAndEndingAnEndedOneChangeNothing()
    {
        var teacher = _class.Teacher();
        _class.Do(new EndLesson(teacher));
        Assert.Empty(_class.Last);
        _class.Do(new StartLesson(teacher));
        _class.Do(new StartLesson(teacher));
        Assert.Empty(_class.Last);
        Assert.Null(_class.Refusal);
    }

    [Fact]
    public void AStudentNeitherStartsNorEndsALessonNorChoosesSources()
    {
        var student = _class.Student("s");

        Assert.Equal(HubErrors.TeacherOnly, _class.Code(new StartLesson(student)));
        Assert.Equal(HubErrors.TeacherOnly, _class.Code(new EndLesson(student)));
        Assert.Equal(HubErrors.TeacherOnly, _class.Code(new SetSources(student, [])));
        Assert.Equal(HubErrors.TeacherOnly, _class.Code(new OpenMedia(ClassroomScenario.Who("s", Role.Student), student, MediaKind.Publish, "x")));
        Assert.Equal(LessonPhase.Waiting, _class.Snapshot.Lesson.Phase);
    }

    [Fact]
    public void TheLessonOutlivesItsTeachersAbsenceAndTheTeacherTakesItUpAgain()
    {
        var teacher = _class.Teacher();
        _class.Do(new StartLesson(teacher));
        _class.Publish(teacher);
        _class.Do(new SetSources(teacher, [TrackSource.Camera, TrackSource.Voice]));
        Assert.Equal([TrackSource.Voice, TrackSource.Camera], _class.Change!.Lesson!.Sources);
        _class.Do(new Disconnected(teacher));
        _class.Wait(60);

        var away = _class.Snapshot.Lesson;
        Assert.Equal((LessonPhase.Live, 0), (away.Phase, away.Sources.Count));
        Assert.Equal(["t"], _class.Changes.Last().Gone);

        var back = _class.Teacher();
        _class.Publish(back);
        _class.Do(new SetSources(back, [TrackSource.Voice]));
        Assert.Equal((ClassroomScenario.Bell, 1), (_class.Snapshot.Lesson.StartedAt, _class.Snapshot.Lesson.Sources.Count));
    }

    [Fact]
    public void AStoredLessonGoesOnWithItsStartAndItsChat()
    {
        var line = new ChatLine(7, "s", "S", Role.Student, "before", ClassroomScenario.Bell);
        var scenario = new ClassroomScenario(stored: new StoredLesson(LessonPhase.Live, ClassroomScenario.Bell, null, false, [line]));

        var teacher = scenario.Teacher();
        scenario.Do(new Say(teacher, "after"));

        Assert.Equal(LessonPhase.Live, scenario.Snapshot.Lesson.Phase);
        Assert.Equal(ClassroomScenario.Bell, scenario.Snapshot.Lesson.StartedAt);
        Assert.Equal([7L, 8L], scenario.Snapshot.Chat.Select(said => said.Id));
    }

    [Fact]
    public void ALessonThatItsTeacherLeftEndsByItselfAfterFourHours()
    {
        _class.Student("s");
        var teacher = _class.Teacher();
        _class.Do(new StartLesson(teacher));
        _class.Wait(5 * 3_600);
        _class.Do(new Leave(teacher));
        var left = _class.Now;
        Assert.Equal(left, Assert.Single(_class.Last.OfType<Save>()).Lesson.TeacherSeenAt);
        _class.Wait((4 * 3_600) - 1);
        Assert.Equal(LessonPhase.Live, _class.Snapshot.Lesson.Phase);

        _class.Wait(1);

        Assert.Equal((LessonPhase.Ended, left + Classroom.AbandonedAfter), (_class.Change!.Lesson!.Phase, _class.Change.Lesson.EndedAt));
        Assert.Equal(LessonPhase.Ended, Assert.Single(_class.Last.OfType<Save>()).Lesson.Phase);
        Assert.Null(_class.Classroom.NextDeadline);
    }

    [Fact]
    public void AnAbandonedLessonEndsAtItsTimeHoweverLateTheClockIsLookedAt()
    {
        _class.Student("s");
        var teacher = _class.Teacher();
        _class.Do(new StartLesson(teacher));
        _class.Do(new Leave(teacher));
        var ends = _class.Now + Classroom.AbandonedAfter;

        _class.Classroom.Tick(ends + TimeSpan.FromSeconds(3), []);

        Assert.Equal(ends, _class.Snapshot.Lesson.EndedAt);
    }

    [Fact]
    public void ATeacherWhoStaysIsStoredAsSeenHoweverLittleHappens()
    {
        _class.Do(new StartLesson(_class.Teacher()));

        _class.Wait(10 * 3_600);

        Assert.Equal(LessonPhase.Live, _class.Snapshot.Lesson.Phase);
        Assert.Equal(_class.Now, _class.All.OfType<Save>().Last().Lesson.TeacherSeenAt);
    }

    [Theory]
    [InlineData(239, LessonPhase.Live)]
    [InlineData(240, LessonPhase.Ended)]
    public void AStoredLessonWhoseTeacherWasSeenLongAgoIsOver(int minutes, LessonPhase phase)
    {
        var seen = ClassroomScenario.Bell - TimeSpan.FromMinutes(minutes);
        var scenario = new ClassroomScenario(stored: new StoredLesson(LessonPhase.Live, seen, null, false, [], seen));

        Assert.Equal(phase, scenario.Snapshot.Lesson.Phase);
        Assert.Equal(phase == LessonPhase.Ended ? seen + Classroom.AbandonedAfter : null, scenario.Snapshot.Lesson.EndedAt);
    }

    [Fact]
    public void AClassThatNobodySitsInIsIdleThoughItsLessonIsLive()
    {
        var teacher = _class.Teacher();
        _class.Do(new StartLesson(teacher));
        Assert.False(_class.Classroom.IsIdle);

        _class.Do(new Leave(teacher));

        Assert.True(_class.Classroom.IsIdle);
        Assert.Equal(LessonPhase.Live, _class.All.OfType<Save>().Last().Lesson.Phase);
    }

    [Fact]
    public void WhatMustOutliveARestartIsSavedWhenItChanges()
    {
        var teacher = _class.Teacher();
        _class.Do(new StartLesson(teacher));
        _class.Do(new Say(teacher, "hello"));

        var saved = Assert.Single(_class.Last.OfType<Save>()).Lesson;

        Assert.Equal((LessonPhase.Live, ClassroomScenario.Bell), (saved.Phase, saved.StartedAt));
        Assert.Equal("hello", Assert.Single(saved.Chat).Text);
    }

    [Fact]
    public void HandsAreInTheOrderInWhichTheyWentUpEvenWithinOneMillisecond()
    {
        var (a, b, c) = (_class.Student("a"), _class.Student("b"), _class.Student("c"));
        _class.Do(new StartLesson(_class.Teacher()));
        foreach (var hand in (Caller[])[c, a, b])
        {
            _class.Do(new RaiseHand(hand));
        }

        var hands = _class.Snapshot.Seats.Where(seat => seat.HandRaisedAt is not null).OrderBy(seat => seat.HandRaisedAt).ToList();

        Assert.Equal(["c", "a", "b"], hands.Select(seat => seat.Member));
        Assert.Equal(3, hands.Select(seat => seat.HandRaisedAt!.Value.ToUnixTimeMilliseconds()).Distinct().Count());
    }

    [Fact]
    public void ARaisedHandKeepsItsPlaceWhenItIsRaisedAgain()
    {
        var student = _class.Student("s");
        _class.Do(new StartLesson(_class.Teacher()));
        _class.Do(new RaiseHand(student));
        _class.Wait(5);

        _class.Do(new RaiseHand(student));

        Assert.Empty(_class.Last);
        Assert.Equal(ClassroomScenario.Bell, _class.Snapshot.Seats[0].HandRaisedAt);
    }

    [Fact]
    public void HandsAreLoweredByTheirOwnersAndByTheTeacherOnly()
    {
        var (a, b, teacher) = (_class.Student("a"), _class.Student("b"), _class.Teacher());
        _class.Do(new StartLesson(teacher));
        _class.Do(new RaiseHand(a));
        _class.Do(new RaiseHand(b));

        Assert.Equal(HubErrors.TeacherOnly, _class.Code(new LowerHand(a, "b")));
        Assert.Null(_class.Code(new LowerHand(a, null)));
        Assert.Null(_class.Change!.Seats!.Single().HandRaisedAt);
        Assert.Null(_class.Code(new LowerHand(teacher, "b")));
        Assert.Equal("b", _class.Change!.Seats!.Single().Member);
        Assert.Null(_class.Code(new LowerHand(teacher, "nobody")));
        Assert.Null(_class.Change);
    }

    [Fact]
    public void HandsNeedALiveLessonAndItsEndLowersThem()
    {
        var (student, teacher) = (_class.Student("s"), _class.Teacher());
        Assert.Equal(HubErrors.LessonNotLive, _class.Code(new RaiseHand(student)));
        _class.Do(new StartLesson(teacher));
        _class.Do(new RaiseHand(student));

        _class.Do(new EndLesson(teacher));

        Assert.Null(Assert.Single(_class.Change!.Seats!).HandRaisedAt);
        Assert.Equal(LessonPhase.Ended, _class.Change!.Lesson!.Phase);
    }

    [Fact]
    public void VersionsFollowEachOtherWithoutAGapAndTheChangesAddUpToTheSnapshot()
    {
        var random = new Random(2026);
        var seats = new List<Seat>();
        Lesson? lesson = null;
        var people = Enumerable.Range(0, 12).Select(i => ClassroomScenario.Who($"p{i}", i == 0 ? Role.Teacher : Role.Student)).ToArray();
        var sessions = new List<string>();
        var callers = new Dictionary<string, Caller>();
        for (var step = 0; step < 20_000; step++)
        {
            var who = people[random.Next(people.Length)];
            var caller = callers.GetValueOrDefault(who.Member) ?? new Caller(who.Member, "d1", "none");
            switch (random.Next(10))
            {
                case 0 or 1: callers[who.Member] = _class.Join(who, $"d{random.Next(2)}"); break;
                case 2: _class.Do(new Disconnected(caller)); break;
                case 3: _class.Do(new Leave(caller)); break;
                case 4: _class.Do(new RaiseHand(caller)); break;
                case 5: _class.Do(new LowerHand(caller, null)); break;
                case 6: _class.Do(random.Next(2) == 0 ? new StartLesson(caller) : new EndLesson(caller)); break;
                case 7: sessions.Add(_class.Open(who, random.Next(2) == 0 ? caller : null, (MediaKind)random.Next(2), TrackSource.Voice) ?? "none"); break;
                case 8 when sessions.Count > 0: _class.Do(new MediaEnded(sessions[0])); sessions.RemoveAt(0); break;
                default: _class.Wait(random.Next(10)); break;
            }
        }

        Assert.Equal(Enumerable.Range(1, _class.Changes.Count()).Select(version => (long)version), _class.Changes.Select(change => change.Version));
        foreach (var change in _class.Changes)
        {
            lesson = change.Lesson ?? lesson;
            seats.RemoveAll(seat => change.Gone?.Contains(seat.Member) == true);
            foreach (var seat in change.Seats ?? [])
            {
                var known = seats.FindIndex(other => other.Member == seat.Member);
                seats.Insert(known < 0 ? seats.Count : known, seat);
                _ = known < 0 || seats.Remove(seats[known + 1]);
            }
        }

        Assert.InRange(_class.Changes.Count(), 1_000, 20_000);
        Assert.Equal(_class.Snapshot.Seats, seats);
        Assert.Equal(_class.Snapshot.Lesson with { Sources = [] }, lesson! with { Sources = [] }, LessonComparer);
        Assert.Equal(_class.Snapshot.Lesson.Sources, lesson!.Sources);
    }

    private static bool LessonComparer(Lesson a, Lesson b) => (a.Phase, a.StartedAt, a.EndedAt) == (b.Phase, b.StartedAt, b.EndedAt);
}
