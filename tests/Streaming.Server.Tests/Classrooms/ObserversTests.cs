using Streaming.Contracts;
using Streaming.Server.Classrooms;

namespace Streaming.Server.Tests.Classrooms;

public sealed class ObserversTests
{
    private static readonly Identity Inspector = new("i", "I", Role.Inspector, "math");

    private readonly ClassroomScenario _class = new();
    private readonly ObserverPlaces _places = new(2);
    private readonly Observers _observers;
    private List<ClassroomOutput> _last = [];

    public ObserversTests() => _observers = new Observers(() => _class.Snapshot, _places, ClassroomScenario.Grace);

    [Fact]
    public void AnInspectorSeesTheClassAndNobodySeesTheInspector()
    {
        _class.Student("s");
        var (version, seen) = (_class.Snapshot.Version, _class.All.Count);

        var caller = new Caller("i", "d1", "o1");
        var reply = Do(new Observe(Inspector, "d1", "o1"));
        Do(new ObserverOpenMedia(Inspector, caller, "s1"));
        Do(new ObserverMediaOpened("s1"));
        Do(new ObserverDisconnected(caller));
        Tick(15);

        Assert.Equal(["s"], reply.Snapshot!.Seats.Select(seat => seat.Member));
        Assert.Equal([new CloseMedia("s1")], _last);
        Assert.Equal((version, seen), (_class.Snapshot.Version, _class.All.Count));
        Assert.Equal((0, true), (_places.Taken, _observers.IsEmpty));
    }

    [Fact]
    public void AReturnWithinTheGraceKeepsTheMedia()
    {
        Do(new Observe(Inspector, "d1", "o1"));
        Do(new ObserverOpenMedia(Inspector, new Caller("i", "d1", "o1"), "s1"));
        Do(new ObserverMediaOpened("s1"));
        Do(new ObserverDisconnected(new Caller("i", "d1", "o1")));

        Do(new Observe(Inspector, "d1", "o2"));
        Tick(60);

        Assert.Empty(_last);
        Assert.True(_observers.Owns("s1"));
    }

    [Fact]
    public void AnInspectorsRungIsItsOwn()
    {
        _class.Teacher();
        var seen = _class.All.Count;
        var caller = new Caller("i", "d1", "o1");
        Do(new ObserverOpenMedia(Inspector, null, "s1", "d1"));
        Do(new ObserverMediaOpened("s1"));
        Do(new ObserverRungHeard("s1", Rung.Slides));
        Assert.Empty(_last);
        Do(new Observe(Inspector, "d1", "o1"));
        Assert.Contains(new TellRung("o1", Rung.Slides), _last);

        Do(new ObserverLimitRung(caller, Rung.Sound));
        Assert.Equal([new LimitMedia("s1", Rung.Sound), new TellRung("o1", Rung.Sound)], _last);
        Do(new ObserverRungHeard("s1", Rung.Picture));
        Assert.Empty(_last);
        Do(new ObserverOpenMedia(Inspector, caller, "s2"));
        Do(new ObserverMediaOpened("s2"));
        Assert.Equal([new CloseMedia("s1"), new LimitMedia("s2", Rung.Sound)], _last);
        Do(new ObserverLimitRung(caller, Rung.Picture));
        Assert.Contains(new TellRung("o1", Rung.Picture), _last);

        Assert.Equal(HubErrors.BadRequest, Do(new ObserverLimitRung(caller, (Rung)(-1))).Refusal?.Code);
        Assert.Equal(HubErrors.NotJoined, Do(new ObserverLimitRung(caller with { Connection = "o9" }, Rung.Text)).Refusal?.Code);
        Assert.Equal(seen, _class.All.Count);
    }

