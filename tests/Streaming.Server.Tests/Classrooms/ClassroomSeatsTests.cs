using Streaming.Contracts;
using Streaming.Server.Classrooms;

namespace Streaming.Server.Tests.Classrooms;

public sealed class ClassroomSeatsTests
{
    private readonly ClassroomScenario _class = new();

    [Fact]
    public void TheOthersHearOfANewcomerBeforeTheNewcomerHearsTheClass()
    {
        _class.Teacher();
        var student = _class.Student("s");

        Assert.Collection(
            _class.Last,
            first => Assert.Equal("s", Assert.Single(Assert.IsType<Changed>(first).Change.Seats!).Member),
            second => Assert.Equal(new Enter(student.Connection, Role.Student), second));
    }

    [Fact]
    public void ADeviceThatReturnsWithinTheGraceChangesNothingThatAnyoneSees()
    {
        var student = _class.Student("s");
        var version = _class.Snapshot.Version;

        _class.Do(new Disconnected(student));
        Assert.Equal([new Exit(student.Connection)], _class.Last);
        _class.Wait(14.9);
        Assert.Empty(_class.Last);
        var back = _class.Student("s");

        Assert.Equal([new Enter(back.Connection, Role.Student)], _class.Last);
        _class.Wait(60);
        Assert.Equal(version, _class.Snapshot.Version);
        Assert.Equal(["s"], _class.Members);
    }

    [Fact]
    public void TheSeatGoesWhenTheGraceIsOver()
    {
        _class.Do(new Disconnected(_class.Student("s")));

        _class.Wait(15);

        Assert.Equal(["s"], Assert.Single(_class.Last.OfType<Changed>()).Change.Gone);
        Assert.Empty(_class.Members);
        Assert.Null(_class.Classroom.NextDeadline);
    }

    [Fact]
    public void ADeviceThatDropsAgainGetsItsWholeGraceAgain()
    {
        _class.Do(new Disconnected(_class.Student("s")));
        _class.Wait(10);
        _class.Do(new Disconnected(_class.Student("s")));

        _class.Wait(14);
        Assert.Equal(["s"], _class.Members);
        _class.Wait(1);
        Assert.Empty(_class.Members);
    }

    [Fact]
    public void WhoLeavesIsGoneAtOnce()
    {
        var student = _class.Student("s");

        _class.Do(new Leave(student));

        Assert.Equal(["s"], _class.Change!.Gone);
        Assert.Equal(HubErrors.NotJoined, _class.Code(new Say(student, "still here?")));
    }

    [Fact]
    public void TwoDevicesOfOneMemberAreOneSeat()
    {
        var laptop = _class.Student("s", "laptop");
        var version = _class.Snapshot.Version;
        var phone = _class.Student("s", "phone");

        Assert.Equal(version, _class.Snapshot.Version);
        _class.Do(new Leave(laptop));
        Assert.Null(_class.Change);
        _class.Do(new Leave(phone));
        Assert.Equal(["s"], _class.Change!.Gone);
    }

    [Fact]
    public void TheSameDeviceJoiningAgainReplacesItsFormerConnection()
    {
        var former = _class.Student("s");
        var version = _class.Snapshot.Version;

        var current = _class.Student("s");

        Assert.Equal([new Dismiss(former.Connection, HubErrors.Replaced), new Enter(current.Connection, Role.Student)], _class.Last);
        Assert.Equal(HubErrors.NotJoined, _class.Code(new Say(former, "echo")));
        _class.Do(new Disconnected(former));
        _class.Wait(60);
        Assert.Equal(["s"], _class.Members);
        Assert.Equal(version, _class.Snapshot.Version);
    }

    [Fact]
    public void ASecondTeacherIsRefusedWhileTheFirstHoldsTheSeatGraceIncluded()
    {
        var first = _class.Teacher("t1");

        Assert.Equal(HubErrors.TeacherPresent, JoinCode(ClassroomScenario.Who("t2", Role.Teacher)));
        _class.Do(new Disconnected(first));
        _class.Wait(14);
        Assert.Equal(HubErrors.TeacherPresent, JoinCode(ClassroomScenario.Who("t2", Role.Teacher)));
        _class.Wait(1);
        Assert.Null(JoinCode(ClassroomScenario.Who("t2", Role.Teacher)));
    }

    [Fact]
    public void AFullClassRefusesStudentsButNotItsTeacherNorThoseWhoAreIn()
    {
        var scenario = new ClassroomScenario(seats: 2);
        scenario.Student("a");
        scenario.Student("b");

        scenario.Student("c");
        Assert.Equal(HubErrors.ClassFull, scenario.Refusal?.Code);
        scenario.Student("a", "second device");
        Assert.Null(scenario.Refusal);
        scenario.Teacher();
        Assert.Null(scenario.Refusal);
    }

    [Fact]
    public void OneMemberCannotFillTheClassWithDevices()
    {
        for (var i = 0; i < ClassroomRoster.MaxDevices; i++)
        {
            _class.Student("s", $"d{i}");
            Assert.Null(_class.Refusal);
        }

        _class.Student("s", "one more");
        Assert.Equal(HubErrors.TooManyDevices, _class.Refusal?.Code);
        _class.Student("s", "d3");
        Assert.Null(_class.Refusal);
    }

    [Fact]
    public void ATicketOfAnotherRoleTakesAwayWhatTheFormerRoleMightDo()
    {
        var teacher = _class.Teacher("p");
        var session = _class.Publish(teacher);

        _class.Student("p", "phone");

        Assert.Contains(new Dismiss(teacher.Connection, HubErrors.Replaced), _class.Last);
        Assert.Contains(new CloseMedia(session), _class.Last);
        Assert.Equal(Role.Student, Assert.Single(_class.Snapshot.Seats).Role);
        Assert.Equal((1, 0), (_class.Classroom.Students, _class.Classroom.Teachers));
        Assert.Equal(HubErrors.NotJoined, _class.Code(new StartLesson(teacher)));
        Assert.Null(JoinCode(ClassroomScenario.Who("t2", Role.Teacher)));
    }

    [Fact]
    public void ANewNameOnATicketIsTold()
    {
        _class.Student("s");

        _class.Join(ClassroomScenario.Who("s", Role.Student, "Renamed"));

        Assert.Equal("Renamed", Assert.Single(_class.Change!.Seats!).Name);
    }

    [Fact]
    public void SeatsAreInTheOrderOfJoining()
    {
        foreach (var member in (string[])["c", "a", "b"])
        {
            _class.Student(member);
        }

        Assert.Equal(["c", "a", "b"], _class.Members);
    }

    private string? JoinCode(Identity who) => _class.Code(new Join(who, "d1", $"x-{who.Member}"));
}
