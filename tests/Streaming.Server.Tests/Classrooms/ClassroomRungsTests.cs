using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Classrooms;

namespace Streaming.Server.Tests.Classrooms;

public sealed class ClassroomRungsTests
{
    private readonly ClassroomScenario _class = new();

    [Fact]
    public void WhatALinkCarriesIsToldToItsDeviceAlone()
    {
        _class.Teacher();
        var ada = _class.Student("ada");
        _class.Student("ben");
        var session = _class.Watch(ada);

        _class.Do(new RungHeard(session, Rung.Picture));
        Assert.Empty(_class.Last);   // what every page believes by itself
        _class.Do(new RungHeard(session, Rung.Slides));
        Assert.Equal([new TellRung(ada.Connection, Rung.Slides)], _class.Last.OfType<TellRung>());
        _class.Do(new RungHeard(session, Rung.Slides));
        Assert.Empty(_class.Last);
        _class.Do(new RungHeard("nobody's", Rung.Sound));
        Assert.Empty(_class.Last);
    }

    [Fact]
    public void WhoSendsTheLessonIsToldWhichLayersSomebodySeesAndToldAgainWhenItComesBack()
    {
        var teacher = _class.Teacher();
        var session = _class.Publish(teacher);
        _class.Do(new LayersWantedHeard(session, 0));
        Assert.Equal([new TellLayersWanted(teacher.Connection, new LayersWanted(session, 0))], _class.Last);

        _class.Do(new Disconnected(teacher, TimedOut: true));
        _class.Do(new LayersWantedHeard(session, 1));
        Assert.Empty(_class.Last.OfType<TellLayersWanted>());
        var back = _class.Teacher();
        Assert.Equal([new TellLayersWanted(back.Connection, new LayersWanted(session, 1))], _class.Last.OfType<TellLayersWanted>());

        // A new session sends everything until it is told.
        _class.Publish(back);
        Assert.Empty(_class.Last.OfType<TellLayersWanted>());
        _class.Do(new LayersWantedHeard(session, 0));
        Assert.Empty(_class.Last);
    }

    [Fact]
    public void NoMoreComesThanTheUserWantsAndNoMoreThanTheLinkCarries()
    {
        var ada = _class.Student("ada");
        var session = _class.Watch(ada);
        _class.Do(new LimitRung(ada, Rung.Slides));
        Assert.Equal([new LimitMedia(session, Rung.Slides), new StillsWanted(true), new TellRung(ada.Connection, Rung.Slides)], _class.Last);

        _class.Do(new RungHeard(session, Rung.Sound));
        Assert.Equal([new TellRung(ada.Connection, Rung.Sound)], _class.Last);
        _class.Do(new RungHeard(session, Rung.Picture));
        Assert.Equal([new TellRung(ada.Connection, Rung.Slides)], _class.Last);
        _class.Do(new LimitRung(ada, Rung.Slides));
        Assert.Empty(_class.Last);
        _class.Do(new LimitRung(ada, Rung.Picture));
        Assert.Equal([new LimitMedia(session, Rung.Picture), new TellRung(ada.Connection, Rung.Picture)], _class.Last);

        Assert.Equal(HubErrors.BadRequest, _class.Code(new LimitRung(ada, (Rung)9)));
        Assert.Equal(HubErrors.NotJoined, _class.Code(new LimitRung(ada with { Connection = "former" }, Rung.Text)));
    }

    [Fact]
    public void ADevicesWishAndWhatIsKnownOfItsLinkOutliveItsSessionAndItsConnection()
    {
        var ada = _class.Student("ada");
        var session = _class.Watch(ada);
        _class.Do(new LimitRung(ada, Rung.Slides));
        _class.Do(new RungHeard(session, Rung.Sound));

        var again = _class.Watch(ada);
        Assert.Contains(new LimitMedia(again, Rung.Slides), _class.Last);
        Assert.DoesNotContain(_class.Last, output => output is TellRung);

        _class.Do(new Disconnected(ada));
        _class.Do(new RungHeard(again, Rung.Slides));
        ada = _class.Student("ada");
        Assert.Equal([new TellRung(ada.Connection, Rung.Slides)], _class.Last.OfType<TellRung>());
        _class.Do(new LimitRung(ada, Rung.Picture));
        _class.Do(new RungHeard(again, Rung.Picture));
        _class.Do(new Disconnected(ada));
        _class.Student("ada");
        Assert.Empty(_class.Last.OfType<TellRung>());
    }

