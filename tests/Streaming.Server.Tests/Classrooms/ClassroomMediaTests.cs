using Streaming.Contracts;
using Streaming.Server.Classrooms;

namespace Streaming.Server.Tests.Classrooms;

public sealed class ClassroomMediaTests
{
    private readonly ClassroomScenario _class = new();

    [Fact]
    public void SourcesAreSetByThePublisherAndEmptyWhenItsSessionEnds()
    {
        var teacher = _class.Teacher();
        var session = _class.Publish(teacher);
        _class.Do(new SetSources(teacher, [TrackSource.Screen, TrackSource.Voice, TrackSource.Voice]));
        var applied = Assert.Single(_class.Last.OfType<ApplySources>());
        Assert.Equal((session, 2), (applied.Session, applied.Sources.Count));
        Assert.Equal([TrackSource.Voice, TrackSource.Screen], _class.Change!.Lesson!.Sources);

        _class.Do(new MediaEnded(session));

        Assert.Empty(_class.Change!.Lesson!.Sources);
        Assert.Contains(new TellMediaClosed(teacher.Connection, session), _class.Last);
        Assert.Equal(HubErrors.SessionNotFound, _class.Code(new SetSources(teacher, [TrackSource.Voice])));
    }

    [Fact]
    public void APageOfTheTeacherPublishesInALiveLessonOnly()
    {
        var teacher = _class.Teacher();
        var who = ClassroomScenario.Who("t", Role.Teacher);
        Assert.Equal(HubErrors.LessonNotLive, _class.Code(new OpenMedia(who, teacher, MediaKind.Publish, "early")));

        _class.Do(new StartLesson(teacher));
        Assert.Null(_class.Code(new OpenMedia(who, teacher, MediaKind.Publish, "late")));
        _class.Do(new EndLesson(teacher));

        Assert.Equal(HubErrors.LessonNotLive, _class.Code(new MediaOpened("late", [])));
        Assert.Equal([new CloseMedia("late")], _class.Last);
    }

    [Fact]
    public void SourcesThatDoNotExistAreRefused()
    {
        var teacher = _class.Teacher();
        _class.Publish(teacher);
        Assert.Equal(HubErrors.BadRequest, _class.Code(new SetSources(teacher, [(TrackSource)9])));
        Assert.Equal(HubErrors.BadRequest, _class.Code(new SetSources(teacher, null!)));
    }

