using Streaming.Contracts;
using Streaming.Server.Attendance;
using Streaming.Server.Classrooms;

namespace Streaming.Server.Tests.Classrooms;

public sealed class ClassroomCheckInTests
{
    private readonly ClassroomScenario _class = new();
    private readonly Caller _teacher;

    public ClassroomCheckInTests()
    {
        _teacher = _class.Teacher();
        _class.Do(new StartLesson(_teacher));
    }

    [Fact]
    public void WhoAnswersInTimeIsHereAndWhoDoesNotHasMissedIt()
    {
        var ada = _class.Student("ada");
        _class.Student("bo");
        var asked = _class.Do(new AskCheckIn(_teacher, null)).CheckIn!;
        Assert.Equal((60, true, _class.Now), (asked.Seconds, asked.IsOpen, asked.AskedAt));
        Assert.Equal(asked, _class.Change!.CheckIn);
        Assert.Equal(asked, _class.Snapshot.CheckIn);

        _class.Wait(59);
        _class.Do(new AnswerCheckIn(ada, asked.Id));
        _class.Do(new AnswerCheckIn(ada, asked.Id));
        _class.Wait(1);

        Assert.Equal(
            [
                (LedgerKind.CheckAsked, null, 60L), (LedgerKind.CheckAnswered, "ada", null), (LedgerKind.CheckMissed, "bo", null),
                (LedgerKind.CheckClosed, null, null),
            ],
            Checks());
        Assert.Equal(asked with { IsOpen = false }, _class.Change!.CheckIn);
        Assert.Null(_class.Snapshot.CheckIn);
        Assert.Equal(HubErrors.CheckInClosed, _class.Code(new AnswerCheckIn(ada, asked.Id)));
        Assert.Equal(
            [("ada", CheckInState.Answered), ("bo", CheckInState.Missed)],
            Told().GroupBy(answer => answer.Member).Select(group => (group.Key, group.Last().State)));
    }

    [Fact]
    public void AnAnswerAfterOnesOwnTimeIsNotTakenThoughOthersAreStillWaitedFor()
    {
        var ada = _class.Student("ada");
        var bo = _class.Student("bo");
        _class.Do(new Disconnected(bo));
        var id = _class.Do(new AskCheckIn(_teacher, 30)).CheckIn!.Id;
        _class.Wait(30);
        Assert.NotNull(_class.Snapshot.CheckIn);

        Assert.Equal(HubErrors.CheckInClosed, _class.Code(new AnswerCheckIn(ada, id)));
        bo = _class.Student("bo");
        Assert.Null(_class.Code(new AnswerCheckIn(bo, id)));
        Assert.Equal(
            [(LedgerKind.CheckMissed, "ada"), (LedgerKind.CheckAnswered, "bo")],
            Checks().Where(check => check.Member is not null).Select(check => (check.Kind, check.Member)));
    }

    [Fact]
    public void TimeWithoutAConnectionDoesNotCount()
    {
        var ada = _class.Student("ada");
        var id = _class.Do(new AskCheckIn(_teacher, 60)).CheckIn!.Id;
        _class.Wait(50);
        _class.Do(new Disconnected(ada));
        _class.Wait(14);
        ada = _class.Student("ada");
        _class.Wait(9);                       // 59 s of the student's own time
        Assert.NotNull(_class.Snapshot.CheckIn);
        _class.Do(new AnswerCheckIn(ada, id));

        Assert.Equal(LedgerKind.CheckAnswered, Checks()[1].Kind);
    }

    [Fact]
    public void TimeWithAStalledLessonDoesNotCount()
    {
        _class.Open(ClassroomScenario.Who("t", Role.Teacher), _teacher, MediaKind.Publish);
        var ada = _class.Student("ada");
        var session = _class.Watch(ada);
        _class.Do(new QualityHeard(session, LinkQuality.Good));
        _class.Do(new AskCheckIn(_teacher, 30));
        _class.Do(new ReportDevice(ada, new DeviceReport(Hidden: false, Stalled: true, Silent: false)));
        _class.Wait(40);
        Assert.NotNull(_class.Snapshot.CheckIn);
        _class.Do(new ReportDevice(ada, new DeviceReport(Hidden: false, Stalled: false, Silent: false)));
        _class.Wait(29.9);
        Assert.NotNull(_class.Snapshot.CheckIn);
        _class.Wait(0.1);

        Assert.Equal((LedgerKind.CheckMissed, "ada", null), Checks()[1]);
    }

