using Streaming.Contracts;

namespace Streaming.Client.Tests;

public class ClassroomCopyTests
{
    private readonly ClassroomCopy _copy = new();
    private readonly List<ChatLine> _lines = [];

    [Fact]
    public void ChangesInOrderMoveTheCopy()
    {
        Join(Script.Reply(7, members: ["ann", "bob"]));

        Assert.Equal(ChangeOutcome.Applied, _copy.Apply(new ClassroomChange(8, Seats: [Script.Seat("cyd")])));
        Assert.Equal(ChangeOutcome.Applied, _copy.Apply(new ClassroomChange(9, Gone: ["ann"])));
        var raised = Script.Seat("bob") with { HandRaisedAt = DateTimeOffset.UnixEpoch };
        Assert.Equal(ChangeOutcome.Applied, _copy.Apply(new ClassroomChange(10, Seats: [raised])));

        Assert.Equal(10, _copy.Current!.Version);
        Assert.Equal([raised, Script.Seat("cyd")], _copy.Current.Seats);
        Assert.Equal(LessonPhase.Live, _copy.Current.Lesson.Phase);
    }

    [Fact]
    public void WhoLeftAndCameBackInOneChangeHasANewSeatAtTheEnd()
    {
        Join(Script.Reply(7, members: ["ann", "bob", "cyd"]));
        _copy.Apply(new ClassroomChange(8, Seats: [Script.Seat("dan"), Script.Seat("ann")], Gone: ["ann", "bob"]));
        Assert.Equal(["cyd", "dan", "ann"], _copy.Current!.Seats.Select(seat => seat.Member));
    }

    [Fact]
    public void TheOpenCheckInIsInTheCopyUntilItIsClosed()
    {
        Join(Script.Reply(1));
        var asked = new CheckIn(7, DateTimeOffset.UnixEpoch, 60, IsOpen: true);
        _copy.Apply(new ClassroomChange(2, CheckIn: asked));
        _copy.Apply(new ClassroomChange(3, Seats: [Script.Seat("ann")]));
        Assert.Equal(asked, _copy.Current!.CheckIn);
        _copy.Apply(new ClassroomChange(4, CheckIn: asked with { IsOpen = false }));
        Assert.Null(_copy.Current.CheckIn);
    }

    [Fact]
    public void AStillIsInTheCopyUntilTheNextOneOrTheEndOfTheScreen()
    {
        Join(Script.Reply(1));
        var live = new Lesson(LessonPhase.Live, DateTimeOffset.UnixEpoch, null, [TrackSource.Voice, TrackSource.Screen]);
        var still = new Still(new string('a', 32), 1280, 720, 30_000);
        _copy.Apply(new ClassroomChange(2, Lesson: live, Still: still));
        _copy.Apply(new ClassroomChange(3, Seats: [Script.Seat("ann")]));
        Assert.Equal(still, _copy.Current!.Still);
        _copy.Apply(new ClassroomChange(4, Still: still with { Hash = new string('b', 32) }));
        Assert.Equal(new string('b', 32), _copy.Current.Still!.Hash);
        _copy.Apply(new ClassroomChange(5, Lesson: live with { Sources = [TrackSource.Voice] }));
        Assert.Null(_copy.Current.Still);
    }

    [Fact]
    public void AChangeOfTheLessonLeavesTheSeats()
    {
        Join(Script.Reply(1, members: ["ann"]));
        var ended = new Lesson(LessonPhase.Ended, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, []);
        _copy.Apply(new ClassroomChange(2, Lesson: ended));
        Assert.Equal(ended, _copy.Current!.Lesson);
        Assert.Single(_copy.Current.Seats);
    }

    [Fact]
    public void AMissingVersionIsAGapAndChangesNothing()
    {
        Join(Script.Reply(7));
        Assert.Equal(ChangeOutcome.Gap, _copy.Apply(new ClassroomChange(9, Seats: [Script.Seat("cyd")])));
        Assert.Equal(7, _copy.Current!.Version);
        Assert.Empty(_copy.Current.Seats);
    }

    [Fact]
    public void ASnapshotOlderThanWhatIsKnownIsIgnored()
    {
        Join(Script.Reply(7, members: ["ann"]));
        Assert.False(_copy.Apply(Script.Class(6), _lines));
        Assert.Single(_copy.Current!.Seats);
        Assert.True(_copy.Apply(Script.Class(9, "ann", "bob"), _lines));
        Assert.Equal(ChangeOutcome.Old, _copy.Apply(new ClassroomChange(8, Gone: ["ann"])));
        Assert.Equal(2, _copy.Current.Seats.Count);
    }

