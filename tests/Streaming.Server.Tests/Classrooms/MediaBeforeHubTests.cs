using Streaming.Contracts;
using Streaming.Server.Classrooms;

namespace Streaming.Server.Tests.Classrooms;

/// <summary>A page that asks for its media by WHEP under its device's name, and joins the hub a moment later: one device, one seat.</summary>
public sealed class MediaBeforeHubTests
{
    private static readonly Identity Student = ClassroomScenario.Who("s", Role.Student);

    private readonly ClassroomScenario _class = new();

    [Fact]
    public void TheHubFindsTheSessionAndNobodyHearsOfTheSecondComing()
    {
        _class.Teacher();
        var session = _class.Whep("s", "web-1");
        Assert.Equal(["t", "s"], _class.Members);

        var caller = _class.Join(Student, "web-1");

        Assert.Equal([new Enter(caller.Connection, Role.Student)], _class.Last);
        _class.Do(new MediaEnded(session));
        Assert.Contains(new TellMediaClosed(caller.Connection, session), _class.Last);
        Assert.Equal(["t", "s"], _class.Members);
    }

    [Fact]
    public void TheHubMayAlsoBeFaster()
    {
        _class.Do(new OpenMedia(Student, null, MediaKind.Watch, "w1", "web-1"));
        var caller = _class.Join(Student, "web-1");
        _class.Do(new MediaOpened("w1", []));

        _class.Do(new MediaEnded("w1"));

        Assert.Contains(new TellMediaClosed(caller.Connection, "w1"), _class.Last);
        Assert.Equal(["s"], _class.Members);
    }

    [Fact]
    public void APageThatNeverJoinsIsGoneWithItsMedia()
    {
        var session = _class.Whep("s", "web-1");
        _class.Wait(60);
        Assert.Equal(["s"], _class.Members);

        _class.Do(new MediaEnded(session));

        Assert.Empty(_class.Members);
    }

    [Fact]
    public void APageThatComesBackByItsMediaFirstIsBack()
    {
        var former = _class.Watch(_class.Student("s", "web-1"));
        _class.Do(new Disconnected(new Caller("s", "web-1", "c1")));
        _class.Wait(14);
        var seen = _class.Changes.Count();

        _class.Whep("s", "web-1");
        Assert.Contains(new CloseMedia(former), _class.Last);
        _class.Wait(5);
        _class.Join(Student, "web-1");
        _class.Wait(60);

        Assert.Equal(["s"], _class.Members);
        Assert.Equal(seen, _class.Changes.Count());
    }

    [Fact]
    public void AskingTwiceReplacesTheSessionAndKeepsTheSeat()
    {
        _class.Teacher();
        var first = _class.Whep("s", "web-1");
        var seen = _class.Changes.Count();

        var second = _class.Whep("s", "web-1");

        Assert.Equal([new CloseMedia(first)], _class.Last);
        Assert.Equal(["t", "s"], _class.Members);
        Assert.Equal(seen, _class.Changes.Count());
        _class.Do(new DeleteMedia("s", MediaKind.Watch, second));
        Assert.Equal(["t"], _class.Members);
    }

    [Fact]
    public void ADevicesNameIsItsMembersOwn()
    {
        var caller = _class.Student("a", "web-1");
        var watched = _class.Watch(caller);

        _class.Whep("b", "web-1");

        Assert.DoesNotContain(new CloseMedia(watched), _class.All);
        Assert.Equal(["a", "b"], _class.Members);
    }

    [Fact]
    public void AnInspectorsPageDoesTheSameAndTakesOnePlace()
    {
        var places = new ObserverPlaces(1);
        var observers = new Observers(() => _class.Snapshot, places, ClassroomScenario.Grace);
        var inspector = ClassroomScenario.Who("i", Role.Inspector);
        List<ClassroomOutput> outputs = [];
        void Do(ObserverCommand command) => Assert.Null(observers.Handle(_class.Now, command, outputs).Refusal);

        foreach (var session in (string[])["w1", "w2"])
        {
            Do(new ObserverOpenMedia(inspector, null, session, "web-1"));
            Do(new ObserverMediaOpened(session));
        }

        Do(new Observe(inspector, "web-1", "o1"));
        Assert.Equal([new CloseMedia("w1"), new Enter("o1", Role.Inspector)], outputs);
        Do(new ObserverMediaEnded("w2"));

        Assert.Contains(new TellMediaClosed("o1", "w2"), outputs);
        Assert.Equal((1, 1), (observers.Count, places.Taken));
    }
}
