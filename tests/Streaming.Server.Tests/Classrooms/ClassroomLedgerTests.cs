using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Classrooms;

namespace Streaming.Server.Tests.Classrooms;

public sealed class ClassroomLedgerTests
{
    private readonly ClassroomScenario _class = new();

    [Fact]
    public void EveryComingAndGoingOfADeviceIsWrittenDown()
    {
        var caller = _class.Student("ada", "phone");
        _class.Student("ada", "phone");                                    // the same device on another connection: it never was away
        _class.Do(new Disconnected(caller with { Connection = "c2" }));
        _class.Student("ada", "phone");
        _class.Student("ada", "laptop");
        _class.Do(new Leave(new Caller("ada", "laptop", "c4")));
        _class.Do(new Disconnected(new Caller("ada", "phone", "c3")));
        _class.Wait(15);

        Assert.Equal(
            [
                (LedgerKind.Joined, "phone", LedgerCause.None),
                (LedgerKind.Dropped, "phone", LedgerCause.ConnectionLost),
                (LedgerKind.Returned, "phone", LedgerCause.None),
                (LedgerKind.Joined, "laptop", LedgerCause.None),
                (LedgerKind.Left, "laptop", LedgerCause.Asked),
                (LedgerKind.Dropped, "phone", LedgerCause.ConnectionLost),
                (LedgerKind.Left, "phone", LedgerCause.GraceOver),
            ],
            _class.Book.Select(what => (what.Kind, what.Device!, what.Cause)));
        Assert.All(_class.Book, what => Assert.Equal(("ada", Role.Student), (what.Member, what.Role)));
        Assert.Equal("ADA", _class.Book[0].Name);
    }

    [Fact]
    public void ADropThatHealsIsInTheLedgerAndInNoCount()
    {
        _class.Teacher();
        var caller = _class.Student("ada");
        var seen = _class.Changes.Count();
        for (var i = 0; i < 10; i++)
        {
            _class.Do(new Disconnected(caller));
            _class.Wait(12);
            caller = _class.Student("ada");
        }

        Assert.Equal(seen, _class.Changes.Count());
        Assert.Equal(20, _class.Book.Count(what => what.Kind is LedgerKind.Dropped or LedgerKind.Returned));
    }

    [Fact]
    public void TheLessonAndWhatIsSentInItAreWrittenDown()
    {
        var teacher = _class.Teacher();
        _class.Publish(teacher);
        _class.Do(new SetSources(teacher, [TrackSource.Voice]));
        _class.Do(new SetSources(teacher, [TrackSource.Voice, TrackSource.Camera]));
        _class.Do(new SetSources(teacher, [TrackSource.Voice, TrackSource.Screen]));   // a picture is a picture
        _class.Do(new EndLesson(teacher));

        Assert.Equal(
            [
                (LedgerKind.Started, MediaFacts.None),
                (LedgerKind.Media, MediaFacts.Sound),
                (LedgerKind.Media, MediaFacts.Sound | MediaFacts.Picture),
                (LedgerKind.Ended, MediaFacts.None),
                (LedgerKind.Media, MediaFacts.None),
            ],
            _class.Book.Where(what => what.Device is null).Select(what => (what.Kind, what.Facts)));
    }

    [Fact]
    public void WhatReachesAStudentIsWrittenDownWhenItChanges()
    {
        _class.Publish(_class.Teacher());
        var session = _class.Watch(_class.Student("ada"));
        _class.Do(new QualityHeard(session, LinkQuality.Good));
        _class.Do(new QualityHeard(session, LinkQuality.Fair));
        _class.Do(new MediaEnded(session));

        Assert.Equal(
            [MediaFacts.Sound | MediaFacts.Picture, MediaFacts.None],
            _class.Book.Where(what => what is { Kind: LedgerKind.Media, Member: "ada" }).Select(what => what.Facts));
    }

    [Fact]
    public void AWhepClientAndAChangedRoleAreThereToo()
    {
        var session = _class.Whep("tv");
        _class.Do(new MediaEnded(session));
        _class.Student("ada");
        _class.Join(ClassroomScenario.Who("ada", Role.Teacher));

        Assert.Equal(
            [
                (LedgerKind.Joined, "tv", Role.Student, LedgerCause.None),
                (LedgerKind.Left, "tv", Role.Student, LedgerCause.MediaLost),
                (LedgerKind.Joined, "ada", Role.Student, LedgerCause.None),
                (LedgerKind.Left, "ada", Role.Student, LedgerCause.Replaced),
                (LedgerKind.Joined, "ada", Role.Teacher, LedgerCause.None),
            ],
            _class.Book.Select(what => (what.Kind, what.Member!, what.Role!.Value, what.Cause)));
    }
}