    [Fact]
    public void WhoCannotBeReachedForThreeWindowsHasMissedNothing()
    {
        _class.Do(new Disconnected(_class.Student("ada")));
        _class.Do(new AskCheckIn(_teacher, 30));
        _class.Wait(89);
        Assert.NotNull(_class.Snapshot.CheckIn);
        _class.Wait(1);

        Assert.Equal([LedgerKind.CheckAsked, LedgerKind.CheckUnreached, LedgerKind.CheckClosed], Checks().Select(check => check.Kind));
    }

    [Fact]
    public void WhoComesWhileItIsOpenIsAskedTooAndWhoGoesHasMissedIt()
    {
        var ada = _class.Student("ada");
        _class.Do(new AskCheckIn(_teacher, 60));
        _class.Wait(50);
        _class.Student("bo");
        _class.Do(new Leave(ada));
        _class.Wait(59);
        Assert.NotNull(_class.Snapshot.CheckIn);
        _class.Wait(1);

        Assert.Equal(
            [(LedgerKind.CheckMissed, "ada"), (LedgerKind.CheckMissed, "bo")],
            Checks().Where(check => check.Kind == LedgerKind.CheckMissed).Select(check => (check.Kind, check.Member!)));
    }

    [Fact]
    public void ClosedEarlyOrByTheEndOfTheLessonItIsNobodysFault()
    {
        _class.Student("ada");
        _class.Do(new AskCheckIn(_teacher, 60));
        _class.Do(new CloseCheckIn(_teacher));
        _class.Do(new AskCheckIn(_teacher, 60));
        _class.Do(new EndLesson(_teacher));

        Assert.Equal(
            [
                LedgerKind.CheckAsked, LedgerKind.CheckUnreached, LedgerKind.CheckClosed, LedgerKind.CheckAsked, LedgerKind.CheckUnreached,
                LedgerKind.CheckClosed,
            ],
            Checks().Select(check => check.Kind));
        Assert.Null(_class.Code(new CloseCheckIn(_teacher)));
    }

    [Fact]
    public void EveryWrongQuestionIsRefusedWithItsCode()
    {
        var ada = _class.Student("ada");
        Assert.Equal(HubErrors.TeacherOnly, _class.Code(new AskCheckIn(ada, 60)));
        Assert.Equal(HubErrors.BadRequest, _class.Code(new AskCheckIn(_teacher, 9)));
        Assert.Equal(HubErrors.BadRequest, _class.Code(new AskCheckIn(_teacher, 601)));
        Assert.Null(_class.Code(new AskCheckIn(_teacher, 10)));
        Assert.Equal(HubErrors.CheckInOpen, _class.Code(new AskCheckIn(_teacher, 10)));
        Assert.Equal(HubErrors.CheckInClosed, _class.Code(new AnswerCheckIn(ada, 1)));
        _class.Do(new EndLesson(_teacher));
        Assert.Equal(HubErrors.LessonNotLive, _class.Code(new AskCheckIn(_teacher, 60)));
    }

    [Fact]
    public void ATeacherWhoComesBackIsToldHowItStands()
    {
        var ada = _class.Student("ada");
        _class.Student("bo");
        var id = _class.Do(new AskCheckIn(_teacher, 60)).CheckIn!.Id;
        _class.Do(new AnswerCheckIn(ada, id));
        _class.Teacher();

        var told = Assert.Single(_class.Last.OfType<TellCheckIn>());
        Assert.Equal([("ada", CheckInState.Answered), ("bo", CheckInState.Waiting)], told.Progress.Answers.Select(answer => (answer.Member, answer.State)));
    }

    private List<(LedgerKind Kind, string? Member, long? Number)> Checks() =>
        [.. _class.Book.Where(what => what.Kind is >= LedgerKind.CheckAsked and <= LedgerKind.CheckClosed).Select(what => (what.Kind, what.Member, what.Number))];

    private IEnumerable<CheckInAnswer> Told() => _class.All.OfType<CheckInMoved>().SelectMany(moved => moved.Progress.Answers);
}