    [Fact]
    public void ALineThatOvertookASnapshotOfTheSameVersionStays()
    {
        Join(Script.Reply(7, members: ["ann"]));
        Assert.Equal(ChangeOutcome.Applied, _copy.Apply(Script.Line(1), _lines));
        Assert.True(_copy.Apply(Script.Class(7, "ann"), _lines));   // taken before the line was said
        Assert.Equal([1L], _copy.Current!.Chat.Select(line => line.Id));
        Assert.Equal(ChangeOutcome.Applied, _copy.Apply(Script.Line(2), _lines));
        Assert.Equal([1L, 2L], _copy.Current.Chat.Select(line => line.Id));
        Assert.Equal([1L, 2L], _lines.Select(line => line.Id));
    }

    [Fact]
    public void ChangesThatOvertakeTheReplyToTheJoinWaitForIt()
    {
        _copy.BeginJoin();
        Assert.Equal(ChangeOutcome.Held, _copy.Apply(new ClassroomChange(3, Seats: [Script.Seat("old")])));
        Assert.Equal(ChangeOutcome.Held, _copy.Apply(new ClassroomChange(4, Seats: [Script.Seat("bob")])));
        Assert.False(_copy.EndJoin(Script.Reply(3, members: ["ann"]), _lines));
        Assert.Equal(["ann", "bob"], _copy.Current!.Seats.Select(seat => seat.Member));
    }

    [Fact]
    public void AGapAmongTheHeldChangesIsTold()
    {
        _copy.BeginJoin();
        _copy.Apply(new ClassroomChange(5, Seats: [Script.Seat("bob")]));
        Assert.True(_copy.EndJoin(Script.Reply(3), _lines));
    }

    [Fact]
    public void AnotherRunOfTheServerCountsAnew()
    {
        var first = WithLines(49);
        Join(first with { Classroom = first.Classroom with { Version = 900 } });
        _copy.Apply(Script.Line(50), _lines);
        Join(Script.Reply(2, "run-2", "ann"));
        Assert.Equal(2, _copy.Current!.Version);
        _copy.Apply(Script.Line(1), _lines);
        Assert.Equal([50L, 1L], _lines.Select(line => line.Id));
    }

    [Fact]
    public void LinesOfTheAbsenceAreToldOnceAndInOrder()
    {
        Join(WithLines(1, 2));
        Assert.Empty(_lines);   // what was said before we first came is history, not news
        _copy.Apply(Script.Line(3), _lines);
        _copy.Apply(Script.Line(3), _lines);
        _copy.BeginJoin();
        _copy.Apply(Script.Line(6), _lines);
        _copy.EndJoin(WithLines(1, 2, 3, 4, 5), _lines);
        Assert.Equal([3L, 4L, 5L, 6L], _lines.Select(line => line.Id));
        Assert.Equal([1L, 2L, 3L, 4L, 5L, 6L], _copy.Current!.Chat.Select(line => line.Id));
    }

    /// <summary>A connection that fell behind gets the last line only, and the snapshot has those before it.</summary>
    [Fact]
    public void ALineThatIsMissingIsAGap()
    {
        Join(WithLines(1, 2));
        Assert.Equal(ChangeOutcome.Applied, _copy.Apply(Script.Line(3), _lines));
        Assert.Equal(ChangeOutcome.Gap, _copy.Apply(Script.Line(6), _lines));
        Assert.Equal(ChangeOutcome.Old, _copy.Apply(Script.Line(2), _lines));
        _copy.Apply(WithLines(2, 3, 4, 5, 6).Classroom, _lines);
        Assert.Equal([3L, 4L, 5L, 6L], _lines.Select(line => line.Id));
    }

    [Fact]
    public void TheCopyKeepsFiftyLines()
    {
        Join(Script.Reply(1));
        for (var id = 1; id <= 60; id++)
        {
            _copy.Apply(Script.Line(id), _lines);
        }

        Assert.Equal(Enumerable.Range(11, 50).Select(id => (long)id), _copy.Current!.Chat.Select(line => line.Id));
    }

    private static JoinReply WithLines(params long[] ids)
    {
        var reply = Script.Reply(1);
        return reply with { Classroom = reply.Classroom with { Chat = [.. ids.Select(Script.Line)] } };
    }

    private void Join(JoinReply reply)
    {
        _copy.BeginJoin();
        _copy.EndJoin(reply, _lines);
    }
}
