using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Classrooms;
using Streaming.Server.Presence;

namespace Streaming.Server.Tests.Classrooms;

public sealed class ClassroomPresenceTests
{
    private const int Students = 45;
    private const int DropsEach = 10;

    private int _presenceSeen;

    /// <summary>A whole lesson of forty minutes in which everybody's link fails ten times, for up to twelve seconds.</summary>
    [Fact]
    public void ACountDoesNotMoveThroughFourHundredAndFiftyDropsAndTheLedgerHasThemAll()
    {
        var lesson = new ClassroomScenario(pace: ClassroomPace.Interval);
        lesson.Do(new StartLesson(lesson.Teacher()));
        var callers = Enumerable.Range(0, Students).ToDictionary(i => $"s{i:00}", i => lesson.Student($"s{i:00}"));
        lesson.Wait(1);
        var (started, seen, version) = (lesson.Now, lesson.Changes.Count(), lesson.Snapshot.Version);

        var random = new Random(2026);
        var steps = new PriorityQueue<(string Member, bool Comes), double>();
        foreach (var member in callers.Keys)
        {
            for (var drop = 0; drop < DropsEach; drop++)
            {
                var at = 30 + (drop * 220) + (random.NextDouble() * 180);
                steps.Enqueue((member, false), at);
                steps.Enqueue((member, true), at + 0.5 + (random.NextDouble() * 11.5));
            }
        }

        while (steps.TryDequeue(out var step, out var at))
        {
            lesson.Wait((started.AddSeconds(at) - lesson.Now).TotalSeconds);
            if (step.Comes)
            {
                callers[step.Member] = lesson.Student(step.Member);
            }
            else
            {
                lesson.Do(new Disconnected(callers[step.Member]));
            }
        }

        lesson.Wait((started.AddMinutes(40) - lesson.Now).TotalSeconds);
        Assert.Equal(seen, lesson.Changes.Count());
        Assert.Equal(version, lesson.Snapshot.Version);
        Assert.Equal(Students, lesson.Classroom.Students);
        Assert.Equal(
            2 * Students * DropsEach, lesson.Book.Count(what => what.Kind is LedgerKind.Dropped or LedgerKind.Returned));
        Assert.Equal(Students, lesson.Book.Count(what => what is { Kind: LedgerKind.Joined, Role: Role.Student }));
        Assert.All(lesson.Presence, presence => Assert.True(presence.State is PresenceState.Unstable or PresenceState.Present));
    }

    [Fact]
    public void ARosterIsToldAtMostFourTimesASecondWhateverTheChurn()
    {
        var bell = new ClassroomScenario(seats: 2_000, pace: ClassroomPace.Interval);
        bell.Teacher();
        bell.Wait(1);
        var messages = new List<DateTimeOffset>();
        for (var i = 0; i < 1_000; i++)
        {
            var caller = bell.Student($"s{i}");
            Note();
            if (i % 3 == 0)
            {
                bell.Do(new Disconnected(caller));
                Note();
            }

            bell.Wait(0.005);
            Note();
        }

        bell.Wait(1);
        Note();
        Assert.Equal(1_000, bell.Snapshot.Seats.Count - 1);
        Assert.Equal(bell.Snapshot.Version, bell.Changes.Max(change => change.Version));
        Assert.InRange(messages.Count, 18, 26);
        Assert.All(messages.Zip(messages.Skip(1)), pair => Assert.True(pair.Second - pair.First >= ClassroomPace.Interval));

        void Note()
        {
            var told = bell.Last.Count(output => output is Changed) + (bell.Presence.Count > _presenceSeen ? 1 : 0);
            _presenceSeen = bell.Presence.Count;
            messages.AddRange(Enumerable.Repeat(bell.Now, told));
        }
    }

    [Fact]
    public void TheFirstOfAQuietClassIsToldAtOnceAndTheNextWaitItsTurn()
    {
        var lesson = new ClassroomScenario(pace: ClassroomPace.Interval);
        lesson.Teacher();
        lesson.Wait(1);

        lesson.Student("ada");
        Assert.Equal("ada", Assert.Single(lesson.Change!.Seats!).Member);
        lesson.Student("bo");
        lesson.Student("cy");
        Assert.Null(lesson.Change);
        lesson.Wait(0.25);
        Assert.Equal(["bo", "cy"], lesson.Change!.Seats!.Select(seat => seat.Member));
    }

    [Fact]
    public void WhoLeavesAndComesBackBeforeAnybodyHeardIsToldAsGoneAndNew()
    {
        var lesson = new ClassroomScenario(pace: ClassroomPace.Interval);
        var ada = lesson.Student("ada");
        lesson.Student("bo");
        lesson.Wait(1);

        lesson.Student("cy");
        lesson.Do(new Leave(ada));
        lesson.Student("ada");
        lesson.Wait(0.25);

        Assert.Equal(["ada"], lesson.Change!.Gone!);
        Assert.Equal("ada", Assert.Single(lesson.Change.Seats!).Member);
        Assert.Equal(["bo", "cy", "ada"], lesson.Members);
    }

    [Fact]
    public void TheLessonWaitsForNoTurn()
    {
        var lesson = new ClassroomScenario(pace: ClassroomPace.Interval);
        var teacher = lesson.Teacher();
        lesson.Student("ada");
        lesson.Do(new StartLesson(teacher));

        Assert.Equal(LessonPhase.Live, lesson.Change!.Lesson!.Phase);
        Assert.Equal(["ada"], lesson.Change.Seats!.Select(seat => seat.Member).Where(member => member != "t"));
    }