    [Fact]
    public void APageThatBeganWithItsMediaIsToldWhenItJoins()
    {
        _class.Teacher();
        var session = _class.Whep("ada", "web");
        _class.Do(new RungHeard(session, Rung.Slides));
        Assert.Empty(_class.Last.OfType<TellRung>());
        Assert.Empty(_class.Last.OfType<StillsWanted>());   // no page yet that could show one

        var ada = _class.Student("ada", "web");
        Assert.Equal([new TellRung(ada.Connection, Rung.Slides)], _class.Last.OfType<TellRung>());
        Assert.Equal([new StillsWanted(true)], _class.Last.OfType<StillsWanted>());
    }

    [Fact]
    public void StillsAreWantedAtOnceAndNoLongerAfterAWhile()
    {
        var teacher = _class.Teacher();
        var (ada, ben) = (_class.Student("ada"), _class.Student("ben"));
        var (adas, bens) = (_class.Watch(ada), _class.Watch(ben));
        _class.Do(new RungHeard(adas, Rung.Slides));
        Assert.Equal([new StillsWanted(true)], Wanted());
        _class.Do(new LimitRung(ben, Rung.Sound));
        Assert.Empty(Wanted());

        _class.Do(new RungHeard(adas, Rung.Picture));
        _class.Do(new LimitRung(ben, Rung.Picture));
        _class.Wait(ClassroomStills.Calm.TotalSeconds - 1);
        Assert.Empty(Wanted());
        _class.Do(new RungHeard(bens, Rung.Sound));
        _class.Wait(60);
        Assert.Empty(Wanted());   // one needs them again; nothing has changed for the teacher

        _class.Do(new Disconnected(teacher));
        teacher = _class.Teacher();
        Assert.Equal([new TellStillsWanted(teacher.Connection)], _class.Last.OfType<TellStillsWanted>());

        _class.Do(new Leave(ben));
        _class.Wait(ClassroomStills.Calm.TotalSeconds);
        Assert.Equal([new StillsWanted(false)], Wanted());
        _class.Do(new Disconnected(teacher));
        _class.Teacher();
        Assert.Empty(_class.Last.OfType<TellStillsWanted>());
        Assert.Null(_class.Classroom.NextDeadline);

        IEnumerable<StillsWanted> Wanted() => _class.Last.OfType<StillsWanted>();
    }

    [Fact]
    public void NeitherATeacherNorAClientWithoutAPageWantsStills()
    {
        var teacher = _class.Teacher();
        _class.Do(new RungHeard(_class.Watch(teacher), Rung.Sound));
        _class.Do(new RungHeard(_class.Whep("tv"), Rung.Sound));

        Assert.Empty(_class.All.OfType<StillsWanted>());
    }

    [Fact]
    public void WhoeverBecomesATeacherOnTheSameSeatWantsNoStillsAnyMore()
    {
        _class.Do(new LimitRung(_class.Student("ada"), Rung.Slides));
        _class.Join(ClassroomScenario.Who("ada", Role.Teacher));
        _class.Wait(ClassroomStills.Calm.TotalSeconds);

        Assert.Equal([new StillsWanted(true), new StillsWanted(false)], _class.All.OfType<StillsWanted>());
    }

    [Fact]
    public void TheLedgerSaysWhatCame()
    {
        var teacher = _class.Teacher();
        _class.Publish(teacher);
        _class.Do(new SetSources(teacher, [TrackSource.Voice, TrackSource.Screen]));
        var ada = _class.Student("ada");
        var session = _class.Watch(ada);
        _class.Do(new QualityHeard(session, LinkQuality.Good));
        _class.Do(new RungHeard(session, Rung.Slides));
        _class.Do(new RungHeard(session, Rung.Sound));
        _class.Do(new LimitRung(ada, Rung.Text));
        _class.Do(new ReportDevice(ada, new DeviceReport(Hidden: false, Stalled: false, Silent: true)));
        _class.Do(new LimitRung(ada, Rung.Picture));
        _class.Do(new ReportDevice(ada, new DeviceReport(Hidden: false, Stalled: false, Silent: false)));
        _class.Do(new RungHeard(session, Rung.Slides));
        _class.Do(new SetSources(teacher, [TrackSource.Voice]));
        _class.Do(new SetSources(teacher, [TrackSource.Voice, TrackSource.Screen]));
        _class.Do(new RungHeard(session, Rung.Picture));
        _class.Do(new EndLesson(teacher));

        Assert.Equal(
            [
                MediaFacts.Picture | MediaFacts.Sound, MediaFacts.Slides | MediaFacts.Sound, MediaFacts.Sound, MediaFacts.Text, MediaFacts.None, MediaFacts.Sound,
                MediaFacts.Slides | MediaFacts.Sound, MediaFacts.Sound, MediaFacts.Slides | MediaFacts.Sound, MediaFacts.Picture | MediaFacts.Sound,
            ],
            _class.Book.Where(what => what is { Kind: LedgerKind.Media, Member: "ada" }).Select(what => what.Facts));
    }
}