    [Fact]
    public void PublishingAgainClosesTheFormerSessionAndItsEndIsNotTheNewOnesEnd()
    {
        var teacher = _class.Teacher();
        var first = _class.Publish(teacher);
        var second = _class.Publish(teacher);
        Assert.Contains(new CloseMedia(first), _class.Last);
        Assert.DoesNotContain(_class.Last, output => output is TellMediaClosed);
        _class.Do(new SetSources(teacher, [TrackSource.Voice]));

        _class.Do(new MediaEnded(first));

        Assert.Empty(_class.Last);
        Assert.Equal([TrackSource.Voice], _class.Snapshot.Lesson.Sources);
        Assert.Equal(1, _class.Classroom.MediaSessions);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void ATeachersSecondDeviceThatPublishesDismissesTheFirstInsteadOfFightingIt()
    {
        var (laptop, phone) = (_class.Teacher("t", "laptop"), _class.Teacher("t", "phone"));
        var first = _class.Publish(laptop);

        _class.Publish(phone);

        Assert.Contains(new CloseMedia(first), _class.Last);
        Assert.Contains(new Dismiss(laptop.Connection, HubErrors.Replaced), _class.Last);
        Assert.Equal(["t"], _class.Members);
    }

    [Fact]
    public void WatchingAgainClosesTheFormerSessionOfThatDeviceOnly()
    {
        var (laptop, phone) = (_class.Student("s", "laptop"), _class.Student("s", "phone"));
        var first = _class.Watch(laptop);
        _class.Watch(phone);
        Assert.DoesNotContain(new CloseMedia(first), _class.Last);

        _class.Watch(laptop);

        Assert.Equal([new CloseMedia(first)], _class.Last);
    }

    [Fact]
    public void MediaLivesThroughTheGraceAndEndsWithTheSeat()
    {
        var student = _class.Student("s");
        var session = _class.Watch(student);
        _class.Do(new Disconnected(student));
        _class.Wait(14);
        Assert.DoesNotContain(new CloseMedia(session), _class.All);

        _class.Wait(1);

        Assert.Contains(new CloseMedia(session), _class.Last);
        Assert.Equal(0, _class.Classroom.MediaSessions);
    }

    [Fact]
    public void ASessionThatEndedWhileItsDeviceWasAwayIsToldOnTheReturn()
    {
        var student = _class.Student("s");
        var session = _class.Watch(student);
        _class.Do(new Disconnected(student));
        _class.Do(new MediaEnded(session));

        var back = _class.Student("s");

        Assert.Equal([new Enter(back.Connection, Role.Student), new TellMediaClosed(back.Connection, session)], _class.Last);
    }

    [Fact]
    public void ASessionThatDiesOrLosesItsOwnerBeforeItIsConfirmedLeavesNothing()
    {
        var student = _class.Student("s");
        var who = ClassroomScenario.Who("s", Role.Student);
        _class.Do(new OpenMedia(who, student, MediaKind.Watch, "dies"));
        _class.Do(new MediaEnded("dies"));
        Assert.Equal(HubErrors.SessionNotFound, _class.Code(new MediaOpened("dies", [])));
        _class.Do(new OpenMedia(who, student, MediaKind.Watch, "left"));
        _class.Do(new Leave(student));

        Assert.Equal(HubErrors.NotJoined, _class.Code(new MediaOpened("left", [])));

        Assert.Equal([new CloseMedia("left")], _class.Last);
        Assert.Equal(0, _class.Classroom.MediaSessions);
    }

    [Fact]
    public void AWhepClientIsAStudentByWatchingAndUntilItStops()
    {
        var session = _class.Whep("tv");
        Assert.Equal(["tv"], _class.Change!.Seats!.Select(seat => seat.Member));
        _class.Wait(600);
        Assert.Equal(["tv"], _class.Members);

        Assert.Null(_class.Code(new DeleteMedia("tv", MediaKind.Watch, session)));

        Assert.Equal(["tv"], _class.Change!.Gone);
        Assert.Contains(new CloseMedia(session), _class.Last);
    }

    [Fact]
    public void AWhepClientThatLosesItsMediaIsGone()
    {
        _class.Do(new MediaEnded(_class.Whep("tv")));
        Assert.Equal(["tv"], _class.Change!.Gone);
    }

    [Fact]
    public void AWhipClientStartsTheLessonAndItsDeleteEndsIt()
    {
        var session = _class.Whip();
        var started = _class.Change!;
        Assert.Equal((LessonPhase.Live, 2), (started.Lesson!.Phase, started.Lesson.Sources.Count));
        Assert.Equal(Role.Teacher, Assert.Single(started.Seats!).Role);
        Assert.Contains(_class.Last, output => output is ApplySources);

        _class.Do(new DeleteMedia("t", MediaKind.Publish, session));

        Assert.Equal(LessonPhase.Ended, _class.Change!.Lesson!.Phase);
        Assert.Equal(["t"], _class.Change.Gone);
        Assert.Empty(_class.Change.Lesson.Sources);
    }

    [Fact]
    public void AWhipClientsLossIsOnlyAnAbsenceAndItsSuccessorMayEndTheLesson()
    {
        _class.Do(new MediaEnded(_class.Whip()));
        Assert.Equal((LessonPhase.Live, 0), (_class.Snapshot.Lesson.Phase, _class.Snapshot.Lesson.Sources.Count));

        _class.Do(new DeleteMedia("t", MediaKind.Publish, _class.Whip()));

        Assert.Equal(LessonPhase.Ended, _class.Snapshot.Lesson.Phase);
    }

    [Fact]
    public void AWhipClientThatComesAgainWithoutDeleteReplacesItselfAndStaysSeated()
    {
        var first = _class.Whip();
        var second = _class.Whip();

        Assert.Contains(new CloseMedia(first), _class.Last);
        Assert.DoesNotContain(_class.Changes, change => change.Gone is not null);
        Assert.Equal(HubErrors.SessionNotFound, _class.Code(new DeleteMedia("t", MediaKind.Publish, first)));
        Assert.Null(_class.Code(new DeleteMedia("t", MediaKind.Publish, second)));
    }

    [Fact]
    public void ALessonThatThePageStartedDoesNotEndWithAWhipClientsDelete()
    {
        _class.Do(new StartLesson(_class.Teacher()));

        _class.Do(new DeleteMedia("t", MediaKind.Publish, _class.Whip()));

        Assert.Equal(LessonPhase.Live, _class.Snapshot.Lesson.Phase);
        Assert.Equal(["t"], _class.Members);
    }

    [Fact]
    public void AWhipClientOfAnotherTeacherIsRefused()
    {
        _class.Teacher("t1");
        Assert.Equal(HubErrors.TeacherPresent, _class.Code(new OpenMedia(ClassroomScenario.Who("t2", Role.Teacher), null, MediaKind.Publish, "x")));
    }

    [Fact]
    public void SessionsAreDeletedByTheirOwnMembersOnlyAndHubSessionsNotByHttpAtAll()
    {
        var session = _class.Whep("tv");
        var ofHub = _class.Watch(_class.Student("s"));

        Assert.Equal(HubErrors.SessionNotFound, _class.Code(new DeleteMedia("other", MediaKind.Watch, session)));
        Assert.Equal(HubErrors.SessionNotFound, _class.Code(new DeleteMedia("tv", MediaKind.Publish, session)));
        Assert.Equal(HubErrors.SessionNotFound, _class.Code(new DeleteMedia("s", MediaKind.Watch, ofHub)));
        Assert.Equal(2, _class.Classroom.MediaSessions);
    }

    [Fact]
    public void EndingTheLessonClosesThePublisher()
    {
        var teacher = _class.Teacher();
        _class.Do(new StartLesson(teacher));
        var session = _class.Publish(teacher);

        _class.Do(new EndLesson(teacher));

        Assert.Contains(new CloseMedia(session), _class.Last);
    }

    [Fact]
    public void ChangesOfQualityAreGatheredForASecondAndSaidOnce()
    {
        _class.Do(new StartLesson(_class.Teacher()));
        var (a, b) = (_class.Watch(_class.Student("a")), _class.Watch(_class.Student("b")));
        _class.Do(new QualityHeard(a, LinkQuality.Good));
        _class.Do(new QualityHeard(b, LinkQuality.Fair));
        _class.Do(new QualityHeard(a, LinkQuality.Bad));
        _class.Do(new QualityHeard(a, LinkQuality.Bad));
        Assert.Empty(_class.Last);

        _class.Wait(1);

        Assert.Equal(
            [new ViewerQuality("a", LinkQuality.Bad), new ViewerQuality("b", LinkQuality.Fair)],
            Assert.Single(_class.Last.OfType<QualityChanged>()).Viewers);
        _class.Wait(60);
        Assert.Empty(_class.Last);
    }

    [Fact]
    public void WhoseMediaEndsIsLostAndWhoHearsWellOnOneDeviceHearsWell()
    {
        _class.Do(new StartLesson(_class.Teacher()));
        var laptop = _class.Watch(_class.Student("s", "laptop"));
        var phone = _class.Watch(_class.Student("s", "phone"));
        _class.Do(new QualityHeard(laptop, LinkQuality.Bad));
        _class.Do(new QualityHeard(phone, LinkQuality.Good));
        _class.Wait(1);
        Assert.Equal(LinkQuality.Good, Said().Quality);

        _class.Do(new MediaEnded(phone));
        _class.Wait(1);
        Assert.Equal(LinkQuality.Bad, Said().Quality);
        _class.Do(new MediaEnded(laptop));
        _class.Wait(1);
        Assert.Equal(LinkQuality.Lost, Said().Quality);

        ViewerQuality Said() => Assert.Single(Assert.Single(_class.Last.OfType<QualityChanged>()).Viewers);
    }

    [Fact]
    public void ATeacherWhoComesLateIsToldHowEverybodyHears()
    {
        var former = _class.Teacher();
        _class.Do(new StartLesson(former));
        _class.Do(new Leave(former));
        _class.Do(new QualityHeard(_class.Watch(_class.Student("s")), LinkQuality.Fair));
        _class.Wait(5);

        _class.Teacher();
        _class.Wait(1);

        Assert.Equal([new ViewerQuality("s", LinkQuality.Fair)], Assert.Single(_class.Last.OfType<QualityChanged>()).Viewers);
    }

    [Fact]
    public void AStudentWhoseMediaNeverCameThroughIsLost()
    {
        _class.Do(new StartLesson(_class.Teacher()));
        var session = _class.Watch(_class.Student("s"));

        _class.Do(new MediaEnded(session));
        _class.Wait(1);

        Assert.Equal([new ViewerQuality("s", LinkQuality.Lost)], Assert.Single(_class.Last.OfType<QualityChanged>()).Viewers);
    }

    [Fact]
    public void AStudentWhoseWatchIsOpenedAgainIsNotCalledLost()
    {
        _class.Do(new StartLesson(_class.Teacher()));
        var student = _class.Student("s");
        _class.Do(new QualityHeard(_class.Watch(student), LinkQuality.Good));
        _class.Wait(2);

        var again = _class.Watch(student);
        _class.Wait(5);
        _class.Do(new MediaEnded(again));       // the page is loaded again: its session ends,
        var session = _class.Watch(_class.Student("s"));   // and half a second later it has another
        _class.Wait(30);

        Assert.Equal([new ViewerQuality("s", LinkQuality.Good)], _class.All.OfType<QualityChanged>().SelectMany(told => told.Viewers));
        _class.Do(new MediaEnded(session));
        _class.Wait(1);
        Assert.Equal([new ViewerQuality("s", LinkQuality.Lost)], Assert.Single(_class.Last.OfType<QualityChanged>()).Viewers);
    }

    [Fact]
    public void AStudentWhoOpensWatchAfterWatchAndNeverReceivesIsLost()
    {
        _class.Do(new StartLesson(_class.Teacher()));
        var student = _class.Student("s");
        _class.Watch(student);
        _class.Wait(11);

        _class.Watch(student);
        _class.Wait(1);

        Assert.Equal([new ViewerQuality("s", LinkQuality.Lost)], Assert.Single(_class.Last.OfType<QualityChanged>()).Viewers);
    }

    [Fact]
    public void QualityIsToldWhileTheLessonIsLiveOnly()
    {
        var teacher = _class.Teacher();
        var session = _class.Watch(_class.Student("s"));
        _class.Do(new QualityHeard(session, LinkQuality.Fair));
        _class.Wait(60);
        Assert.DoesNotContain(_class.All, output => output is QualityChanged);

        _class.Do(new StartLesson(teacher));
        _class.Wait(1);
        Assert.Equal([new ViewerQuality("s", LinkQuality.Fair)], Assert.Single(_class.Last.OfType<QualityChanged>()).Viewers);

        _class.Do(new QualityHeard(session, LinkQuality.Bad));
        _class.Do(new EndLesson(teacher));
        _class.Do(new MediaEnded(session));
        _class.Teacher();
        _class.Wait(60);
        Assert.Single(_class.All.OfType<QualityChanged>());
    }
}