    [Fact]
    public void PlacesAreCountedForTheWholeServer()
    {
        var otherClass = new Observers(() => _class.Snapshot, _places, ClassroomScenario.Grace);
        otherClass.Handle(_class.Now, new Observe(Inspector, "d1", "x1"), []);
        Assert.Null(Do(new Observe(Inspector, "d1", "o1")).Refusal);

        Assert.Equal(HubErrors.ClassFull, Do(new Observe(Inspector, "d2", "o2")).Refusal?.Code);
        Do(new ObserverLeave(new Caller("i", "d1", "o1")));
        Assert.Null(Do(new Observe(Inspector, "d2", "o2")).Refusal);
    }

    [Fact]
    public void OneTicketTakesOnlyAsManyPlacesAsAMemberHasDevices()
    {
        var places = new ObserverPlaces(100);
        var observers = new Observers(() => _class.Snapshot, places, ClassroomScenario.Grace);
        for (var i = 0; i < ClassroomRoster.MaxDevices; i++)
        {
            Assert.Null((i % 2 == 0 ? Ask(new Observe(Inspector, $"d{i}", $"o{i}")) : Ask(new ObserverOpenMedia(Inspector, null, $"s{i}"))).Refusal);
        }

        Assert.Equal(Refusal.TooManyDevices, Ask(new Observe(Inspector, "one-more", "x")).Refusal);
        Assert.Equal(Refusal.TooManyDevices, Ask(new ObserverOpenMedia(Inspector, null, "one-more")).Refusal);
        Assert.Null(Ask(new Observe(Inspector, "d0", "again")).Refusal);
        Assert.Null(Ask(new Observe(Inspector with { Member = "other" }, "d0", "y")).Refusal);
        Assert.Equal((ClassroomRoster.MaxDevices / 2) + 1, places.Taken);

        ClassroomReply Ask(ObserverCommand command) => observers.Handle(_class.Now, command, []);
    }

    [Fact]
    public void TheSameDeviceReplacesItsFormerConnection()
    {
        Do(new Observe(Inspector, "d1", "o1"));
        Do(new Observe(Inspector, "d1", "o2"));

        Assert.Equal([new Dismiss("o1", HubErrors.Replaced), new Enter("o2", Role.Inspector)], _last);
        Assert.Equal(HubErrors.NotJoined, Do(new ObserverSnapshot(new Caller("i", "d1", "o1"))).Refusal?.Code);
        Assert.Equal(1, _places.Taken);
    }

    [Fact]
    public void AWhepInspectorIsThereWithItsSessionAndDeletesItAlone()
    {
        Do(new ObserverOpenMedia(Inspector, null, "s1"));
        Do(new ObserverMediaOpened("s1"));
        Assert.Equal(1, _observers.Count);

        Assert.Equal(HubErrors.SessionNotFound, Do(new ObserverDeleteMedia("other", "s1")).Refusal?.Code);
        Assert.Null(Do(new ObserverDeleteMedia("i", "s1")).Refusal);
        Assert.True(_observers.IsEmpty);
    }

    [Fact]
    public void AnInspectorWhoComesLateIsToldHowEverybodyHears()
    {
        _observers.Hear(new QualityChanged([new ViewerQuality("s", LinkQuality.Fair), new ViewerQuality("gone", LinkQuality.Bad)]));
        _observers.Hear(new Changed(new ClassroomChange(3, Gone: ["gone"])));

        Do(new Observe(Inspector, "d1", "o1"));

        Assert.Equal([new ViewerQuality("s", LinkQuality.Fair)], Assert.Single(_last.OfType<TellQuality>()).Viewers);
        _observers.Hear(new Changed(new ClassroomChange(4, Lesson: new Lesson(LessonPhase.Ended, null, null, []))));
        Do(new Observe(Inspector, "d2", "o2"));
        Assert.Empty(_last.OfType<TellQuality>());
    }

    private ClassroomReply Do(ObserverCommand command)
    {
        _last = [];
        return _observers.Handle(_class.Now, command, _last);
    }

    private void Tick(double seconds)
    {
        _class.Wait(seconds);
        _last = [];
        _observers.Tick(_class.Now, _last);
    }
}