    [Fact]
    public void TeachersAreToldWhoIsUnstableAndAwayAndStudentsAreNot()
    {
        var lesson = new ClassroomScenario();
        lesson.Do(new StartLesson(lesson.Teacher()));
        var ada = lesson.Student("ada");
        var dropped = lesson.Now;
        lesson.Do(new Disconnected(ada));
        lesson.Wait(15);
        lesson.Student("ada");

        Assert.Equal(
            [(PresenceState.Unstable, dropped), (PresenceState.Away, dropped), (PresenceState.Present, lesson.Now)],
            lesson.Presence.Select(presence => (presence.State, presence.Since)));
    }

    [Fact]
    public void ADropThatHealsBeforeItsTurnIsNotToldAtAll()
    {
        var lesson = new ClassroomScenario(pace: ClassroomPace.Interval);
        lesson.Teacher();
        var ada = lesson.Student("ada");
        lesson.Wait(0.3);
        lesson.Student("bo");   // takes the turn
        lesson.Do(new Disconnected(ada));
        lesson.Wait(0.1);
        lesson.Student("ada");
        lesson.Wait(5);

        Assert.Empty(lesson.Presence);
    }

    [Fact]
    public void ATeacherWhoComesLaterIsToldWhoIsNotThere()
    {
        var lesson = new ClassroomScenario();
        lesson.Do(new Disconnected(lesson.Student("ada")));
        lesson.Student("bo");
        lesson.Wait(20);
        var teacher = lesson.Teacher();

        var told = Assert.Single(lesson.Last.OfType<TellPresence>());
        Assert.Equal(teacher.Connection, told.Connection);
        Assert.Equal(("ada", PresenceState.Away), (Assert.Single(told.Members).Member, told.Members[0].State));
    }

    [Fact]
    public void AClassThatIsOpenedAgainHasItsPeopleAndGivesThemTheGrace()
    {
        var former = new PresenceView(ClassroomScenario.Grace);
        var before = ClassroomScenario.Bell.AddMinutes(-5);
        former.Apply(new Happening(LedgerKind.Joined, "t", "desk", Role.Teacher, Name: "Ms Lin"), before);
        former.Apply(new Happening(LedgerKind.Joined, "ada", "web", Role.Student, Name: "Ada"), before);
        former.Apply(new Happening(LedgerKind.Joined, "bo", "web", Role.Student, Name: "Bo"), before);
        former.Apply(new Happening(LedgerKind.Left, "bo", "web", Role.Student, LedgerCause.Asked), before);
        former.Apply(new Happening(LedgerKind.Joined, "cy", "web", Role.Student, Name: "Cy"), before);
        former.Apply(new Happening(LedgerKind.Interrupted, Since: before), ClassroomScenario.Bell);
        var lesson = new ClassroomScenario(view: former);

        Assert.Equal(["t", "ada", "cy"], lesson.Members);
        var snapshotOfFirst = lesson.Snapshot.Version;
        lesson.Student("ada", "web");
        lesson.Join(ClassroomScenario.Who("t", Role.Teacher, "Ms Lin"), "desk");
        Assert.Equal(
            [LedgerKind.Returned, LedgerKind.Returned], lesson.Book.Select(what => what.Kind));
        Assert.Equal(snapshotOfFirst + 1, lesson.Snapshot.Version);   // Ada's ticket has another name than the ledger's

        lesson.Wait(15);
        Assert.Equal(["t", "ada"], lesson.Members);
        Assert.Equal((LedgerKind.Left, "cy", LedgerCause.GraceOver), (lesson.Book[^1].Kind, lesson.Book[^1].Member, lesson.Book[^1].Cause));
    }

    [Fact]
    public void WhatAPageShowsIsWrittenDown()
    {
        var lesson = new ClassroomScenario();
        lesson.Publish(lesson.Teacher());
        var ada = lesson.Student("ada");
        lesson.Do(new QualityHeard(lesson.Watch(ada), LinkQuality.Good));
        lesson.Do(new ReportDevice(ada, new DeviceReport(Hidden: true, Stalled: false, Silent: false)));
        lesson.Do(new ReportDevice(ada, new DeviceReport(Hidden: false, Stalled: true, Silent: false)));
        lesson.Do(new ReportDevice(ada, new DeviceReport(Hidden: false, Stalled: false, Silent: true)));

        Assert.Equal(
            [
                MediaFacts.Sound | MediaFacts.Picture,
                MediaFacts.Sound | MediaFacts.Picture | MediaFacts.Hidden,
                MediaFacts.Stalled,
                MediaFacts.Picture,
            ],
            lesson.Book.Where(what => what is { Kind: LedgerKind.Media, Member: "ada" }).Select(what => what.Facts));
        Assert.Equal(HubErrors.BadRequest, lesson.Code(new ReportDevice(ada, null)));
    }

    [Fact]
    public void ADeviceWhoseMediaGoesOnOverALostHubConnectionHasWhatItHadBefore()
    {
        var lesson = new ClassroomScenario();
        lesson.Publish(lesson.Teacher());
        var ada = lesson.Student("ada");
        lesson.Do(new QualityHeard(lesson.Watch(ada), LinkQuality.Good));
        lesson.Do(new Disconnected(ada, TimedOut: true));
        lesson.Wait(3);
        lesson.Student("ada");

        Assert.Equal(
            [(LedgerKind.Dropped, LedgerCause.TimedOut, MediaFacts.None), (LedgerKind.Returned, LedgerCause.None, MediaFacts.None),
                (LedgerKind.Media, LedgerCause.None, MediaFacts.Sound | MediaFacts.Picture)],
            lesson.Book.Where(what => what.Member == "ada").TakeLast(3).Select(what => (what.Kind, what.Cause, what.Facts)));
    }
}
